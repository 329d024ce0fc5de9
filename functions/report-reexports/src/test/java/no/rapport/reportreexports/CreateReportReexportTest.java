package no.rapport.reportreexports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportworkflow.WorkflowRun;
import no.rapport.records.InMemoryRecords;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import no.rapport.reportrecords.ReportParameters;
import no.rapport.reportrecords.ReportStatus;
import no.rapport.reportrecords.SealedData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CreateReportReexportTest {

  private static final SealedData SEALED = new SealedData("sealed/o/e/1/", "sealed/o/e/1/manifest.json", "00");

  private final InMemoryRecords records = new InMemoryRecords();
  private final WorkflowRun run = new WorkflowRun(records, new InMemoryS3(), null, "bucket");
  private final CreateReportReexport create = new CreateReportReexport(new ReportReexports(run.services()));

  private ExportOrder orderOf(Call.Answer answer) {
    return run.services().jobs().find(ExportKind.REPORT_REEXPORT, answer.text("reexport_id")).orElseThrow().job().order();
  }

  @Test
  void usesTheReportsOwnParametersByDefault() {
    Reexports.enterExport(records, "rpt_1", new ReportParameters(ReportFormat.PDF, ReportLocale.NN, List.of("course"),
        false, true, Suppression.LE5), SEALED);

    var answer = Call.post("{\"report_id\": \"rpt_1\"}").to(create);

    ExportOrder order = orderOf(answer);
    assertThat(answer.json().get("export_params").toString()).isEqualTo("{}");
    assertThat(order.format()).isEqualTo(ReportFormat.PDF);
    assertThat(order.locale()).isEqualTo(ReportLocale.NN);
    assertThat(order.activityTypes()).containsExactly("course");
    assertThat(order.includeAnnexes()).isFalse();
    assertThat(order.suppression()).isEqualTo(Suppression.LE5);
    assertThat(order.sealedManifest()).contains(SEALED.manifestKey());
    assertThat(order.includeAttachments()).isFalse();
    assertThat(order.refresh()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0000-01-01, 9999-12-31, 422", "2020-02-29, 2025-02-28, 202", "2020-02-29, 2025-03-01, 422",
      "2021-01-01, 2025-12-31, 202", "2021-01-01, 2026-01-01, 422"})
  void refusesMoreThanFiveYearsForAReportWithoutSealedRows(LocalDate from, LocalDate to, int status) {
    Reexports.enterReport(records, "rpt_1", ReportStatus.COMPLETED, new Period(from, to));
    assertThat(Call.post("{\"report_id\": \"rpt_1\"}").to(create).status()).isEqualTo(status);
    assertThat(run.started).hasSize(status == 202 ? 1 : 0);
  }

  @Test
  void replacesRequestedParametersAndEchoesThemUnchanged() {
    Reexports.enterExport(records, "rpt_1", new ReportParameters(ReportFormat.PDF, ReportLocale.NN, List.of("course"),
        false, false, Suppression.LE5), SEALED);

    var answer = Call.post("""
        {"notify_on_completion": true, "report_id": "rpt_1",
         "export_params": {"locale": "se-NO", "refresh": true, "format": "excel", "include_annexes": null}}""")
        .to(create);

    ExportOrder order = orderOf(answer);
    assertThat(answer.json().get("export_params").toString())
        .isEqualTo("{\"locale\":\"se-NO\",\"refresh\":true,\"format\":\"excel\",\"include_annexes\":null}");
    assertThat(order.format()).isEqualTo(ReportFormat.XLSX);
    assertThat(order.locale()).isEqualTo(ReportLocale.SE);
    assertThat(order.includeAnnexes()).isFalse();
    assertThat(order.refresh()).isTrue();
    assertThat(order.notifyOnCompletion()).isTrue();
    assertThat(order.suppression()).isEqualTo(Suppression.LE5);
  }

  @Test
  void namesEveryWrongMember() {
    var answer = Call.post("""
        {"report_id": "a b", "export_params": {"format": "docx", "locale": "nb", "include_annexes": "yes",
         "refresh": 1, "period": "2025"}, "notify_on_completion": "no", "org_id": "org_1"}""").to(create);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().findValuesAsText("pointer")).containsExactlyInAnyOrder("/report_id",
        "/export_params/format", "/export_params/locale", "/export_params/include_annexes", "/export_params/refresh",
        "/export_params/period", "/notify_on_completion", "/org_id");
  }

  @Test
  void answersNotFoundForReportsOfOtherOrganizations() {
    Reexports.enterReport(records, "rpt_1", ReportStatus.COMPLETED);

    assertThat(Call.post("{\"report_id\": \"rpt_2\"}").to(create).status()).isEqualTo(404);
    assertThat(Call.post("{\"report_id\": \"rpt_1\"}").as("k", "org", "org_other").to(create).body())
        .isEqualTo("{\"message\":\"Not Found\"}");
    assertThat(run.started).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = ReportStatus.class, names = "COMPLETED", mode = EnumSource.Mode.EXCLUDE)
  void refusesAReportThatIsNotCompleted(ReportStatus status) {
    Reexports.enterReport(records, "rpt_1", status);

    var answer = Call.post("{\"report_id\": \"rpt_1\"}").to(create);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("detail")).contains("The report is " + status.word());
  }

  @Test
  void startsOneReexportForOneIdempotencyKey() {
    Reexports.enterReport(records, "rpt_1", ReportStatus.COMPLETED);

    var first = Call.post("{\"report_id\": \"rpt_1\"}").header("Idempotency-Key", "k").to(create);
    var again = Call.post("{\"report_id\": \"rpt_1\"}").header("Idempotency-Key", "k").to(create);

    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.status()).isEqualTo(202);
    assertThat(run.started).hasSize(1);
  }
}
