package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import no.rapport.emulator.Loopback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/// Runs every contract and the life cycle of a job on independent emulators of DynamoDB and S3. The deployables run as
/// processes; tables, bucket, routes and workflows are those of `template.yaml`.
///
/// Uses LocalStack through Testcontainers if Docker is available (`-Drapport.localstack.image=…` for another image), or
/// any newly started emulator that serves both services at one address, for example `moto_server -p 5000`: `mvn verify
/// -pl functions/local -am -Drapport.deployable.tests=independent -Dtest=IndependentEmulatorTest
/// -Dsurefire.failIfNoSpecifiedTests=false -Drapport.aws.endpoint=http://127.0.0.1:5000`
@Tag("independent")
class IndependentEmulatorTest extends EveryContract {

  /// The newest image that needs no token.
  private static final String IMAGE = System.getProperty("rapport.localstack.image", "localstack/localstack:4.14.0");
  private static final String NO_DOCKER = "LocalStack needs Docker, and none was found;"
      + " -Drapport.aws.endpoint names another emulator";
  private static final String ORGANIZATION = "org-bufdir-042";
  private static final Set<String> OVER = Set.of("completed", "failed", "cancelled");

  @TempDir
  private static Path folder;
  private static LocalStackContainer localStack;
  private static DeployedStack stack;
  private static String key;
  private static Client client;

  @BeforeAll
  static void deploy() throws Exception {
    var given = System.getProperty("rapport.aws.endpoint", "");
    if (given.isEmpty()) {
      if (!DockerClientFactory.instance().isDockerAvailable()) {
        return;
      }
      localStack = new LocalStackContainer(DockerImageName.parse(IMAGE).asCompatibleSubstituteFor(
          "localstack/localstack")).withServices("dynamodb", "s3");
      localStack.start();
      stack = new DeployedStack(localStack.getEndpoint(), localStack.getRegion(), localStack.getAccessKey(),
          localStack.getSecretKey(), folder);
    } else {
      stack = new DeployedStack(URI.create(given), Loopback.REGION.id(), "test", "test", folder);
    }
    stack.startAll();
    key = stack.key("admin", "\"*\"");
    client = new Client(stack.s3(), stack.baseUrl(), Map.of("x-api-key", key));
    stack.put("imports/org-described/activities/2025.csv", ACTIVITIES);
  }

  /// Each test is skipped by itself, so that reports tell of it.
  @BeforeEach
  void requireEmulator() {
    assumeTrue(stack != null, NO_DOCKER);
  }

  @AfterAll
  static void close() throws Exception {
    if (stack != null) {
      stack.close();
    }
    if (localStack != null) {
      localStack.close();
    }
  }

  @Override
  Client client() {
    return client;
  }

  @Override
  String key() {
    return key;
  }

  @Test
  void importsExportsReexportsAndDeletes() throws Exception {
    var report = imported("activities/2025.csv", """
        activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;\
        target_group;title;notes;attachments;updated_at
        a1;%1$s;course;2025-03-01;5;60;Oslo;0301;Oslo;barn;Kurs i Čáhppesjávri;;;2025-03-02T00:00:00Z
        a2;%1$s;course;2025-13-01;5;60;Oslo;0301;Oslo;barn;Kurs;;;2025-03-02T00:00:00Z
        """.formatted(ORGANIZATION));
    assertThat(report.path("imported").asInt()).as(report.toString()).isEqualTo(1);
    assertThat(report.path("rejected").asInt()).isEqualTo(1);

    var place = ordered("csv");
    var export = ended(place, "/status", OVER).body();
    assertThat(export.path("status").asText()).as(export.toString()).isEqualTo("completed");
    assertThat(export.path("row_count").asInt()).isEqualTo(1);
    var file = client.download(export.path("file_url").asText());
    assertThat(file.statusCode()).isEqualTo(200);
    assertThat(new String(file.body(), StandardCharsets.UTF_8)).contains("a1", "0301", "Kurs i Čáhppesjávri");
    assertThat(file.body()).hasSize(export.path("file_size_bytes").asInt());
    // Not every emulator supports this parameter of a link.
    assertThat(export.path("file_url").asText()).contains("response-content-disposition=attachment");

    var record = call(200, "GET", "/api/v1/report-records?org_id=" + ORGANIZATION + "&export_id="
        + export.path("export_id").asText(), null).body();
    assertThat(record.at("/pagination/total").asInt()).as(record.toString()).isEqualTo(1);
    var reportId = record.at("/data/0/report_id").asText();
    var again = call(202, "POST", "/api/v1/report-reexports", "{\"report_id\": \"" + reportId + "\"}")
        .header("Location");
    assertThat(ended(again, "/status", OVER).body().path("status").asText()).isEqualTo("completed");
    assertThat(client.download(call(302, "GET", again + "/download", null).header("Location")).body())
        .isEqualTo(file.body());

    call(200, "DELETE", place, null);
    call(404, "GET", place, null);
    assertThat(client.download(export.path("file_url").asText()).statusCode()).isNotEqualTo(200);
    var kept = call(302, "GET", "/api/v1/report-records/" + reportId + "/download", null).header("Location");
    assertThat(client.download(kept).body()).isEqualTo(file.body());
    call(200, "DELETE", "/api/v1/report-records/" + reportId, null);
    assertThat(client.download(kept).statusCode()).isNotEqualTo(200);
  }

