package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The run of the synthetic organisation against the local stack. It leaves out the step that waits until a link is dead,
/// which `SyntheticRunTest` shows.
class SyntheticJourneyTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = new Client(rapport, rapport.baseUrl(), Map.of());

  @Test
  void runsTheMainJobAndLeavesNothing() {
    // What a run has left that was stopped.
    client.post("/api/v1/bufdir-exports", """
        {"org_id": "synthetic", "format": "csv", "period_from": "2025-01-01", "period_to": "2025-01-31"}""");
    var run = JSON.createObjectNode().put("step", "REMOVE_REMAINS").put("started_at", Instant.now().toString())
        .put("wait_seconds", 0).put("attempt", 0);
    var steps = new ArrayList<String>();
    while (!run.path("step").asText().equals("FINISHED")) {
      var step = run.path("step").asText();
      steps.add(step);
      run = step.equals("DOWNLOAD") ? run.put("step", "VISIT_ROUTES") : next(run.put("attempt", 0));
    }

    assertThat(steps).containsExactly("REMOVE_REMAINS", "IMPORT", "AWAIT_IMPORT", "AGGREGATE", "AWAIT_FIGURES", "ORDER",
        "AWAIT_EXPORT", "DOWNLOAD", "VISIT_ROUTES", "REMOVE_RESULTS");
    for (var list : List.of("bufdir-exports?org_id=", "report-records?org_id=",
        "aggregated-report-data?organization_id=")) {
      assertThat(client.get("/api/v1/" + list + "synthetic").body().path("data")).as(list).isEmpty();
    }
    assertThat(rapport.s3().listObjectsV2(objects -> objects.bucket(LocalRapport.BUCKET).prefix("imports/synthetic/"))
        .contents()).isEmpty();
  }

  /// The run once its step has been taken, as often as it asks for.
  private ObjectNode next(ObjectNode run) {
    return Eventually.value("an end of " + run, () -> {
      try {
        JsonNode next = JSON.readTree(rapport.functions().invoke("RunSyntheticStepFunction", JSON.writeValueAsBytes(run)));
        return Optional.of((ObjectNode) next).filter(taken -> !taken.path("step").equals(run.path("step")));
      } catch (Exception e) {
        throw new AssertionError(run + ": " + e.getMessage(), e);
      }
    });
  }
}
