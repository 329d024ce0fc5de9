package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// From an announced file to rows, a report and a list, over HTTP, with everything real behind.
class ImportJourneyTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HEADER = "activity_id;activity_type;date;participant_count;duration_minutes;location;"
      + "municipality;county;target_group;title;notes;updated_at\n";
  private static final String ROW = "a-%s;course;2025-03-01;7;60;Oslo;0301;Oslo;barn;Kurs;%s;2026-01-01T08:00:00Z\n";

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = Client.of(rapport);
  private final String organization = "org-import-" + UUID.randomUUID();

  private Client.Answer described(int status, String method, String path, String body) {
    Client.Answer answer = client.send(method, path, body, Map.of());
    assertThat(answer.status()).as(String.valueOf(answer.body())).isEqualTo(status);
    assertThat(OpenApi.description().objections(method, URI.create(path).getPath(), status, answer.headers(),
        answer.body())).isEmpty();
    return answer;
  }

  private Client.Answer announce(String query, String kind, String fileName, byte[] content) {
    return described(201, "POST", "/api/v1/imports" + query, "{\"org_id\": \"" + organization + "\", \"kind\": \"" + kind
        + "\", \"file_name\": \"" + fileName + "\", \"size_bytes\": " + content.length + "}");
  }

  /// Announces and uploads a file, and returns the import once it has ended.
  private JsonNode imported(String query, String kind, String fileName, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    Client.Answer announced = announce(query, kind, fileName, bytes);
    assertThat(client.upload(announced.body(), bytes)).isEqualTo(200);
    return ended(announced.header("Location"));
  }

  private JsonNode ended(String path) {
    Eventually.holds("the end of " + path,
        () -> Set.of("completed", "failed").contains(client.get(path).body().path("status").asText()));
    return described(200, "GET", path, null).body();
  }

  private long exportedRows() {
    return client.ended(client.order(organization, "csv")).path("row_count").asLong(-1);
  }

  private JsonNode listed(String filter) {
    return described(200, "GET", "/api/v1/imports?org_id=" + organization + filter, null).body();
  }

  @Test
  void importsAnAnnouncedFileAndShowsItsReport() throws IOException {
    JsonNode imported = imported("", "activities", "Møter 2025.csv", HEADER + ROW.formatted("1", "Født 01010112345")
        + ROW.formatted("2", "") + "a-3;course;i går;7;60;Oslo;0301;Oslo;barn;Kurs;;2026-01-01T08:00:00Z\n");

    assertThat(imported.path("status").asText()).as(imported.toString()).isEqualTo("completed");
    assertThat(imported.at("/counts/imported").asInt()).isEqualTo(2);
    assertThat(imported.at("/rejected/0/column").asText()).isEqualTo("date");
    assertThat(imported.at("/masked/0/line").asInt()).isEqualTo(2);
    assertThat(imported.at("/progress/bytes_read")).isEqualTo(imported.at("/progress/bytes_total"));
    JsonNode report = JSON.readTree(client.download(imported.path("report_url").asText()).body());
    assertThat(report.at("/counts")).isEqualTo(imported.path("counts"));
    assertThat(report.path("file").asText()).contains(imported.path("import_id").asText()).doesNotContain("Møter");
    assertThat(exportedRows()).isEqualTo(2);
    JsonNode listed = listed("&status=completed&kind=activities");
    assertThat(listed.at("/pagination/total").asInt()).isEqualTo(1);
    assertThat(listed.at("/data/0/file_name").asText()).isEqualTo("Møter 2025.csv");
  }

  @Test
  void showsAFileThatWasPutIntoTheBucketAsAnImportToo() {
    client.importActivities(organization, "mappe/2025.csv", HEADER + ROW.formatted("1", ""));

    JsonNode listed = listed("").at("/data/0");
    assertThat(listed.path("file_name").asText()).isEqualTo("mappe/2025.csv");
    assertThat(ended("/api/v1/imports/" + listed.path("import_id").asText()).at("/counts/imported").asInt()).isEqualTo(1);
  }

  @Test
  void checksAFileInADryRunAndWritesAndKeepsNothing() {
    imported("", "activities", "a.csv", HEADER + ROW.formatted("1", ""));
    JsonNode checked = imported("?dry_run=true", "activities", "b.csv",
        HEADER + ROW.formatted("1", "") + ROW.formatted("2", "") + ROW.formatted("3", "").replace(";60;", ";lang;"));

    assertThat(checked.path("dry_run").asBoolean()).isTrue();
    assertThat(checked.at("/counts")).isEqualTo(JSON.createObjectNode().put("read", 3).put("imported", 1)
        .put("unchanged", 1).put("withdrawn", 0).put("rejected", 1).put("warned", 0).put("masked", 0));
    assertThat(new String(client.download(checked.path("report_url").asText()).body(), StandardCharsets.UTF_8))
        .contains("\"dry_run\" : true");
    assertThat(exportedRows()).isEqualTo(1);
    Eventually.holds("the checked file to go", () -> rapport.s3().listObjectsV2(list -> list.bucket(LocalRapport.BUCKET)
        .prefix("imports/" + organization + "/activities/" + checked.path("import_id").asText())).keyCount() == 0);
  }

  @Test
  void alsoOnlyChecksASecondFileUnderTheLinkOfADryRun() {
    byte[] content = (HEADER + ROW.formatted("1", "")).getBytes(StandardCharsets.UTF_8);
    Client.Answer announced = announce("?dry_run=true", "activities", "a.csv", content);
    assertThat(client.upload(announced.body(), content)).isEqualTo(200);
    Eventually.holds("the end of the dry run", () -> client.get(announced.header("Location")).body().path("status")
        .asText().equals("completed"));
    String folder = "imports/" + organization + "/activities/";
    Eventually.holds("the checked file to go", () -> rapport.s3().listObjectsV2(list -> list.bucket(LocalRapport.BUCKET)
        .prefix(folder)).keyCount() == 0);

    assertThat(client.upload(announced.body(), content)).isEqualTo(200);

    Eventually.holds("the second check", () -> listed("&status=completed").at("/pagination/total").asInt() == 2);
    assertThat(listed("").path("data")).allMatch(each -> each.path("dry_run").asBoolean());
    assertThat(exportedRows()).isZero();
    Eventually.holds("the second file to go", () -> rapport.s3().listObjectsV2(list -> list.bucket(LocalRapport.BUCKET)
        .prefix(folder)).keyCount() == 0);
  }

  @Test
  void entersAnOrganisationsName() {
    JsonNode checked = imported("?dry_run=true", "organization", "org.json", "{\"name\": \"Nei\"}");
    JsonNode entered = imported("", "organization", "org.json", "{\"name\": \"Fellesverket\"}");
    JsonNode refused = imported("", "organization", "org.json", "{}");

    assertThat(checked.path("status").asText()).isEqualTo("completed");
    assertThat(entered.path("status").asText()).isEqualTo("completed");
    assertThat(refused.path("error").asText()).contains("name");
    String snapshot = client.post("/api/v1/aggregated-report-data", "{\"organization_id\": \"" + organization
        + "\", \"period_id\": \"2024\"}").header("Location");
    assertThat(client.get(snapshot).body().path("organization_name").asText()).isEqualTo("Fellesverket");
  }

  @Test
  void failsAFileThatIsNoTable() {
    JsonNode failed = imported("", "cases", "utskrift.csv", "%PDF-1.7 utskrift");

    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(failed.path("error").asText()).contains("PDF");
    assertThat(listed("&status=failed").at("/pagination/total").asInt()).isEqualTo(1);
  }

  @Test
  void goesOnAwaitingAFileUntilItComes() {
    byte[] content = HEADER.getBytes(StandardCharsets.UTF_8);
    String path = announce("", "activities", "a.csv", content).header("Location");

    Client.Answer waiting = described(200, "GET", path, null);
    assertThat(waiting.header("Retry-After")).isNotNull();
    assertThat(client.upload(waiting.body(), content)).isEqualTo(200);
    assertThat(ended(path).at("/counts/read").asInt()).isZero();
    assertThat(client.get(path).body().path("upload_url").isNull()).isTrue();
    Optional<JsonNode> foreign = Optional.ofNullable(described(404, "GET", path + "0", null).body());
    assertThat(foreign.orElseThrow().path("message").asText()).isEqualTo("Not Found");
  }
}
