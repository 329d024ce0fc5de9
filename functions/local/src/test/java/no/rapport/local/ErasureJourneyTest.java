package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What is deleted cannot be read again, and who deleted it can: over HTTP, with everything real behind.
class ErasureJourneyTest {

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = Client.of(rapport);
  private final String organization = "org-erasure-" + UUID.randomUUID();

  private List<String> events(String cursor) {
    JsonNode page = client.get("/api/v1/audit-events?org_id=" + organization + "&limit=100&after=" + cursor).body();
    return page.path("data").findValuesAsText("resource").stream().toList();
  }

  private boolean exists(String key) {
    return rapport.s3().listObjectsV2(list -> list.bucket(LocalRapport.BUCKET).prefix(key)).keyCount() > 0;
  }

  @Test
  void erasesAReportWithItsReexportsAndAnswersAndTellsWhoDidIt() throws Exception {
    client.importActivities(organization, "2025.csv",
        "activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;"
            + "target_group;title;notes;attachments;updated_at\na-1;" + organization
            + ";group_session;2025-03-01;7;60;Oslo;0301;Oslo;barn;Title;;;2026-01-01T08:00:00Z\n");
    client.ended(client.order(organization, "csv"));
    JsonNode report = client.get("/api/v1/report-records?org_id=" + organization).body().at("/data/0");
    String reportId = report.path("report_id").asText();
    String order = "{\"report_id\": \"" + reportId + "\"}";
    Map<String, String> headers = Map.of("Idempotency-Key", organization, "X-Acting-User", "Kari Nordmann");
    var first = client.send("POST", "/api/v1/report-reexports", order, headers);
    assertThat(first.status()).isEqualTo(202);
    assertThat(client.send("POST", "/api/v1/report-reexports", " " + order, headers).body()).isEqualTo(first.body());
    String reexport = first.header("Location");
    Eventually.holds("the end of " + reexport,
        () -> client.get(reexport).body().path("status").asText().equals("completed"));
    String file = client.get(reexport).body().path("output_file_ref").asText();
    assertThat(exists(file)).isTrue();

    assertThat(client.send("DELETE", "/api/v1/report-records/" + reportId, null, Map.of("X-Acting-User", "Ola"))
        .status()).isEqualTo(200);

    assertThat(client.get(reexport).status()).isEqualTo(404);
    assertThat(client.get(reexport + "/download").status()).isEqualTo(404);
    assertThat(client.get("/api/v1/report-reexports?org_id=" + organization).body().at("/pagination/total").asInt())
        .isZero();
    assertThat(client.send("POST", "/api/v1/report-reexports", order, headers).status()).isEqualTo(404);
    assertThat(exists(file)).isFalse();
    JsonNode events = client.get("/api/v1/audit-events?org_id=" + organization + "&limit=100").body();
    assertThat(events.path("data")).anySatisfy(event -> {
      assertThat(event.path("action").asText()).isEqualTo("created");
      assertThat(event.path("resource").asText()).startsWith("report-reexports/");
      assertThat(event.path("acting_user").asText()).isEqualTo("Kari Nordmann");
    }).anySatisfy(event -> {
      assertThat(event.path("action").asText()).isEqualTo("deleted");
      assertThat(event.path("resource").asText()).isEqualTo("report-records/" + reportId);
      assertThat(event.path("acting_user").asText()).isEqualTo("Ola");
    });
    assertThat(events(events.at("/pagination/next_cursor").asText())).isEmpty();
  }
}
