package no.rapport.reportreexports;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportjobs.ExportState;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Entry;
import no.rapport.records.Records;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import no.rapport.reportrecords.CompletedExport;
import no.rapport.reportrecords.ReportParameters;
import no.rapport.reportrecords.ReportRecord;
import no.rapport.reportrecords.ReportRecords;
import no.rapport.reportrecords.ReportStatus;
import no.rapport.reportrecords.SealedData;

/// Reports and re-exports for tests.
final class Reexports {

  static final String ORG = "org_bufdir_oslo_42";
  static final String REPORT = "rpt_01HX9K2M3N4P5Q6R7S8T9U0V";
  static final Period Q4 = Period.ofId("2025-Q4").orElseThrow();

  private Reexports() {}

  /// Returns a re-export of the contract's report with the times of its examples: ordered at 09:00:00, finished at
  /// 09:02:15.
  static ExportJob aReexport(String id, ExportState state, JsonNode params, Optional<ExportFile> file) {
    var order = new ExportOrder(Q4, List.of(), "xlsx", ReportLocale.NB, true, false, Suppression.NONE, false, false,
        false, Optional.of(REPORT), Optional.empty(), Optional.empty(), Optional.of(params));
    ExportJob job = ExportJob.accepted(ExportKind.REPORT_REEXPORT, id, ORG, Instant.parse("2026-03-26T09:00:00Z"),
        "user_09AXKL2", order);
    return job.reported(state, file, Optional.of(Instant.parse("2026-03-26T09:02:15Z")),
        Optional.of(state == ExportState.COMPLETED), Instant.parse("2026-03-26T09:02:15Z"));
  }

  /// Stores a report that a client entered.
  static void enterReport(Records records, String reportId, ReportStatus status) {
    enterReport(records, reportId, status, Q4);
  }

  static void enterReport(Records records, String reportId, ReportStatus status, Period period) {
    Instant made = Instant.parse("2026-01-05T08:14:22Z");
    var report = new ReportRecord(reportId, ORG, "quarterly_activity", period, status,
        Optional.of("reports/" + ORG + "/2025-Q4/report_final.xlsx"), Optional.of(204800L), "user_09AXKL2",
        Optional.of(made), made, made, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
    var entry = Entry.first(ReportRecords.COLLECTION, ORG, reportId, made, status.word(), Map.of(),
        Documents.write(report));
    if (!records.commit(new Change.Create(entry))) {
      throw new AssertionError(reportId + " is there already");
    }
  }

  /// Stores the report of an export, with its parameters and sealed rows.
  static void enterExport(Records records, String reportId, ReportParameters parameters, SealedData sealed) {
    if (!records.commit(ReportRecords.enter(new CompletedExport(reportId, "exp-1", ORG, Q4, parameters, 1, "00",
        sealed, "key_1", Instant.parse("2026-01-05T08:14:22Z"))))) {
      throw new AssertionError(reportId + " is there already");
    }
  }
}
