package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/// From a report to what it says today and to the evidence of how it was made, over HTTP, with everything real behind.
class KeyFigureJourneyTest {

  private static final String SNAPSHOTS = "/api/v1/aggregated-report-data";
  private static final String REPORTS = "/api/v1/report-records";
  private static final AtomicInteger ORGANIZATIONS = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = Client.of(rapport);
  private final String organization = "org-key-figures-" + ORGANIZATIONS.incrementAndGet();

  @Test
  void tellsAReportStaleByTheFiguresThatChanged() {
    String reportId = aReport();
    JsonNode same = client.get(REPORTS + "/" + reportId + "/changes").body();
    assertThat(same.path("stale").asBoolean()).as(same.toString()).isFalse();
    assertThat(same.path("cache_valid").asBoolean()).isTrue();
    assertThat(same.at("/fields/0").toString()).isEqualTo("""
        {"field_key":"antall_meldinger_mottatt","then":1,"now":1,"change":0,"comparability":"same"}""");
    assertThat(same.at("/activity_totals/0").toString()).isEqualTo("""
        {"key":"activities","then":1,"now":1,"change":0}""");
    assertThat(listed("true")).isEmpty();
    assertThat(listed("false")).containsExactly(reportId);

    imported("second.jsonl", melding("m2", "b1", "2025-07-01"));
    assertThat(client.get(REPORTS + "/" + reportId + "/changes").body().path("cache_valid").asBoolean())
        .as("the data have changed, the figures not yet").isFalse();
    aggregated();

    JsonNode changed = client.get(REPORTS + "/" + reportId + "/changes").body();
    assertThat(changed.path("stale").asBoolean()).isTrue();
    assertThat(changedKeys(changed)).containsExactly("antall_meldinger_mottatt");
    assertThat(changed.at("/fields/0/change").asInt()).isEqualTo(1);
    assertThat(listed("true")).containsExactly(reportId);
    assertThat(listed("false")).isEmpty();
    assertThat(client.get(REPORTS + "?stale=perhaps&org_id=" + organization).status()).isEqualTo(400);
    assertThat(client.get(REPORTS + "?stale=true").status()).as("of every organisation").isEqualTo(400);
  }

  @Test
  void tellsAReportStaleWhoseActivitiesChanged() {
    String reportId = aReport();
    client.importActivities(organization, "more.csv", activity("act-2", 7));

    JsonNode changes = client.get(REPORTS + "/" + reportId + "/changes").body();

    assertThat(changes.path("stale").asBoolean()).isTrue();
    assertThat(changedKeys(changes)).isEmpty();
    assertThat(changes.path("activity_totals").toString()).isEqualTo("""
        [{"key":"activities","then":1,"now":2,"change":1},\
        {"key":"countable_activities","then":1,"now":2,"change":1},\
        {"key":"participants","then":5,"now":12,"change":7},{"key":"minutes","then":60,"now":120,"change":60}]""");
  }

