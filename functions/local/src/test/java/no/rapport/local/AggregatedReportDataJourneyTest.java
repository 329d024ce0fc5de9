package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/// Imports case records, aggregates figures and follows events over HTTP, on the whole local stack.
class AggregatedReportDataJourneyTest {

  private static final String PATH = "/api/v1/aggregated-report-data";
  private static final AtomicInteger ORGANIZATIONS = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = Client.of(rapport);
  private final String organization = "org-figures-" + ORGANIZATIONS.incrementAndGet();

  @Test
  void aggregatesImportedRecordsAndDetectsLaterImports() {
    imported("first.jsonl", melding("m1", "b1", "2024-05-01") + melding("m2", "b2", "2024-06-01")
        + melding("m3", "b1", "2023-06-01"));
    String prior = current(requested("2023"));
    String id = current(requested("2024"));

    JsonNode snapshot = client.get(PATH + "/" + id).body();
    assertThat(snapshot.path("cache_valid").asBoolean()).isTrue();
    assertThat(snapshot.at("/sections/0/fields/0").toString()).isEqualTo("""
        {"field_key":"antall_meldinger_mottatt","value":2,"prior_period_value":1,"data_source":"familia"}""");
    assertThat(snapshot.at("/sections/0/fields/1/value").asInt()).isEqualTo(2);
    assertThat(snapshot.at("/prior_period/snapshot_id").asText()).isEqualTo(prior);
    assertThat(client.post(PATH, order("2024")).status()).isEqualTo(200);

    imported("second.jsonl", melding("m4", "b3", "2024-07-01"));
    assertThat(client.get(PATH + "/" + id).body().path("cache_valid").asBoolean()).isFalse();
    assertThat(client.get(PATH + "/" + prior).body().path("cache_valid").asBoolean())
        .as("a change in 2024 does not affect 2023").isTrue();
    String newer = current(requested("2024"));
    assertThat(client.get(PATH + "/" + newer).body().at("/sections/0/fields/0/value").asInt()).isEqualTo(3);
    assertThat(client.get(PATH + "/" + id).body().path("snapshot_status").asText()).isEqualTo("historical");

    JsonNode explained = client.get(PATH + "/" + newer + "/fields/antall_barn_med_melding").body();
    assertThat(explained.path("value").asInt()).isEqualTo(3);
    assertThat(explained.path("rule").asText()).startsWith("Barn med minst én melding");
    assertThat(explained.path("records_considered").asInt()).isEqualTo(4);
    assertThat(explained.at("/excluded/0").toString()).isEqualTo("""
        {"reason":"received_outside_period","count":1,"text":"Mottatt utenfor perioden"}""");
    assertThat(explained.path("comparability").asText()).isEqualTo("same");
    JsonNode changes = client.get(PATH + "/" + newer + "/changes?against=" + id).body();
    assertThat(changes.path("stale").asBoolean()).isTrue();
    assertThat(changes.at("/fields/0").toString()).isEqualTo("""
        {"field_key":"antall_meldinger_mottatt","then":2,"now":3,"change":1,"comparability":"same"}""");
  }

