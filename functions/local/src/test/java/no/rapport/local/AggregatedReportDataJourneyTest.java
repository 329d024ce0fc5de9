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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/// From case records in the bucket to figures and events, over HTTP, with everything real behind.
class AggregatedReportDataJourneyTest {

  private static final String PATH = "/api/v1/aggregated-report-data";
  private static final AtomicInteger ORGANIZATIONS = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = Client.of(rapport);
  private final String organization = "org-figures-" + ORGANIZATIONS.incrementAndGet();

  @Test
  void aggregatesWhatWasImportedAndNoticesWhatIsImportedLater() {
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
        .as("a change in 2024 leaves 2023 true").isTrue();
    String newer = current(requested("2024"));
    assertThat(client.get(PATH + "/" + newer).body().at("/sections/0/fields/0/value").asInt()).isEqualTo(3);
    assertThat(client.get(PATH + "/" + id).body().path("snapshot_status").asText()).isEqualTo("historical");
  }

  @Test
  void streamsAChangeAsItHappensAndReplaysItToWhoComesAgain() throws Exception {
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
  void answersToTheDoubledPathsOfTheContract() {
    var moved = client.get("/api/v1/aggregated-report-data" + PATH + "/watch?organization_id=a&period_id=2024");
    assertThat(moved.status()).isEqualTo(308);
    assertThat(moved.header("Location")).endsWith(PATH + "/watch?organization_id=a&period_id=2024");
    assertThat(client.get(PATH + "/watch").status()).isEqualTo(400);
    assertThat(client.get(PATH + "/snap-unknown").status()).isEqualTo(404);
  }

  @Test
  void servesThePageThatFollows() throws Exception {
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

  /// The snapshot's id, once its aggregation has ended well.
  private String current(String id) {
    JsonNode ended = Eventually.value("an end of " + id, () -> Optional.of(client.get(PATH + "/" + id).body())
        .filter(snapshot -> !snapshot.path("snapshot_status").asText().equals("processing")));
    assertThat(Set.of("current", "historical")).as(ended.toString()).contains(ended.path("snapshot_status").asText());
    return id;
  }

  private void imported(String file, String lines) {
    var key = "imports/" + organization + "/cases/" + file;
    rapport.s3().putObject(put -> put.bucket(LocalRapport.BUCKET).key(key), RequestBody.fromString(lines));
    JsonNode report = Eventually.value("a report of " + key, () -> client.object(key + ".report.json"));
    assertThat(report.at("/counts/rejected").asInt()).as(report.toString()).isZero();
  }

  private String melding(String id, String child, String received) {
    return JSON.valueToTree(Map.of("type", "melding", "record_id", id, "org_id", organization, "source_system", "familia",
        "updated_at", "2025-01-01T00:00:00Z", "barn_id", child, "mottatt_dato", received)) + "\n";
  }
}
