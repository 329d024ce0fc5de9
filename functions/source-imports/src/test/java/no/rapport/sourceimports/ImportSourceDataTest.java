package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import no.rapport.reporting.Activity;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;

class ImportSourceDataTest {

  private static final String HEADER = "activity_id;org_id;activity_type;date;participant_count;duration_minutes;"
      + "location;municipality;county;target_group;title;notes;attachments;updated_at\n";

  private final SourceData data = new SourceData();

  private static String row(String id, String date, String title, String updatedAt) {
    return "%s;org-042;group_session;%s;12;90;Biblioteket;0301;Oslo;Foreldre;%s;;;%s\n"
        .formatted(id, date, title, updatedAt);
  }

  @Test
  void importsEveryCellOfCsvFileUnchanged() {
    var report = data.importText(data.activitiesKey("a b+æ.csv"), "\uFEFF" + HEADER
        + "a-1;org-042;leisure_activity;2025-02-03;0;45;\"Kárášjohka; huset\";0301;Finnmark;Barn;=1+1;"
        + "\"Sa \"\"hei\"\"\r\nog +4722000000\";a.pdf|č đ ŋ.png;2025-02-04T10:11:12Z\n");

    assertThat(report.at("/counts").toString())
        .isEqualTo("{\"read\":1,\"imported\":1,\"unchanged\":0,\"withdrawn\":0,\"rejected\":0,\"warned\":0,\"masked\":0}");
    assertThat(data.read("2025-01-01", "2025-12-31")).containsExactly(new Activity(
        "a-1", "org-042", "leisure_activity", LocalDate.of(2025, 2, 3), 0, 45, "Kárášjohka; huset", "0301", "Finnmark",
        "Barn", "=1+1", "Sa \"hei\"\r\nog +4722000000", List.of("a.pdf", "č đ ŋ.png"),
        Instant.parse("2025-02-04T10:11:12Z")));
  }

  @Test
  void rejectsRowByLineColumnAndReasonAndImportsOthers() {
    var report = data.importText(data.activitiesKey("bad.csv"), HEADER
        + row("a-1", "2025-02-03", "One", "2025-02-04T10:11:12Z")
        + row("a-2", "2025-02-30", "Two", "2025-02-04T10:11:12Z")
        + row("a-3", "2025-02-03", "\"Three", "2025-02-04T10:11:12Z")
        + row("a-4", "2025-02-03", "Four", "2025-02-04T10:11:12Z"));

    assertThat(report.at("/rejected").toString()).isEqualTo("["
        + "{\"line\":3,\"column\":\"date\",\"reason\":\"must be a date such as 2025-01-31 or 31.01.2025\"},"
        + "{\"line\":4,\"column\":null,\"reason\":\"a quote is never closed\"}]");
    assertThat(data.read("2025-01-01", "2025-12-31")).extracting(Activity::activityId).containsExactly("a-1", "a-4");
  }

  @Test
  void namesColumnOfTooLongTextInCsvAndJson() {
    String csv = HEADER + row("a-1", "2025-02-03", "x".repeat(20_000), "2025-02-04T10:11:12Z");
    String json = "{\"activity_id\":\"a-1\",\"org_id\":\"org-042\",\"activity_type\":\"course\",\"date\":\"2025-02-03\","
        + "\"participant_count\":3,\"duration_minutes\":45,\"location\":\"\",\"municipality\":\"\",\"county\":\"\","
        + "\"target_group\":\"\",\"title\":\"" + "x".repeat(20_000) + "\",\"updated_at\":\"2025-02-04T10:11:12Z\"}\n";
    for (var file : List.of(List.of("long.csv", csv), List.of("long.jsonl", json))) {
      assertThat(data.importText(data.activitiesKey(file.getFirst()), file.getLast()).at("/rejected"))
          .as(file.getFirst()).singleElement().satisfies(rejected -> {
            assertThat(rejected.path("column").asText()).isEqualTo("title");
            assertThat(rejected.path("reason").asText()).isEqualTo("must have at most 16000 characters");
          });
    }
  }