  @Test
  void marksFiguresOutdatedAfterAnImport() throws Exception {
    var random = new Random(11);
    int valid = 0;
    int outdated = 0;
    for (int round = 0; round < 4; round++) {
      var acts = new ArrayList<Callable<String>>();
      for (int file = 0; file < 2; file++) {
        var name = "race-" + round + "-" + file + ".jsonl";
        var lines = new StringBuilder();
        for (int i = 0; i < 40; i++) {
          lines.append(melding("m" + random.nextInt(60), "b" + random.nextInt(9),
              LocalDate.of(2023, 1, 1).plusDays(random.nextInt(3) * 365 + random.nextInt(365)).toString(),
              "2025-01-01T00:%02d:%02dZ".formatted(round, random.nextInt(60))));
        }
        acts.add(() -> imported(name, lines.toString()));
      }
      for (int request = 0; request < 4; request++) {
        var order = order(List.of("2023", "2024", "2024-Q2").get(random.nextInt(3)));
        acts.add(() -> client.post(PATH, order).body().path("snapshot_id").asText());
      }
      Collections.shuffle(acts, random);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var act : threads.invokeAll(acts)) {
          act.get();
        }
      }
      for (JsonNode item : client.get(PATH + "?limit=100&organization_id=" + organization).body().path("data")) {
        var id = current(item.path("snapshot_id").asText());
        JsonNode snapshot = client.get(PATH + "/" + id).body();
        if (!snapshot.path("cache_valid").asBoolean()) {
          outdated++;
          continue;
        }
        valid++;
        String again = client.post(PATH, order(snapshot.path("period_id").asText()).replace("}",
            ", \"force_reaggregate\": true}")).body().path("snapshot_id").asText();
        assertThat(values(client.get(PATH + "/" + current(again)).body())).as(snapshot.toString())
            .isEqualTo(values(snapshot));
      }
    }
    assertThat(valid).as("valid snapshots").isPositive();
    assertThat(outdated).as("snapshots that an import made outdated").isPositive();
  }

  private static List<String> values(JsonNode snapshot) {
    return snapshot.findValues("value").stream().map(JsonNode::toString).toList();
  }

  @Test
  void streamsAChangeAndReplaysItAfterReconnect() throws Exception {
    imported("first.jsonl", melding("m1", "b1", "2024-05-01"));
    String id = current(requested("2024"));
    Client.Answer ticket = client.post(PATH + "/watch", """
        {"organization_id": "%s", "period_id": "2024"}""".formatted(organization));
    assertThat(ticket.status()).isEqualTo(201);
    URI address = rapport.baseUrl().resolve(PATH + "/watch?organization_id=" + organization + "&period_id=2024&ticket="
        + ticket.body().path("ticket").asText());
    imported("second.jsonl", melding("m2", "b1", "2024-07-01"));

    JsonNode live;
    try (var http = HttpClient.newHttpClient()) {
      var response = http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofInputStream());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
      try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        assertThat(lines.readLine()).isEqualTo("retry: 1000");
        assertThat(lines.readLine()).isEqualTo("id: 1");
        assertThat(client.put(PATH + "/" + id, """
            {"invalidate_cache": true, "reason": "late delivery"}""").status()).isEqualTo(202);
        live = event(lines);
      }
      http.shutdownNow();
    }
    assertThat(live.path("snapshot_id").asText()).isEqualTo(id);
    assertThat(live.path("changed_field_keys").toString()).isEqualTo("[\"antall_meldinger_mottatt\"]");
    assertThat(live.path("changed_sections").toString()).isEqualTo("[\"meldinger\"]");

    try (var http = HttpClient.newHttpClient()) {
      var response = http.send(HttpRequest.newBuilder(address).header("Last-Event-ID", "1").build(),
          BodyHandlers.ofInputStream());
      try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        assertThat(event(lines)).isEqualTo(live);
      }
      http.shutdownNow();
    }
  }

  @Test
  void answersJoinedPathsLikeCanonicalOnes() {
    for (String path : new String[] {"/watch", "/watch?organization_id=a", "/snap-unknown", "?limit=0"}) {
      var joined = client.get("/api/v1/aggregated-report-data" + PATH + path);
      var canonical = client.get(PATH + path);
      assertThat(joined.status()).as(path).isEqualTo(canonical.status());
      assertThat(joined.body().path("errors")).as(path).isEqualTo(canonical.body().path("errors"));
    }
    assertThat(client.get(PATH + "/watch").status()).isEqualTo(400);
    assertThat(client.get(PATH + "/snap-unknown").status()).isEqualTo(404);
  }

  @Test
  void servesTheWatchPage() throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      for (String path : new String[] {"/_local/watch", "/_local/watch.css", "/_local/watch.js"}) {
        var page = http.send(HttpRequest.newBuilder(rapport.baseUrl().resolve(path)).build(), BodyHandlers.ofString());
        assertThat(page.statusCode()).as(path).isEqualTo(200);
      }
    }
  }

  private static JsonNode event(BufferedReader lines) throws Exception {
    String line = lines.readLine();
    while (!line.startsWith("data: ")) {
      line = lines.readLine();
    }
    return JSON.readTree(line.substring("data: ".length()));
  }

  private String order(String period) {
    return """
        {"organization_id": "%s", "period_id": "%s"}""".formatted(organization, period);
  }

  private String requested(String period) {
    var answer = client.post(PATH, order(period));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
    return answer.body().path("snapshot_id").asText();
  }

  /// Waits until the aggregation has succeeded and returns the snapshot's id.
  private String current(String id) {
    JsonNode ended = Eventually.value("an end of " + id, () -> Optional.of(client.get(PATH + "/" + id).body())
        .filter(snapshot -> !snapshot.path("snapshot_status").asText().equals("processing")));
    assertThat(Set.of("current", "historical")).as(ended.toString()).contains(ended.path("snapshot_status").asText());
    return id;
  }

  private String imported(String file, String lines) {
    var key = "imports/" + organization + "/cases/" + file;
    rapport.s3().putObject(put -> put.bucket(LocalRapport.BUCKET).key(key), RequestBody.fromString(lines));
    JsonNode report = Eventually.value("a report of " + key, () -> client.object(key + ".report.json"));
    assertThat(report.at("/counts/rejected").asInt()).as(report.toString()).isZero();
    return key;
  }

  private String melding(String id, String child, String received) {
    return melding(id, child, received, "2025-01-01T00:00:00Z");
  }

  private String melding(String id, String child, String received, String updatedAt) {
    return JSON.valueToTree(Map.of("type", "melding", "record_id", id, "org_id", organization, "source_system", "familia",
        "updated_at", updatedAt, "barn_id", child, "mottatt_dato", received)) + "\n";
  }
}
