package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.api.Test;

/// Every file in `events/` is what its function takes.
class EventsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  /// What is one thing on AWS and another on this machine.
  private static final Pattern LEADS_TO_AWS = Pattern.compile("AWS_ENDPOINT_URL_.+|S3_PATH_STYLE");
  private static final LocalRapport RAPPORT = LocalRapport.shared();

  static Stream<String> functions() {
    return RAPPORT.template().functions().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void isTakenByItsHandler(String id) throws IOException {
    var function = RAPPORT.template().functions().get(id);
    var event = DeploymentTest.event(function);
    var behindTheApi = RAPPORT.template().routes().stream().anyMatch(route -> route.function().equals(function.name()));
    if (RAPPORT.template().routes().stream().anyMatch(route -> route.function().equals(function.name())
        && route.streaming())) {
      return; // Answers for as long as somebody reads; the stream's own tests hold it to its contract.
    }
    JsonNode answer;
    try {
      answer = JSON.readTree(RAPPORT.functions().invoke(id, JSON.writeValueAsBytes(event)));
    } catch (FunctionFailed e) {
      // What the event names is not there: the function understood it and says so in its own words.
      assertThat(e.errorType()).as(e.payload()).satisfiesAnyOf(
          type -> assertThat(type).startsWith("no.rapport."),
          type -> assertThat(e.getMessage()).isEqualTo("Unauthorized"));
      return;
    }
    if (behindTheApi) {
      assertThat(answer.path("statusCode").asInt()).as(answer.toString()).isBetween(200, 499).isNotEqualTo(400);
    }
  }

  @Test
  void setsWhatTheTemplateDeclaresForSamLocalAndNothingElse() throws IOException {
    var variables = new TreeMap<String, String>();
    JSON.readTree(Files.readString(Options.home().resolve("events/local-env.json"))).path("Parameters").properties()
        .forEach(variable -> variables.put(variable.getKey(), variable.getValue().asText()));
    // As the template is by itself: the stack of the tests turns the connector to Bufdir on.
    var template = TemplateReader.read(Options.home().resolve("template.yaml"), Map.of(), LocalRapport.BUCKET);
    for (var function : template.functions().values()) {
      assertThat(function.environment()).as(function.logicalId()).containsKeys(variables.keySet().toArray(String[]::new));
      variables.forEach((name, value) -> {
        if (!LEADS_TO_AWS.matcher(name).matches()) {
          assertThat(function.environment()).as(function.logicalId()).containsEntry(name, value);
        }
      });
    }
  }

  @Test
  void namesOnlyVariablesThatLambdaLetsATemplateSet() throws IOException {
    var template = TemplateReader.read(Options.home().resolve("template.yaml"), Map.of(), LocalRapport.BUCKET);
    for (var function : template.functions().values()) {
      assertThat(function.environment()).as(function.logicalId()).doesNotContainKeys("AWS_REGION", "AWS_DEFAULT_REGION",
          "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "_HANDLER", "LAMBDA_TASK_ROOT");
    }
  }
}