  @Test
  void importsMultipartUpload() {
    var text = new StringBuilder(HEADER);
    String notes = "n".repeat(15_000);
    for (int i = 0; i < 400; i++) {
      text.append("a-%03d;org-042;course;2025-02-03;1;45;;0301;Oslo;;;%s;;2025-02-04T10:11:12Z\n".formatted(i, notes));
    }
    byte[] file = text.toString().getBytes(StandardCharsets.UTF_8);
    String key = data.activitiesKey("parts.csv");
    int half = 5 * 1024 * 1024;
    String upload = data.s3.createMultipartUpload(request -> request.bucket(SourceData.BUCKET).key(key)).uploadId();
    var parts = new ArrayList<CompletedPart>();
    for (byte[] part : List.of(Arrays.copyOf(file, half), Arrays.copyOfRange(file, half, file.length))) {
      int number = parts.size() + 1;
      String etag = data.s3.uploadPart(
          request -> request.bucket(SourceData.BUCKET).key(key).uploadId(upload).partNumber(number),
          RequestBody.fromBytes(part)).eTag();
      parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
    }
    data.s3.completeMultipartUpload(request -> request.bucket(SourceData.BUCKET).key(key).uploadId(upload)
        .multipartUpload(completed -> completed.parts(parts)));

    data.deliver(key, SourceData.NOON, () -> 900_000);

    assertThat(data.report(key).at("/counts/imported").asInt()).isEqualTo(400);
  }

  @Test
  void listsAtMostTenThousandRowsAndCountsOthers() {
    JsonNode report = data.importText(data.activitiesKey("empty-rows.jsonl"), "{}\n".repeat(12_000));

    assertThat(report.at("/rejected").size()).isEqualTo(10_000);
    assertThat(report.at("/counts/rejected").asInt()).isEqualTo(12_000);
    assertThat(report.at("/not_listed/rejected").asInt()).isEqualTo(2_000);
  }

  @Test
  void namesMissingColumnsAndQuotesNothingFromFileWithoutHeader() {
    var report = data.importText(
        data.activitiesKey("headless.csv"), row("a-1", "2025-02-03", "Kari", "2025-02-04T10:11:12Z"));

    assertThat(report.at("/status").asText()).isEqualTo("failed");
    assertThat(report.at("/error").asText()).isEqualTo("The file has no header: one of the first 20 lines must name the "
        + "columns, such as activity_id;activity_type;county;date;duration_minutes;location;municipality;org_id;"
        + "participant_count;target_group;title;updated_at");
    assertThat(report.toString()).doesNotContain("Kari", "Biblioteket");
    assertThat(data.importText(data.activitiesKey("empty.csv"), "").at("/error").asText())
        .isEqualTo("The file is empty");
    assertThat(data.importText(data.activitiesKey("empty.jsonl"), "").at("/status").asText()).isEqualTo("completed");
  }

  @Test
  void ignoresReportsAndFolderPlaceholders() {
    data.put(data.activitiesKey("a.csv.report.json"), "x".getBytes(StandardCharsets.UTF_8));
    data.deliver(data.activitiesKey("a.csv.report.json"), SourceData.NOON, () -> 900_000);
    data.deliver(data.activitiesKey(""), SourceData.NOON, () -> 900_000);
    data.deliver("imports/" + SourceData.ORG + "/activities/gone.csv", SourceData.NOON, () -> 900_000);

    assertThat(data.keys("imports/" + SourceData.ORG + "/activities/" + data.folder)).hasSize(1);
    assertThat(data.log).singleElement().asString().contains("\"event\":\"import_superseded\"",
        "\"organization\":\"org-042\"", "\"request_id\":").doesNotContain("gone.csv");
  }

  @Test
  void reportsDetectedKindOfEveryObject() {
    String org = "imports/" + SourceData.ORG + "/";
    for (var file : List.of(
        List.of(org + "aktiviteter/a.csv", "nothing"),
        List.of(org + "a-" + data.folder + ".csv", "nothing"),
        List.of(org + "activities-" + data.folder, "nothing"),
        List.of("imports/org 042/" + data.folder + ".csv", "nothing"),
        List.of(data.activitiesKey("a.txt"), "activities"),
        List.of(data.activitiesKey("a"), "activities"),
        List.of(data.activitiesKey("a.csv.rejected-0-12"), "activities"),
        List.of(data.activitiesKey("a.csv.checkpoint.json"), "activities"),
        List.of(data.casesKey("a.ndjson"), "cases"),
        List.of("imports/" + data.folder + "/Organization.json", "organization"))) {
      JsonNode report = data.importText(file.getFirst(), "x");

      assertThat(report.at("/taken_for").asText()).as(file.getFirst()).isEqualTo(file.getLast());
      assertThat(report.has("error")).as(file.getFirst()).isTrue();
    }
  }
}
