package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Exports a report into the history and re-exports it over HTTP, on the whole local stack.
class HistoryJourneyTest {

  private static final AtomicInteger ORGANIZATIONS = new AtomicInteger();
  private static final Set<String> OVER = Set.of("completed", "failed", "cancelled");

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = Client.of(rapport);
  private final String organization = "org-history-" + ORGANIZATIONS.incrementAndGet();

  @AfterEach
  void clearFaults() {
    Faults.clear();
  }

  @Test
  void givesTheSameBytesAfterTheSourceHasChangedAndTheExportWasDeleted() throws Exception {
    client.importActivities(organization, "2025.csv", activities(60, "Before", "2026-01-01T08:00:00Z"));
    JsonNode export = client.ended(client.order(organization, "csv"));
    byte[] original = client.download(export.path("file_url").asText()).body();

    JsonNode record = record(export.path("export_id").asText());
    assertThat(record.path("report_type").asText()).isEqualTo("activity_export");
    assertThat(record.path("file_sha256").asText()).isEqualTo(sha256(original));
    assertThat(record.path("file_size_bytes").asInt()).isEqualTo(original.length);
    assertThat(record.path("file_ref").asText()).isEqualTo(
        "reports/" + organization + "/2025/" + record.path("report_id").asText() + ".csv");

    String reportId = record.path("report_id").asText();
    assertThat(file(reexport(reportId, "{}"))).isEqualTo(original);
    client.importActivities(organization, "2025-again.csv", activities(30, "After", "2026-02-01T08:00:00Z"));
    assertThat(client.delete("/api/v1/bufdir-exports/" + export.path("export_id").asText()).status()).isEqualTo(200);

    assertThat(file("/api/v1/report-records/" + reportId)).isEqualTo(original);
    assertThat(file(reexport(reportId, "{\"format\": \"csv\"}"))).isEqualTo(original);
    for (String params : List.of("{\"format\": \"excel\", \"locale\": \"nn-NO\"}", "{\"format\": \"pdf\"}",
        "{\"format\": \"json\", \"include_annexes\": false}")) {
      assertThat(file(reexport(reportId, params))).as(params).isEqualTo(file(reexport(reportId, params)));
    }
    String fresh = reexport(reportId, "{\"refresh\": true}");
    assertThat(new String(file(fresh), StandardCharsets.UTF_8)).contains("After");
    assertThat(client.get(fresh).body().path("data_as_of").asText()).endsWith("Z");
  }

  @Test
  void publishesTheNotificationAndThenSetsNotified() throws Exception {
    client.importActivities(organization, "2025.csv", activities(5, "Row", "2026-01-01T08:00:00Z"));
    JsonNode record = record(client.ended(client.order(organization, "csv")).path("export_id").asText());

    String place = begin("{\"report_id\": \"%s\", \"notify_on_completion\": true}"
        .formatted(record.path("report_id").asText()));
    Eventually.holds("a notification of " + place, () -> client.get(place).body().path("notified").asBoolean());

    String id = client.get(place).body().path("reexport_id").asText();
    var told = rapport.notifications().all().stream().filter(message -> message.message().contains(id)).toList();
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().attributes()).containsEntry("organization", organization)
        .containsEntry("kind", "report-reexports").containsEntry("status", "completed").hasSize(3);
    JsonNode message = new ObjectMapper().readTree(told.getFirst().message());
    assertThat(message.properties().stream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder("organization", "kind", "id", "status");
  }

  @Test
  void keepsTheReportDuringAReexportAndDeletesItPermanentlyAfterwards() {
    client.importActivities(organization, "2025.csv", activities(5, "Row", "2026-01-01T08:00:00Z"));
    JsonNode record = record(client.ended(client.order(organization, "csv")).path("export_id").asText());
    String reportId = record.path("report_id").asText();
    assertThat(keys("sealed/")).isNotEmpty();
    Faults.add(new Faults.Fault("DynamoDb", "Query", "SourceDataTable", "InternalServerError", 1000));
    String place = begin("{\"report_id\": \"%s\", \"export_params\": {\"refresh\": true}}".formatted(reportId));

    assertThat(client.delete("/api/v1/report-records/" + reportId).status()).isEqualTo(409);
    assertThat(client.delete(place).status()).isEqualTo(200);
    Faults.clear();
    var link = client.get("/api/v1/report-records/" + reportId + "/download").header("Location");
    assertThat(client.download(link).statusCode()).isEqualTo(200);
    assertThat(client.delete("/api/v1/report-records/" + reportId).status()).isEqualTo(200);

    assertThat(client.get(place).status()).as("re-exports are deleted with the report").isEqualTo(404);
    assertThat(client.get("/api/v1/report-records/" + reportId).status()).isEqualTo(404);
    assertThat(client.download(link).statusCode()).isEqualTo(404);
    assertThat(keys("sealed/")).isEmpty();
    assertThat(keys("reports/")).isEmpty();
    assertThat(client.post("/api/v1/report-reexports", "{\"report_id\": \"%s\"}".formatted(reportId)).status())
        .isEqualTo(404);
  }

  /// Returns the details of an export's only record in the history.
  private JsonNode record(String exportId) {
    var list = client.get("/api/v1/report-records?org_id=" + organization + "&export_id=" + exportId).body();
    assertThat(list.path("pagination").path("total").asInt()).isEqualTo(1);
    return client.get("/api/v1/report-records/" + list.path("data").path(0).path("report_id").asText()).body();
  }

  /// @return path of the completed re-export
  private String reexport(String reportId, String params) {
    String place = begin("{\"report_id\": \"%s\", \"export_params\": %s}".formatted(reportId, params));
    JsonNode ended = Eventually.value("an end of " + place, () -> Optional.of(client.get(place).body())
        .filter(body -> OVER.contains(body.path("status").asText())));
    assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("completed");
    return place;
  }

  private String begin(String body) {
    var accepted = client.post("/api/v1/report-reexports", body);
    assertThat(accepted.status()).as(String.valueOf(accepted.body())).isEqualTo(202);
    return accepted.header("Location");
  }

  private byte[] file(String place) {
    var found = client.get(place + "/download");
    assertThat(found.status()).isEqualTo(302);
    var file = client.download(found.header("Location"));
    assertThat(file.statusCode()).isEqualTo(200);
    return file.body();
  }

  private List<String> keys(String area) {
    return rapport.s3().listObjectsV2(list -> list.bucket(LocalRapport.BUCKET).prefix(area + organization + "/"))
        .contents().stream().map(object -> object.key()).toList();
  }

  private String activities(int rows, String title, String updatedAt) {
    return "activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;"
        + "target_group;title;notes;attachments;updated_at\n"
        + IntStream.range(0, rows).mapToObj(row -> String.join(";", "act-%04d".formatted(row), organization,
            "group_session", LocalDate.of(2025, 1, 1).plusDays(row).toString(), String.valueOf(3 + row % 20), "60",
            "Kárášjohka", "0301", "Oslo", "barn", title + " " + row, "", "", updatedAt))
        .collect(Collectors.joining("\n"));
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
