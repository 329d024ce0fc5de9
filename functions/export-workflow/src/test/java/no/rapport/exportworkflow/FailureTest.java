package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailureTest {

  /// Otherwise a job would fail for an error that the state machine treats as transient.
  @ParameterizedTest
  @ValueSource(strings = {"export", "retry"})
  void everyErrorThatATaskStateRetriesIsTransient(String machine) throws IOException {
    var document = new ObjectMapper().readTree(
        Path.of(System.getProperty("rapport.home"), "statemachines", machine + ".asl.json").toFile());
    var retried = new TreeSet<String>();
    for (var task : document.findParents("Retry")) {
      if (task.path("Resource").asText().endsWith(":lambda:invoke")) {
        task.path("Retry").forEach(retrier -> retrier.path("ErrorEquals").forEach(error -> retried.add(error.asText())));
      }
    }

    assertThat(retried).contains("Lambda.SnapStartNotReadyException", "Lambda.ClientExecutionTimeoutException");
    assertThat(retried).allSatisfy(error ->
        assertThat(new Failure("RenderParts", error).isTransient()).as(error).isTrue());
  }

  @Test
  void errorOfTheCodeIsNotTransient() {
    assertThat(new Failure("RenderParts", "java.lang.IllegalStateException").isTransient()).isFalse();
  }
}