  @Test
  void completesARetryAfterAFailedTask() {
    stack.beforeTask("PlanExportFunction", _ -> {
      throw new IllegalStateException("The process has ended");
    });
    var place = ordered("pdf");
    var failed = ended(place, "/status", OVER).body();
    assertThat(failed.path("status").asText()).as(failed.toString()).isEqualTo("failed");
    assertThat(failed.path("error_message").asText()).isNotEmpty();

    stack.beforeTask("PlanExportFunction", _ -> {});
    assertThat(call(202, "POST", place + "/retry", null).body().path("retry_count").asInt()).isEqualTo(1);
    var completed = ended(place, "/status", OVER).body();
    assertThat(completed.path("status").asText()).as(completed.toString()).isEqualTo("completed");
    assertThat(completed.path("retry_count").asInt()).isEqualTo(1);
    assertThat(client.download(completed.path("file_url").asText()).body()).startsWith("%PDF-".getBytes(
        StandardCharsets.US_ASCII));
  }

  @Test
  void staysCancelledWhileItsTasksContinue() {
    var cancelled = new CountDownLatch(1);
    stack.beforeTask("PlanExportFunction", _ -> await(cancelled));
    var place = ordered("json");
    call(200, "PUT", place + "/cancel", "{\"reason\": \"Incorrect date range selected\"}");
    stack.beforeTask("PlanExportFunction", _ -> {});
    cancelled.countDown();
    call(409, "POST", place + "/retry", null);
    var export = call(200, "GET", place, null).body();
    assertThat(export.path("status").asText()).isEqualTo("cancelled");
    assertThat(export.path("cancellation_reason").asText()).isEqualTo("Incorrect date range selected");
    assertThat(export.path("file_url").isNull()).isTrue();
    call(200, "DELETE", place, null);
  }

  @Test
  void aggregatesImportedRecordsAndPublishesChanges() throws Exception {
    var data = "/api/v1/aggregated-report-data";
    var order = "{\"organization_id\": \"" + ORGANIZATION + "\", \"period_id\": \"2024\"}";
    imported("cases/first.jsonl", melding("m1", "b1", "2024-05-01") + melding("m2", "b2", "2023-06-01"));
    var prior = call(202, "POST", data, order.replace("2024", "2023")).header("Location");
    assertThat(ended(prior, "/snapshot_status", Set.of("current", "failed")).body().at("/sections/0/fields/0/value")
        .asInt()).isEqualTo(1);
    var place = call(202, "POST", data, order).header("Location");
    var snapshot = ended(place, "/snapshot_status", Set.of("current", "failed")).body();
    assertThat(snapshot.at("/sections/0/fields/0").toString()).isEqualTo("""
        {"field_key":"antall_meldinger_mottatt","value":1,"prior_period_value":1,"data_source":"familia"}""");

    imported("cases/second.jsonl", melding("m3", "b3", "2024-07-01"));
    assertThat(call(200, "GET", place, null).body().path("cache_valid").asBoolean()).isFalse();
    call(202, "PUT", place, "{\"invalidate_cache\": true, \"reason\": \"Late delivery\"}");
    assertThat(ended(place, "/snapshot_status", Set.of("current", "failed")).body().at("/sections/0/fields/0/value")
        .asInt()).isEqualTo(2);
    var ticket = call(201, "POST", data + "/watch", order).body().path("ticket").asText();
    var events = client.download(stack.baseUrl().resolve(data + "/watch?organization_id=" + ORGANIZATION
        + "&period_id=2024&last_event_id=1&ticket=" + ticket).toString());
    assertThat(events.statusCode()).isEqualTo(200);
    assertThat(new String(events.body(), StandardCharsets.UTF_8)).contains("retry: ", "event: data_updated",
        "\"changed_field_keys\":[\"antall_meldinger_mottatt\",\"antall_barn_med_melding\"]");
  }

  private String ordered(String format) {
    return call(202, "POST", "/api/v1/bufdir-exports", """
        {"org_id": "%s", "format": "%s", "period_from": "2025-01-01", "period_to": "2025-12-31"}"""
        .formatted(ORGANIZATION, format)).header("Location");
  }

  /// @return counts of the import's report
  private JsonNode imported(String file, String content) throws FunctionFailed {
    var at = "imports/" + ORGANIZATION + "/" + file;
    stack.put(at, content);
    return client.object(at + ".report.json").orElseThrow().path("counts");
  }

  private static String melding(String id, String child, String received) {
    return """
        {"type": "melding", "record_id": "%s", "org_id": "%s", "source_system": "familia", \
        "updated_at": "2025-01-01T00:00:00Z", "barn_id": "%s", "mottatt_dato": "%s"}
        """.formatted(id, ORGANIZATION, child, received);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
