package no.rapport.reportrecords;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.Test;

class UpdateReportRecordTest {

  private static final String FILE = "reports/" + Reports.ORG + "/2025-Q4/a.xlsx";

  private final InMemoryRecords records = new InMemoryRecords();
  private final ReportRecords reports = new ReportRecords(records);
  private final UpdateReportRecord update = new UpdateReportRecord(reports);

  private Call.Answer put(String id, String body) {
    return Call.put(id, body).to(update);
  }

  @Test
  void allowsExactlyTheStatusChangesOfTheContract() {
    Map<ReportStatus, Set<ReportStatus>> arrows = Map.of(
        ReportStatus.PENDING, Set.of(ReportStatus.PENDING, ReportStatus.PROCESSING, ReportStatus.COMPLETED,
            ReportStatus.FAILED),
        ReportStatus.PROCESSING, Set.of(ReportStatus.PROCESSING, ReportStatus.COMPLETED, ReportStatus.FAILED),
        ReportStatus.COMPLETED, Set.of(ReportStatus.COMPLETED),
        ReportStatus.FAILED, Set.of(ReportStatus.FAILED, ReportStatus.PENDING));
    arrows.forEach((from, allowed) -> {
      for (ReportStatus to : ReportStatus.values()) {
        String id = "rpt_" + from + "_" + to;
        Reports.store(records, Reports.aReport(id, from).changed(from, Optional.of(FILE),
            Optional.empty(), Optional.empty(), Instant.EPOCH));

        var answer = put(id, "{\"status\": \"" + to.word() + "\"}");

        assertThat(answer.status()).as("%s to %s", from, to).isEqualTo(allowed.contains(to) ? 200 : 409);
        assertThat(reports.find(id).orElseThrow().report().status()).isEqualTo(allowed.contains(to) ? to : from);
        if (!allowed.contains(to)) {
          assertThat(answer.text("detail")).contains("is " + from.word()).contains(
              from == ReportStatus.COMPLETED ? "nothing follows" : "may follow");
        }
      }
    });
  }

  @Test
  void mergesOnlyGivenMembers() {
    Reports.store(records, Reports.aReport("rpt_1", ReportStatus.PENDING));

    put("rpt_1", "{\"file_ref\": \"" + FILE + "\", \"file_size_bytes\": 5}");
    put("rpt_1", "{\"generated_at\": \"2026-01-02T03:04:05Z\", \"status\": \"processing\"}");
    var answer = put("rpt_1", "{\"file_size_bytes\": null}");

    assertThat(answer.text("file_ref")).isEqualTo(FILE);
    assertThat(answer.json().get("file_size_bytes").isNull()).isTrue();
    assertThat(answer.text("generated_at")).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(answer.text("status")).isEqualTo("processing");
    assertThat(answer.etag()).isEqualTo("\"4\"");
  }

  @Test
  void changesNothingWhenNothingIsNew() {
    Reports.store(records, Reports.example());

    var answer = put(Reports.example().reportId(), "{\"status\": \"completed\", \"file_size_bytes\": 204800}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.etag()).isEqualTo("\"1\"");
    assertThat(answer.text("updated_at")).isEqualTo("2026-01-05T08:14:25Z");
  }

  @Test
  void refusesToCompleteWithoutAFile() {
    Reports.store(records, Reports.aReport("rpt_1", ReportStatus.PROCESSING));

    var answer = put("rpt_1", "{\"status\": \"completed\"}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().findValuesAsText("pointer")).containsExactly("/file_ref");
  }

  @Test
  void refusesToTakeTheFileFromACompletedReport() {
    Reports.store(records, Reports.example());

    assertThat(put(Reports.example().reportId(), "{\"file_ref\": null}").status()).isEqualTo(422);
  }

  @Test
  void refusesMembersThatMayNotChange() {
    Reports.store(records, Reports.aReport("rpt_1", ReportStatus.PENDING));

    var answer = put("rpt_1", "{\"org_id\": \"org_2\", \"report_type\": \"x\", \"status\": null,"
        + " \"file_ref\": \"reports/org_2/a.xlsx\"}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().findValuesAsText("pointer"))
        .containsExactlyInAnyOrder("/org_id", "/report_type", "/status", "/file_ref");
  }

  @Test
  void keepsTheFileOfAGeneratedReport() {
    assertThat(records.commit(ReportRecords.enter(Reports.aCompletedExport("rpt_9")))).isTrue();

    assertThat(put("rpt_9", "{\"file_ref\": \"" + FILE + "\"}").status()).isEqualTo(409);
    assertThat(put("rpt_9", "{\"file_size_bytes\": 8}").status()).isEqualTo(409);
    assertThat(put("rpt_9", "{\"status\": \"completed\", \"file_size_bytes\": 7}").status()).isEqualTo(200);
  }

  @Test
  void allowsOnlyWorkersAndAdministrators() {
    Reports.store(records, Reports.aReport("rpt_1", ReportStatus.PENDING));
    String body = "{\"status\": \"processing\"}";

    assertThat(Call.put("rpt_1", body).as("k", "org", Reports.ORG).to(update).status()).isEqualTo(403);
    assertThat(Call.put("rpt_1", body).as("k", "worker", "org_2").to(update).status()).isEqualTo(404);
    assertThat(Call.put("rpt_1", body).as("k", "worker", Reports.ORG).to(update).status()).isEqualTo(200);
  }

  @Test
  void honoursIfMatch() {
    Reports.store(records, Reports.aReport("rpt_1", ReportStatus.PENDING));
    String body = "{\"status\": \"processing\"}";

    assertThat(Call.put("rpt_1", body).header("If-Match", "\"2\"").to(update).status()).isEqualTo(412);
    assertThat(Call.put("rpt_1", body).header("If-Match", "\"1\"").to(update).status()).isEqualTo(200);
    assertThat(Call.put("rpt_1", body).header("If-Match", "\"1\"").to(update).status()).isEqualTo(412);
  }

  @Test
  void returns404ForUnknownReport() {
    assertThat(put("rpt_none", "{\"status\": \"processing\"}").body()).isEqualTo("{\"message\":\"Not Found\"}");
  }
}