  /// Does what the page in the evidence tells an auditor to do.
  @Test
  void leadsAnAuditorToTheSameHashes(@TempDir Path folder) throws Exception {
    String reportId = aReport();
    byte[] evidence = download(REPORTS + "/" + reportId + "/evidence");
    assertThat(download(REPORTS + "/" + reportId + "/evidence")).as("the same bytes each time").isEqualTo(evidence);
    unpack(evidence, folder);
    String page = Files.readString(folder.resolve("README.html"));
    assertThat(page).contains("sha256sum -c SHA256SUMS", "<section lang=\"en\">", reportId + ".csv");

    byte[] report = download(REPORTS + "/" + reportId + "/download");
    Files.write(folder.resolve(reportId + ".csv"), report);
    assertThat(run(folder, "sha256sum", "-c", "SHA256SUMS")).isEqualTo(
        reportId + ".csv: OK\nreport.json: OK\nsealed-rows.json: OK\n");

    String order = "{\"report_id\": \"%s\"}".formatted(reportId);
    assertThat(page).contains("<code>" + order + "</code>");
    String place = client.post("/api/v1/report-reexports", order).header("Location");
    Eventually.holds("an end of " + place,
        () -> client.get(place).body().path("status").asText().equals("completed"));
    Files.write(folder.resolve("again.csv"), download(place + "/download"));
    String sum = run(folder, "sha256sum", "again.csv").substring(0, 64);
    assertThat(page).contains("Summen skal være " + sum).contains("The sum must be " + sum);

    JsonNode told = JSON.readTree(folder.resolve("report.json").toFile());
    assertThat(told.at("/file/sha256").asText()).isEqualTo(sum);
    assertThat(told.at("/rule_versions/figures").asInt()).isEqualTo(1);
    assertThat(JSON.readTree(folder.resolve("sealed-rows.json").toFile()).path("rows").asInt()).isEqualTo(1);

    assertThat(client.delete(REPORTS + "/" + reportId).status()).isEqualTo(200);
    assertThat(client.get(REPORTS + "/" + reportId + "/evidence").status()).isEqualTo(404);
    assertThat(rapport.s3().listObjectsV2(list -> list.bucket(LocalRapport.BUCKET)
        .prefix("sealed/" + organization + "/")).contents()).as("the evidence goes with the report").isEmpty();
  }

  /// A report with one activity, and figures of one report of concern.
  private String aReport() {
    imported("first.jsonl", melding("m1", "b1", "2025-05-01"));
    aggregated();
    client.importActivities(organization, "2025.csv", activity("act-1", 5));
    JsonNode export = client.ended(client.order(organization, "csv"));
    return client.get(REPORTS + "?org_id=" + organization + "&export_id=" + export.path("export_id").asText()).body()
        .at("/data/0/report_id").asText();
  }

  private void aggregated() {
    String id = client.post(SNAPSHOTS, """
        {"organization_id": "%s", "period_id": "2025", "force_reaggregate": true}""".formatted(organization)).body()
        .path("snapshot_id").asText();
    Eventually.holds("an end of " + id,
        () -> client.get(SNAPSHOTS + "/" + id).body().path("snapshot_status").asText().equals("current"));
  }

  private List<String> listed(String stale) {
    return client.get(REPORTS + "?org_id=" + organization + "&stale=" + stale).body().path("data")
        .findValuesAsText("report_id");
  }

  private static List<String> changedKeys(JsonNode changes) {
    var keys = new ArrayList<String>();
    changes.path("fields").forEach(field -> {
      if (!field.get("then").equals(field.get("now"))) {
        keys.add(field.path("field_key").asText());
      }
    });
    return keys;
  }

  private byte[] download(String place) {
    var found = client.get(place);
    assertThat(found.status()).as(place).isEqualTo(302);
    var file = client.download(found.header("Location"));
    assertThat(file.statusCode()).as(place).isEqualTo(200);
    return file.body();
  }

  private static void unpack(byte[] zip, Path folder) throws IOException {
    try (var in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Files.write(folder.resolve(entry.getName()), in.readAllBytes());
      }
    }
  }

  private static String run(Path folder, String... command) throws IOException {
    Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private void imported(String file, String lines) {
    var key = "imports/" + organization + "/cases/" + file;
    rapport.s3().putObject(put -> put.bucket(LocalRapport.BUCKET).key(key), RequestBody.fromString(lines));
    JsonNode report = Eventually.value("a report of " + key, () -> client.object(key + ".report.json"));
    assertThat(report.at("/counts/rejected").asInt()).as(report.toString()).isZero();
  }

  private String melding(String id, String child, String received) {
    return JSON.valueToTree(Map.of("type", "melding", "record_id", id, "org_id", organization, "source_system",
        "familia", "updated_at", "2025-01-01T00:00:00Z", "barn_id", child, "mottatt_dato", received)) + "\n";
  }

  private String activity(String id, int participants) {
    return "activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;"
        + "target_group;title;notes;attachments;updated_at\n"
        + String.join(";", id, organization, "group_session", "2025-03-01", String.valueOf(participants), "60",
            "Oslo", "0301", "Oslo", "barn", "Row", "", "", "2026-01-01T08:00:00Z");
  }
}
