package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import no.rapport.api.Role;
import no.rapport.emulator.TemplateDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Puts marked secrets and personal data into requests and source data, and runs a journey with refusals and failures.
/// None of the marked values may appear in the output of functions, import reports, workflow histories, the trace page
/// or notifications.
class CanaryTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME = "Kanari Fuglesang";
  private static final String NATIONAL_ID = "01019010046";
  private static final String CHILD = "barn-kanari-7731";
  private static final String CHILD_WRONG = "barn-kanari-8842";

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client open = Client.of(rapport);
  private final String organization = "org-canary-" + UUID.randomUUID().toString().substring(0, 8);
  private final String idempotencyKey = "canary-idempotency-" + UUID.randomUUID();
  private final List<String> canaries =
      new ArrayList<>(List.of(NAME, NATIONAL_ID, CHILD, CHILD_WRONG, idempotencyKey));
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private PrintStream out;
  private PrintStream err;

  @BeforeEach
  void listen() {
    out = System.out;
    err = System.err;
    System.setOut(both(out));
    System.setErr(both(err));
  }

  @AfterEach
  void stopListening() {
    System.setOut(out);
    System.setErr(err);
    Faults.clear();
  }

  private PrintStream both(PrintStream console) {
    return new PrintStream(new OutputStream() {
      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) {
        synchronized (output) {
          output.write(bytes, from, length);
        }
        console.write(bytes, from, length);
      }
    }, true, StandardCharsets.UTF_8);
  }

  @Test
  void writesNoSecretAndNoPersonalData() throws IOException {
    try (var gateway = rapport.anotherGateway(Gateway.PublicContracts.KEY)) {
      var key = Keys.issue(rapport, Role.ORG, Optional.of(organization));
      canaries.add(key);
      canaries.add(key.substring(19, 51)); // its secret
      var client = new Client(rapport, gateway.baseUrl(), Map.of("x-api-key", key));

      importRows();
      refusals(gateway.baseUrl(), client, key);
      var jobs = List.of(export(client, "xlsx"), exportThatFails(client));
      figures(client);

      var written = output.toString(StandardCharsets.UTF_8);
      assertThat(written).as("all functions' output").contains("export_completed", "export_failed", "key_refused");
      assertNoCanary("output", written);
      importReports().forEach(this::assertNoCanary);
      for (var job : jobs) {
        assertNoCanary("history of " + job, history(job));
      }
      assertNoCanary("notifications", rapport.notifications().all().toString());
      assertNoCanary("list of executions", open.get("/_local/api/executions").body().toString());
    }
  }

  @Test
  void accessLogContainsNoQueryHeaderOrBody() throws IOException {
    var format = JSON.readTree(JSON.writeValueAsBytes(
        TemplateDocument.read(Options.home().resolve("template.yaml")))).at("/Resources/Api/Properties/AccessLogSetting/Format").asText();

    assertThat(format).contains("$context.requestId");
    assertThat(format.replaceAll("\\$context\\.(requestId|requestTime|identity\\.sourceIp|httpMethod|path|xrayTraceId|status"
        + "|authorizer\\.caller|responseLatency|responseLength)\\b", "")).doesNotContain("$");
  }

  private void importRows() {
    open.importActivities(organization, "2025.csv", """
        activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;\
        target_group;title;notes;attachments;updated_at
        a1;%1$s;course;2025-03-01;5;60;Oslo;0301;Oslo;barn;Kurs;Med %2$s %3$s;;2025-03-02T00:00:00Z
        a2;%1$s;course;%3$s;5;60;Oslo;0301;Oslo;barn;%2$s;;;2025-03-02T00:00:00Z
        """.formatted(organization, NAME, NATIONAL_ID));
    var cases = "imports/" + organization + "/cases/2025.jsonl";
    rapport.s3().putObject(put -> put.bucket(LocalRapport.BUCKET).key(cases), RequestBody.fromString("""
        {"type":"melding","record_id":"m1","org_id":"%1$s","source_system":"familia","updated_at":"2025-01-01T00:00:00Z",\
        "barn_id":"%2$s","mottatt_dato":"2025-02-01"}
        {"type":"melding","record_id":"m2","org_id":"%1$s","source_system":"familia","updated_at":"2025-01-01T00:00:00Z",\
        "barn_id":"%3$s","mottatt_dato":"%4$s"}
        {"type": %4$s %5$s
        """.formatted(organization, CHILD, CHILD_WRONG, NATIONAL_ID, NAME)));
    Eventually.value("a report of " + cases, () -> open.object(cases + ".report.json"));
  }

  private Map<String, String> importReports() {
    var reports = rapport.s3().listObjectsV2(list -> list.bucket(LocalRapport.BUCKET).prefix("imports/" + organization + "/"))
        .contents().stream().map(S3Object::key).filter(key -> key.endsWith(".report.json"))
        .collect(Collectors.toMap(key -> key, key -> open.object(key).orElseThrow().toString()));
    assertThat(reports).hasSize(2).allSatisfy((_, report) -> assertThat(report).contains("\"masked\""));
    assertThat(reports.values()).anySatisfy(report -> assertThat(report).contains("\"rejected\":2"));
    return reports;
  }

  private void refusals(URI base, Client client, String key) {
    var wrong = key.substring(0, key.length() - 1) + (key.endsWith("0") ? "1" : "0");
    canaries.add(wrong);
    assertThat(new Client(rapport, base, Map.of("x-api-key", wrong)).get("/api/v1/bufdir-exports").status())
        .isEqualTo(401);
    assertThat(client.post("/api/v1/bufdir-exports", "{\"org_id\": \"" + NAME + NATIONAL_ID).status()).isEqualTo(400);
    assertThat(client.post("/api/v1/bufdir-exports", "{\"org_id\": \"%s\", \"format\": \"%s\", \"%s\": 1}"
        .formatted(organization, NAME, NATIONAL_ID)).status()).isEqualTo(422);
    assertThat(client.get("/api/v1/report-records/" + CHILD).status()).isEqualTo(404);
    assertThat(client.get("/api/v1/report-records?cursor=" + CHILD).status()).isEqualTo(400);
  }

  private String export(Client client, String format) {
    var answer = order(client, format, Map.of("Idempotency-Key", idempotencyKey));
    var ended = client.ended(answer);
    assertThat(ended.path("status").asText()).isEqualTo("completed");
    var link = ended.path("file_url").asText();
    canaries.add(link.replaceFirst(".*X-Amz-Signature=([0-9a-f]+).*", "$1"));
    assertThat(client.download(link).statusCode()).isEqualTo(200);
    return answer;
  }

  private String exportThatFails(Client client) {
    Faults.add(new Faults.Fault("S3", "PutObject", "exports/" + organization, "AccessDenied", 1000));
    var id = order(client, "csv", Map.of());
    assertThat(client.ended(id).path("status").asText()).isEqualTo("failed");
    Faults.clear();
    return id;
  }

  private String order(Client client, String format, Map<String, String> headers) {
    var answer = client.send("POST", "/api/v1/bufdir-exports", """
        {"org_id": "%s", "format": "%s", "period_from": "2025-01-01", "period_to": "2025-12-31"}"""
        .formatted(organization, format), headers);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
    return answer.body().path("export_id").asText();
  }

  private void figures(Client client) {
    var path = "/api/v1/aggregated-report-data";
    var ticket = client.post(path + "/watch", """
        {"organization_id": "%s", "period_id": "2025"}""".formatted(organization)).body().path("ticket").asText();
    assertThat(ticket).startsWith("tkt_");
    canaries.add(ticket);
    var refused = client.get(path + "/watch?organization_id=another&period_id=2025&ticket=" + ticket.replace("tkt_", "tkt-"));
    assertThat(refused.status()).isGreaterThanOrEqualTo(400);
    var answer = client.post(path, """
        {"organization_id": "%s", "period_id": "2025", "force_reaggregate": true}""".formatted(organization));
    assertThat(answer.status()).as(answer.toString()).isIn(200, 202);
    var location = answer.header("Location");
    Eventually.holds("figures of " + location,
        () -> client.get(location).body().path("snapshot_status").asText().equals("current"));
  }

  private String history(String job) {
    var arn = Names.stateMachine("rapport-local-export")
        .replace(":stateMachine:", ":execution:") + ":" + job;
    return rapport.sfn().getExecutionHistoryPaginator(request -> request.executionArn(arn).includeExecutionData(true))
        .events().stream().map(Object::toString).reduce("", String::concat);
  }

  private void assertNoCanary(String where, String text) {
    assertThat(text).as(where).isNotEmpty();
    for (var canary : canaries) {
      assertThat(text.contains(canary)).as(where + " holds " + canary).isFalse();
    }
  }
}
