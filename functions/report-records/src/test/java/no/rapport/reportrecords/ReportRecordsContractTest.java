package no.rapport.reportrecords;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.rapport.records.InMemoryRecords;
import no.rapport.reporting.Period;
import org.junit.jupiter.api.Test;

/// Every example of the contract, member by member and in its order.
class ReportRecordsContractTest {

  private final InMemoryRecords records = new InMemoryRecords();
  private final ReportRecords reports = new ReportRecords(records);

  @Test
  void listsAsTheContractShows() {
    Reports.store(records, Reports.example());

    var answer = Call.get().to(new ListReportRecords(reports));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().toString()).isEqualTo(Examples.json("list-response").toString());
  }

  @Test
  void showsOneReportAsTheContractShowsFollowedByTheExtensions() {
    Reports.store(records, Reports.example());

    var answer = Call.get("rpt_01HX9K2M3N4P5Q6R7S8T9U0V").to(new GetReportRecord(reports));

    JsonNode expected = withExtensions("get-response");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.etag()).isEqualTo("\"1\"");
    assertThat(answer.json().toString()).isEqualTo(expected.toString());
  }

  @Test
  void createsAReportAsTheContractShows() {
    var answer = Call.post(Examples.text("create-request"))
        .to(new CreateReportRecord(reports, Clock.systemUTC()));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.headers().get("Location")).isEqualTo("/api/v1/report-records/" + answer.text("report_id"));
    assertThat(answer.text("report_id")).matches("rpt_[0-9A-HJKMNP-TV-Z]{26}");
    assertThat(answer.text("created_at")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ")
        .isEqualTo(answer.text("updated_at"));
    assertSameExcept(answer.json(), withExtensions("create-response"), "report_id", "created_at", "updated_at");
    assertThat(Call.get(answer.text("report_id")).to(new GetReportRecord(reports)).status()).isEqualTo(200);
  }

  @Test
  void refusesAReportThatNamesAPersonByAnIdentityNumber() {
    var request = (ObjectNode) Examples.json("create-request");
    String folder = "reports/" + request.path("org_id").asText() + "/";
    request.put("generated_by", "01019012345").put("file_ref", folder + "010190/12345.xlsx");

    var answer = Call.post(request.toString()).to(new CreateReportRecord(reports, Clock.systemUTC()));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().findValuesAsText("pointer")).containsExactlyInAnyOrder("/generated_by", "/file_ref");
    assertThat(answer.body()).doesNotContain("12345");
  }

  @Test
  void completesAReportAsTheContractShows() {
    Instant entered = Instant.parse("2026-03-26T12:00:00Z");
    ReportRecord pending = new ReportRecord("rpt_04PD6Q0U1V2W3X4Y5Z6A7B8C", Reports.ORG, "quarterly_activity",
        Period.ofId("2026-Q1").orElseThrow(), ReportStatus.PENDING, Optional.empty(), Optional.empty(), "user_09AXKL2",
        Optional.empty(), entered, entered, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        false);
    Reports.store(records, pending);

    var answer = Call.put(pending.reportId(), Examples.text("update-request")).to(new UpdateReportRecord(reports));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.etag()).isEqualTo("\"2\"");
    assertSameExcept(answer.json(), withExtensions("update-response"), "updated_at");
  }

  @Test
  void deletesAReportAsTheContractShows() {
    ReportRecord pending = Reports.aReport("rpt_04PD6Q0U1V2W3X4Y5Z6A7B8C", ReportStatus.PENDING);
    Reports.store(records, pending);

    var answer = Call.delete(pending.reportId()).to(new DeleteReportRecord(reports, TestFiles.fresh().files()));

    assertThat(answer.status()).isEqualTo(200);
    assertSameExcept(answer.json(), Examples.json("delete-response"), "deleted_at");
    assertThat(Call.get(pending.reportId()).to(new GetReportRecord(reports)).status()).isEqualTo(404);
  }

  private static JsonNode withExtensions(String example) {
    return ((ObjectNode) Examples.json(example)).putNull("file_sha256").putNull("export_id");
  }

  private static void assertSameExcept(JsonNode actual, JsonNode expected, String... ours) {
    assertThat(Call.members(actual)).isEqualTo(Call.members(expected));
    assertThat(((ObjectNode) actual.deepCopy()).without(List.of(ours)).toString())
        .isEqualTo(((ObjectNode) expected.deepCopy()).without(List.of(ours)).toString());
  }
}
