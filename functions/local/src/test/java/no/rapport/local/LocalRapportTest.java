package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import no.rapport.api.Role;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

class LocalRapportTest {

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = Client.of(rapport);

  @Test
  void listensOnThisMachineOnly() {
    for (var address : new java.net.URI[] {
        rapport.baseUrl(), rapport.s3Endpoint(), rapport.dynamoDbEndpoint(), rapport.stepFunctionsEndpoint()}) {
      assertThat(address.getHost()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void startsTheImportForAnObjectBelowImports() {
    rapport.s3().putObject(put -> put.bucket(LocalRapport.BUCKET).key("imports/org-event/organization.json"),
        RequestBody.fromString("{\"name\": \"Čáhppesjávri\"}"));

    var counts = client.importActivities("org-event", "with blank + plus å.csv", """
        activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;\
        target_group;title;notes;attachments;updated_at
        a1;org-event;course;2025-03-01;5;60;Oslo;0301;Oslo;barn;Kurs;;;2025-03-02T00:00:00Z
        a2;org-event;course;2025-13-01;5;60;Oslo;0301;Oslo;barn;Kurs;;;2025-03-02T00:00:00Z
        """);

    assertThat(counts.path("imported").asInt()).isEqualTo(1);
    assertThat(counts.path("rejected").asInt()).isEqualTo(1);
  }

  @Test
  void requiresAKeyFromEveryCallerInKeyMode() {
    try (var gateway = rapport.anotherGateway(Gateway.PublicContracts.KEY)) {
      var anybody = new Client(rapport, gateway.baseUrl(), Map.of());
      assertThat(anybody.get("/api/v1/bufdir-exports").status()).isEqualTo(401);
      assertThat(anybody.get("/api/v1/bufdir-exports").body()).isNull();

      var one = new Client(rapport, gateway.baseUrl(), Map.of("x-api-key", key("org-key-a")));
      var other = new Client(rapport, gateway.baseUrl(), Map.of("x-api-key", key("org-key-b")));
      var id = one.order("org-key-a", "csv");

      assertThat(one.get("/api/v1/bufdir-exports/" + id).status()).isEqualTo(200);
      assertThat(other.get("/api/v1/bufdir-exports/" + id).status()).isEqualTo(404);
      assertThat(other.get("/api/v1/bufdir-exports").body().path("data")).isEmpty();
      assertThat(other.put("/api/v1/bufdir-exports/" + id + "/cancel", "{\"reason\": \"mine\"}").status())
          .isEqualTo(404);
      one.ended(id);
    }
  }

  @Test
  void printsAKeyForEachRoleAndRevokesThoseOfThePreviousStart() {
    var before = DemoKeys.issue(rapport);
    var keys = DemoKeys.issue(rapport);
    var record = "/api/v1/report-records/" + client.post("/api/v1/report-records", """
        {"org_id": "org-1042", "report_type": "annual_summary", "period_from": "2025-01-01", "period_to": "2025-12-31",
         "status": "pending", "generated_by": "user_1"}""").body().path("report_id").asText();
    for (var role : Role.values()) {
      assertThat(Local.welcome(rapport, Options.fromEnvironment(Map.of()), keys, Optional.empty()))
          .contains(keys.get(role));
      var caller = new Client(rapport, rapport.baseUrl(), Map.of("x-api-key", keys.get(role)));
      assertThat(caller.get("/api/v1/exports").status()).isEqualTo(200);
      assertThat(caller.put(record, "{\"status\": \"processing\"}").status()).isEqualTo(role == Role.ORG ? 403 : 200);
      assertThat(new Client(rapport, rapport.baseUrl(), Map.of("x-api-key", before.get(role))).get(record).status())
          .isEqualTo(401);
    }
    assertThat(Local.welcome(rapport, Options.fromEnvironment(Map.of("RAPPORT_PUBLIC_CONTRACTS", "key")), keys,
        Optional.of(Path.of("functions.log"))))
        .contains("-H 'x-api-key: " + keys.get(Role.ADMIN) + "'");
  }

  private String key(String organization) {
    return client.post("/_local/2015-03-31/functions/ManageApiKeysFunction/invocations", """
        {"action": "issue", "client": "%1$s", "label": "test", "role": "org", "organizations": ["%1$s"]}"""
        .formatted(organization)).body().path("key").asText();
  }

  @Test
  void answersAJoinedPathLikeTheCanonicalOne() {
    var answer = client.get("/api/v1/bufdir-exports/api/v1/bufdir-exports?limit=5");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().at("/pagination/limit").asInt()).isEqualTo(5);
    assertThat(client.get("/api/v1/bufdir-exports/api/v1/report-records").status()).isEqualTo(404);
  }

  @Test
  void namesTheInvalidVariable() {
    assertThatThrownBy(() -> Options.fromEnvironment(Map.of("RAPPORT_S3_PORT", "many")))
        .hasMessage("RAPPORT_S3_PORT is 'many'; it must be a port from 0 to 65535");
    assertThatThrownBy(() -> Options.fromEnvironment(Map.of("RAPPORT_PUBLIC_CONTRACTS", "closed")))
        .hasMessageContaining("RAPPORT_PUBLIC_CONTRACTS").hasMessageContaining("open or key");
    assertThat(Options.fromEnvironment(Map.of("RAPPORT_PORT", "")).port()).isEqualTo(3000);
  }
}
