package no.rapport.reportrecords;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreateReportRecordTest {

  private final InMemoryRecords records = new InMemoryRecords();
  private final ReportRecords reports = new ReportRecords(records);
  private final CreateReportRecord create = new CreateReportRecord(reports, Clock.systemUTC());

  private static String body(String more) {
    return """
        {"org_id": "org_1", "report_type": "annual_summary", "period_from": "2025-01-01", "period_to": "2025-12-31",
         "status": "pending", "generated_by": "user_1"%s}""".formatted(more);
  }

  @Test
  void namesEveryMissingMemberAtOnce() {
    var answer = Call.post("{}").to(create);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().findValuesAsText("pointer")).containsExactlyInAnyOrder("/org_id", "/report_type",
        "/period_from", "/period_to", "/status", "/generated_by");
  }

  @Test
  void namesEveryWrongMember() {
    var answer = Call.post("""
        {"org_id": "a b", "report_type": "Årlig", "period_from": "2025-13-01", "period_to": "x", "status": "done",
         "generated_by": 7, "file_size_bytes": -1, "generated_at": "yesterday", "surprise": true}""").to(create);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().findValuesAsText("pointer")).containsExactlyInAnyOrder("/org_id", "/report_type",
        "/period_from", "/period_to", "/status", "/generated_by", "/file_size_bytes", "/generated_at", "/surprise");
  }

  @Test
  void refusesAPeriodThatEndsBeforeItBegins() {
    var answer = Call.post(body("").replace("2025-12-31", "2024-12-31")).to(create);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().findValuesAsText("pointer")).containsExactly("/period_to");
  }

  @Test
  void refusesACompletedReportWithoutItsFile() {
    var answer = Call.post(body("").replace("pending", "completed")).to(create);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().findValuesAsText("pointer")).containsExactly("/file_ref");
  }

  @Test
  void acceptsCompletedReportWithFileSizeAndTime() {
    var answer = Call.post(body("""
        , "file_ref": "reports/org_1/2025/årsrapport (1).pdf", "file_size_bytes": 12,
        "generated_at": "2026-01-02T03:04:05.678Z\"""").replace("pending", "completed")).to(create);

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text("file_ref")).isEqualTo("reports/org_1/2025/årsrapport (1).pdf");
    assertThat(answer.json().get("file_size_bytes").longValue()).isEqualTo(12);
    assertThat(answer.text("generated_at")).isEqualTo("2026-01-02T03:04:05Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"reports/org_2/a.xlsx", "reports/org_1", "reports/org_1/", "reports/org_1//a.xlsx",
      "reports/org_1/../org_2/a.xlsx", "reports/org_1/./a.xlsx", "reports/org_1/a/..", "exports/org_1/a.xlsx",
      "/reports/org_1/a.xlsx", "reports/org_1/a\\\\b.xlsx", "reports/org_1/%2e%2e/a.xlsx", "reports/org_11/a.xlsx",
      "reports/org_1/a\\nb.xlsx", "reports/org_1/ /a", "s3://bucket/reports/org_1/a", "reports/org_1/a?x", "",
      "reports/ORG_1/a.xlsx"})
  void refusesAFileOutsideTheOrganisationsFolder(String fileRef) {
    var answer = Call.post(body(", \"file_ref\": \"" + fileRef + "\"")).to(create);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().findValuesAsText("pointer")).containsExactly("/file_ref");
  }

  @Test
  void refusesAKeyLongerThanS3Takes() {
    String folder = "reports/org_1/";
    String longest = folder + "å".repeat((1024 - folder.length()) / 2);

    assertThat(Call.post(body(", \"file_ref\": \"" + longest + "\"")).to(create).status()).isEqualTo(201);
    assertThat(Call.post(body(", \"file_ref\": \"" + longest + "å\"")).to(create).status()).isEqualTo(422);
  }

  @Test
  void hidesOtherOrganisations() {
    var answer = Call.post(body("")).as("key_2", "org", "org_2").to(create);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("{\"message\":\"Not Found\"}");
  }

  @Test
  void makesOneReportForOneIdempotencyKey() {
    var first = Call.post(body("")).header("Idempotency-Key", "k1").to(create);
    var again = Call.post(body("")).header("idempotency-key", "k1").to(create);
    var other = Call.post(body(", \"file_size_bytes\": 1")).header("Idempotency-Key", "k1").to(create);

    assertThat(first.status()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers()).containsEntry("Location", first.headers().get("Location"))
        .containsEntry("ETag", "\"1\"");
    assertThat(other.status()).isEqualTo(422);
    assertThat(Call.get().to(new ListReportRecords(reports)).json().at("/pagination/total").asInt()).isEqualTo(1);
  }
}
