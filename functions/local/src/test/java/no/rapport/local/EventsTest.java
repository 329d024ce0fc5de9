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

/// Tests that each function accepts its file in `events/`.
class EventsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  /// Variables whose values differ between AWS and this machine.
  private static final Pattern DIFFERS_ON_AWS = Pattern.compile("AWS_ENDPOINT_URL_.+|S3_PATH_STYLE");
  private static final LocalRapport RAPPORT = LocalRapport.shared();

  static Stream<String> functions() {
    return RAPPORT.template().functions().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void isAcceptedByItsHandler(String id) throws IOException {
    var function = RAPPORT.template().functions().get(id);
    var event = DeploymentTest.event(function);
    var behindTheApi = RAPPORT.template().routes().stream().anyMatch(route -> route.function().equals(function.name()));
    if (RAPPORT.template().routes().stream().anyMatch(route -> route.function().equals(function.name())
        && route.streaming())) {
      return; // The stream stays open for as long as it has a reader; its own tests cover it.
    }
    JsonNode answer;
    try {
      answer = JSON.readTree(RAPPORT.functions().invoke(id, JSON.writeValueAsBytes(event)));
    } catch (FunctionFailed e) {
      // The resource of the event does not exist: the function has understood the event and throws its own error.
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
  void localEnvironmentSetsExactlyTheTemplatesVariables() throws IOException {
    var variables = new TreeMap<String, String>();
    JSON.readTree(Files.readString(Options.home().resolve("events/local-env.json"))).path("Parameters").properties()
        .forEach(variable -> variables.put(variable.getKey(), variable.getValue().asText()));
    // The template without overrides, because the stack of the tests enables the connector to Bufdir.
    var template = TemplateReader.read(Options.home().resolve("template.yaml"), Map.of(), LocalRapport.BUCKET);
    for (var function : template.functions().values()) {
      assertThat(function.environment()).as(function.logicalId()).containsKeys(variables.keySet().toArray(String[]::new));
      variables.forEach((name, value) -> {
        if (!DIFFERS_ON_AWS.matcher(name).matches()) {
          assertThat(function.environment()).as(function.logicalId()).containsEntry(name, value);
        }
      });
    }
  }

  @Test
  void setsNoVariablesThatLambdaReserves() throws IOException {
    var template = TemplateReader.read(Options.home().resolve("template.yaml"), Map.of(), LocalRapport.BUCKET);
    for (var function : template.functions().values()) {
      assertThat(function.environment()).as(function.logicalId()).doesNotContainKeys("AWS_REGION", "AWS_DEFAULT_REGION",
          "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "_HANDLER", "LAMBDA_TASK_ROOT");
    }
  }
}
