package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.zip.ZipInputStream;
import no.rapport.api.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/// Uses contract 5 over HTTP with a key: a template, its files, and the lists of values that files do not contain.
class ExportFilesJourneyTest {

  private static final String ORG = "org-export-files";

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = new Client(rapport, rapport.baseUrl(),
      Map.of("x-api-key", Keys.issue(rapport, Role.ORG, Optional.of(ORG))));

  private String template(String period, boolean attachments) {
    var created = client.post("/api/v1/exports", """
        {"org_id": "%s", "name": "Aktiviteter", "format": "csv", "period_from": "%s-01-01", "period_to": "%s-12-31",
         "include_attachments": %s}""".formatted(ORG, period, period, attachments));
    assertThat(created.status()).as(String.valueOf(created.body())).isEqualTo(201);
    return "/api/v1/exports/" + created.body().at("/exports/id").asText() + "/export_files";
  }

  private JsonNode ended(String files) {
    var started = client.post(files, null);
    assertThat(started.status()).isEqualTo(201);
    String file = started.body().at("/export_files/href").asText();
    assertThat(started.header("Location")).isEqualTo(file).startsWith(files);
    return Eventually.value(file + " to end", () -> Optional.of(client.get(file))
        .filter(answer -> answer.header("Retry-After") == null).map(answer -> answer.body().path("export_files")));
  }

  @Test
  void exportsAFileWithAListOfMissingValues() throws Exception {
    rapport.s3().putObject(put -> put.bucket(LocalRapport.BUCKET)
        .key("attachments/" + ORG + "/act-1/referat.txt"), RequestBody.fromString("Referat"));
    client.importActivities(ORG, "2025.csv", """
        activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;\
        target_group;title;notes;attachments;updated_at
        act-1;org-export-files;group_session;2025-03-14;12;90;Tana bru;5628;Finnmark;barn;Samling;;\
        referat.txt|fins ikke.pdf;2026-01-01T08:00:00Z""");
    String files = template("2025", true);

    JsonNode file = ended(files);

    assertThat(file.path("status").asText()).isEqualTo("success_with_errors");
    var entries = new ArrayList<String>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(
        client.download(file.path("download_url").asText()).body()), StandardCharsets.UTF_8)) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.add(entry.getName());
      }
    }
    assertThat(entries).contains("attachments/act-1/referat.txt", "manifest.json")
        .noneMatch(name -> name.contains("fins ikke"));
    var errors = client.download(file.path("errors_url").asText());
    assertThat(errors.statusCode()).isEqualTo(200);
    assertThat(new ObjectMapper().readTree(errors.body()).toString()).contains("act-1", "fins ikke.pdf")
        .doesNotContain("referat.txt");
    assertThat(client.get(files + "?status=success_with_errors").body().at("/pagination/total").asInt()).isEqualTo(1);

    rapport.s3().putObject(put -> put.bucket(LocalRapport.BUCKET)
        .key("attachments/" + ORG + "/act-1/fins ikke.pdf"), RequestBody.fromString("%PDF-"));
    JsonNode complete = ended(files);
    assertThat(complete.path("status").asText()).as("the next file, after the attachment was added")
        .isEqualTo("available");
    assertThat(complete.path("errors_url").isNull()).isTrue();
    assertThat(complete.path("id").asLong()).isNotEqualTo(file.path("id").asLong());
    assertThat(client.get(files).body().path("export_files").findValuesAsText("status"))
        .as("newest first, by id within a second")
        .containsExactlyInAnyOrder("available", "success_with_errors");
  }

  /// `available`, `success_with_errors` and `empty_list` have their own tests.
  @Test
  void showsTheOtherFourStatusesAndMakesOneFileAtATime() throws Exception {
    client.importActivities(ORG, "2023.csv", """
        activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;\
        target_group;title;notes;attachments;updated_at
        act-9;org-export-files;group_session;2023-03-14;12;90;Tana bru;5628;Finnmark;barn;Samling;;;2026-01-01T08:00:00Z""");
    String files = template("2023", false);

    Faults.add(new Faults.Fault("S3", "", "/parts/file-", "SlowDown", 1000));
    var begun = client.post(files, null);
    assertThat(begun.body().at("/export_files/status").asText()).isEqualTo("queued");
    String file = begun.body().at("/export_files/href").asText();
    Eventually.holds(file + " to be made", () ->
        client.get(file).body().at("/export_files/status").asText().equals("in_progress"));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = threads.invokeAll(Collections.nCopies(50, () ->
          client.post(files, null).body().at("/export_files/href").asText()));
      for (var answer : asked) {
        assertThat(answer.get()).isEqualTo(file);
      }
    }
    assertThat(client.delete(files.replace("/export_files", "")).status()).isEqualTo(409);
    Faults.clear();
    JsonNode made = ended(files);
    assertThat(made.path("status").asText()).isEqualTo("available");
    assertThat(client.get(files).body().at("/pagination/total").asInt()).isEqualTo(1);

    Faults.add(new Faults.Fault("DynamoDb", "Query", "SourceDataTable", "AccessDeniedException", 1000));
    JsonNode failed = ended(files);
    Faults.clear();
    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(failed.path("download_url").isNull()).isTrue();

    String link = ended(files).path("download_url").asText();
    assertThat(client.download(link).statusCode()).isEqualTo(200);
    assertThat(client.delete(files.replace("/export_files", "")).status()).isEqualTo(200);
    assertThat(client.download(link).statusCode()).isEqualTo(404);

    String others = template("2022", false);
    Faults.add(new Faults.Fault("Sfn", "StartExecution", "", "ServiceUnavailable", 1000));
    var notStarted = client.post(others, null);
    assertThat(notStarted.status()).isEqualTo(201);
    assertThat(notStarted.body().at("/export_files/status").asText()).isEqualTo("initializing");
    assertThat(client.post(others, null).body().at("/export_files/id"))
        .isEqualTo(notStarted.body().at("/export_files/id"));
    Faults.clear();
  }

  @AfterEach
  void clearFaults() {
    Faults.clear();
  }

  @Test
  void answersWithANewLinkEachTimeAndOtherwiseTheSameBytes() {
    String files = template("2019", false);
    JsonNode empty = ended(files);
    assertThat(empty.path("status").asText()).isEqualTo("empty_list");
    assertThat(empty.path("download_url").isNull()).isTrue();

    var nobody = Client.of(rapport);
    for (var answer : List.of(nobody.get(files), nobody.post(files, null), nobody.get(empty.path("href").asText()))) {
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.body()).isNull();
    }
    for (String absent : List.of(files + "/1", "/api/v1/exports/1/export_files", "/api/v1/exports/x/export_files/y")) {
      assertThat(client.get(absent).status()).isEqualTo(404);
      assertThat(client.get(absent).body()).hasToString("{\"message\":\"Not Found\"}");
    }
  }
}
