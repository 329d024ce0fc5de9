package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import no.rapport.api.Role;
import org.junit.jupiter.api.Test;

/// Tests the decisions that apply to several contracts: joined paths, closed filters, bodies, repeated members,
/// optional members, answers from the cache, acting users and audit events.
class DecisionsJourneyTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalRapport RAPPORT = LocalRapport.shared();
  private static final String PERIOD = "\"period_from\": \"2025-01-01\", \"period_to\": \"2025-12-31\"";

  private final String organization = "org-decided-" + System.nanoTime();
  private final Client client = Client.of(RAPPORT);

  private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(RAPPORT.baseUrl().resolve(path));
  }

  private String record() {
    return client.post("/api/v1/report-records", "{\"org_id\": \"" + organization + "\", \"report_type\": "
        + "\"annual_summary\", " + PERIOD + ", \"status\": \"pending\", \"generated_by\": \"user_1\"}")
        .header("Location");
  }

  @Test
  void answersJoinedPathsWithTheSameBytesAsCanonicalOnes() throws Exception {
    String record = record();
    String joined = "/api/v1/report-records" + record;
    assertThat(send(request(joined)).body()).isEqualTo(send(request(record)).body());
    for (String collection : List.of("report-records", "report-reexports", "bufdir-exports", "aggregated-report-data")) {
      String path = "/api/v1/" + collection;
      for (String query : List.of("", "?limit=1", "?surprise=1", "/none")) {
        var direct = client.get(path + query);
        var through = client.get(path + path + query);
        assertThat(through.status()).as(query).isEqualTo(direct.status());
        assertThat(withoutRequestId(through.body())).as(query).isEqualTo(withoutRequestId(direct.body()));
      }
    }
    assertThat(client.send("DELETE", joined, null, Map.of()).status()).isEqualTo(200);
    assertThat(client.get(record).status()).isEqualTo(404);
  }

  private static JsonNode withoutRequestId(JsonNode body) {
    return body instanceof ObjectNode object ? object.deepCopy().without("request_id") : body;
  }

  @Test
  void streamsAtTheJoinedPath() throws Exception {
    String data = "/api/v1/aggregated-report-data";
    for (String name : List.of("last_event_id", "lastEventId", "Last-Event-ID")) {
      var answer = HttpClient.newHttpClient().send(request(data + data + "/watch?organization_id=" + organization
          + "&period_id=2024&" + name + "=1").build(), HttpResponse.BodyHandlers.ofInputStream());
      try (var body = answer.body()) {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
        assertThat(new String(body.readNBytes(6), StandardCharsets.UTF_8)).isEqualTo("retry:");
      }
    }
    assertThat(client.get(data + data + "/watch").status()).isEqualTo(400);
    assertThat(client.post(data + data + "/watch", "{\"organization_id\": \"" + organization
        + "\", \"period_id\": \"2024\"}").status()).isEqualTo(201);
  }

  @Test
  void refusesUnknownValuesOfClosedFilters() {
    Stream.of("report-records?status=done", "report-reexports?status=queued", "report-reexports?format=docx",
        "bufdir-exports?status=completed,done", "bufdir-exports?format=xls", "aggregated-report-data?status=done",
        "aggregated-report-data?snapshot_status=done").forEach(list ->
            assertThat(client.get("/api/v1/" + list).status()).as(list).isEqualTo(400));
  }

  @Test
  void ignoresAByteOrderMarkAndReadsWholeNumbersWithAFraction() throws Exception {
    byte[] body = ("\ufeff{\"org_id\": \"" + organization + "\", \"report_type\": \"annual_summary\", " + PERIOD
        + ", \"status\": \"pending\", \"generated_by\": \"user_1\", \"file_size_bytes\": 8.0}")
        .getBytes(StandardCharsets.UTF_8);
    var answer = send(request("/api/v1/report-records").header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(JSON.readTree(answer.body()).path("file_size_bytes").asLong()).isEqualTo(8);
  }

  @Test
  void refusesCompressedBodiesOfEveryPostAndPut() {
    for (var operation : OpenApi.description().operations()) {
      if (operation.definition().has("requestBody")) {
        String path = operation.path().replaceAll("\\{export_id}|\\{export_file_id}", "1").replaceAll("\\{\\w+}", "none");
        var answer = client.send(operation.method(), path, "{}", Map.of("Content-Encoding", "gzip", "x-api-key",
            Keys.issue(RAPPORT, Role.ADMIN, Optional.empty())));
        assertThat(answer.status()).as(operation.id()).isIn(415, 404);
        if (answer.status() == 415) {
          assertThat(answer.header("Accept-Encoding")).as(operation.id()).isEqualTo("identity");
        }
      }
    }
  }

  @Test
  void acceptsReadOnlyMembersOnlyWithTheirCurrentValues() {
    String record = record();
    ObjectNode shown = (ObjectNode) client.get(record).body();
    shown.put("status", "processing");
    assertThat(client.put(record, shown.toString()).status()).isEqualTo(200);
    shown.put("org_id", "org-other");
    var refused = client.put(record, shown.toString());
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().at("/errors/0/pointer").asText()).isEqualTo("/org_id");
  }

  @Test
  void cancelsWithoutAReasonAndWithRepeatedMembers() throws Exception {
    for (String body : new String[] {"", "{}", "{\"org_id\": \"" + organization + "\", \"reason\": null}"}) {
      Faults.add(new Faults.Fault("DynamoDb", "Query", "SourceDataTable", "InternalServerError", 1000));
      try {
        String export = "/api/v1/bufdir-exports/" + client.order(organization, "csv");
        assertThat(client.put(export + "/cancel", "{\"org_id\": \"org-other\"}").status()).isEqualTo(422);
        assertThat(send(request(export + "/cancel").header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body))).statusCode()).as(body).isEqualTo(200);
        assertThat(client.get(export).body().path("status").asText()).isEqualTo("cancelled");
        assertThat(client.get(export).body().path("cancellation_reason").isNull()).isTrue();
      } finally {
        Faults.clear();
      }
    }
  }

  @Test
  void deletesAProcessingSnapshotPermanently() {
    client.post("/api/v1/aggregated-report-data", "{\"organization_id\": \"" + organization
        + "\", \"period_id\": \"2023\"}");
    String snapshot = client.post("/api/v1/aggregated-report-data", "{\"organization_id\": \"" + organization
        + "\", \"period_id\": \"2023\", \"force_reaggregate\": true}").header("Location");
    var deleted = client.delete(snapshot);
    assertThat(deleted.status()).isEqualTo(200);
    assertThat(deleted.body().path("cache_cleared").asBoolean()).isTrue();
    assertThat(client.get(snapshot).status()).isEqualTo(404);
  }

  @Test
  void answersFromTheCacheInTheFormOfThePostFollowedByTheDetails() {
    String data = "/api/v1/aggregated-report-data";
    String order = "{\"organization_id\": \"" + organization + "\", \"period_id\": \"2024\"}";
    var made = client.post(data, order);
    Eventually.holds("figures", () -> client.get(made.header("Location")).body().path("snapshot_status").asText()
        .equals("current"));
    var cached = client.post(data, order);
    assertThat(cached.status()).isEqualTo(200);
    var members = new ArrayList<String>();
    cached.body().fieldNames().forEachRemaining(members::add);
    assertThat(members).startsWith("snapshot_id", "organization_id", "period_id", "snapshot_status", "job_id",
        "estimated_completion_seconds", "aggregated_at", "created_at");
    assertThat(cached.body().path("estimated_completion_seconds").asInt(-1)).isZero();
    assertThat(cached.body().path("job_id")).isEqualTo(made.body().path("job_id"));
    client.get(made.header("Location")).body().properties().forEach(member ->
        assertThat(cached.body().path(member.getKey())).as(member.getKey()).isEqualTo(member.getValue()));
  }

  @Test
  void storesTheActingUserAndAuditsRefusedRoles() throws Exception {
    String key = Keys.issue(RAPPORT, Role.ORG, Optional.of(organization));
    var acting = Map.of("x-api-key", key, "X-Acting-User", "kari@example.no");
    var ordered = client.send("POST", "/api/v1/bufdir-exports", "{\"org_id\": \"" + organization
        + "\", \"format\": \"csv\", " + PERIOD + ", \"submit_to_bufdir_api\": true}", acting);
    assertThat(ordered.status()).isEqualTo(202);
    String export = ordered.header("Location");
    assertThat(client.get(export).body().path("requested_by").asText()).isEqualTo("kari@example.no");
    assertThat(client.get("/api/v1/bufdir-exports?requested_by=kari@example.no&org_id=" + organization).body()
        .at("/pagination/total").asInt()).isEqualTo(1);
    String record = record();
    for (int i = 0; i < 2; i++) {
      assertThat(client.send("PUT", record, "{\"status\": \"processing\"}", acting).status()).isEqualTo(403);
    }
    Eventually.holds("the submission", () -> Set.of("accepted", "rejected", "failed")
        .contains(client.get(export).body().at("/submission/status").asText()));
    JsonNode events = client.get("/api/v1/audit-events?limit=100&org_id=" + organization).body().path("data");
    assertThat(events).filteredOn(event -> event.path("action").asText().equals("key_refused")).singleElement()
        .satisfies(event -> {
          assertThat(event.path("acting_user").asText()).isEqualTo("kari@example.no");
          assertThat(event.at("/details/reason").asText()).isEqualTo("role");
        });
    assertThat(events).filteredOn(event -> event.path("action").asText().equals("submitted")).singleElement()
        .satisfies(event -> {
          assertThat(event.path("resource").asText()).isEqualTo(export.substring("/api/v1/".length()));
          assertThat(event.at("/details/status").asText()).isEqualTo("accepted");
        });
  }
}
