package no.rapport.reportrecords;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.records.Change;
import no.rapport.records.Entry;
import no.rapport.records.Records;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;

/// Reports for tests.
final class Reports {

  static final String ORG = "org_bufdir_oslo_42";
  static final Period Q4 = new Period(LocalDate.parse("2025-10-01"), LocalDate.parse("2025-12-31"));

  private Reports() {}

  /// The first example of the contract, as it is stored.
  static ReportRecord example() {
    return new ReportRecord("rpt_01HX9K2M3N4P5Q6R7S8T9U0V", ORG, "quarterly_activity", Q4, ReportStatus.COMPLETED,
        Optional.of("reports/org_bufdir_oslo_42/2025-Q4/report_final.xlsx"), Optional.of(204800L), "user_09AXKL2",
        Optional.of(Instant.parse("2026-01-05T08:14:22Z")), Instant.parse("2026-01-05T08:14:22Z"),
        Instant.parse("2026-01-05T08:14:25Z"), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        false);
  }

  static ReportRecord aReport(String id, ReportStatus status) {
    return new ReportRecord(id, ORG, "quarterly_activity", Q4, status, Optional.empty(), Optional.empty(), "user_1",
        Optional.empty(), Instant.parse("2026-01-05T08:00:00Z"), Instant.parse("2026-01-05T08:00:00Z"),
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
  }

  static CompletedExport aCompletedExport(String reportId) {
    String sealed = "sealed/" + ORG + "/exp-20260105-abcdefghij/";
    return new CompletedExport(reportId, "exp-20260105-abcdefghij", ORG, Q4,
        new ReportParameters(ReportFormat.CSV, ReportLocale.NN, List.of("course"), false, false, Suppression.LE3), 7,
        "aa55", new SealedData(sealed, sealed + "1/manifest.json", "bb66"), "key_7",
        Instant.parse("2026-01-05T08:14:22Z"));
  }

  static void store(Records records, ReportRecord report) {
    if (!records.commit(new Change.Create(ReportRecords.entry(report)))) {
      throw new AssertionError(report.reportId() + " is there already");
    }
  }

  /// A re-export as its own contract stores it, as far as the history knows of it.
  static Entry aReexport(String id, String reportId, String status) {
    return Entry.first("report-reexports", ORG, id, Instant.parse("2026-01-06T08:00:00Z"), status,
        Map.of("report_id", reportId), "{}");
  }
}
