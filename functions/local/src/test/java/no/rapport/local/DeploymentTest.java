package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import no.rapport.emulator.TemplateDocument;
import org.junit.jupiter.api.Test;

/// Tests that template, handlers, events and state machines fit together.
class DeploymentTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path HOME = Options.home();
  private static final Template TEMPLATE =
      TemplateReader.read(HOME.resolve("template.yaml"), Map.of(), LocalRapport.BUCKET);
  private static final Pattern SERVICE_ERROR = Pattern.compile(
      "(States|Lambda|Sandbox|SNS|SFN|StepFunctions|DynamoDB|S3)\\.[A-Za-z0-9.]+");

  /// Transient errors of an invocation.
  private static final List<String> TRANSIENT = List.of("Lambda.ServiceException", "Lambda.AWSLambdaException",
      "Lambda.SdkClientException", "Lambda.ClientExecutionTimeoutException", "Lambda.TooManyRequestsException",
      "States.Timeout", "Sandbox.Timedout");
  /// Errors of an invocation while an inactive version restores its snapshot (Lambda API reference, "Invoke").
  private static final List<String> INACTIVE = List.of("Lambda.SnapStartNotReadyException", "Lambda.SnapStartException",
      "Lambda.SnapStartTimeoutException", "Lambda.ResourceNotReadyException", "Lambda.CodeArtifactUserPendingException");

  @Test
  void everyHandlerHasTheConstructorThatLambdaCalls() throws Exception {
    for (var function : TEMPLATE.functions().values()) {
      var handler = Class.forName(function.handler().replaceFirst("::.*", ""));
      assertThat(Modifier.isPublic(handler.getModifiers())).as(handler.getName()).isTrue();
      assertThat(Modifier.isPublic(handler.getConstructor().getModifiers())).as(handler.getName()).isTrue();
      assertThat(RequestHandler.class.isAssignableFrom(handler) || RequestStreamHandler.class.isAssignableFrom(handler))
          .as(handler.getName()).isTrue();
    }
  }

  @Test
  void everyFunctionIsNamedAfterItsHandler() {
    for (var function : TEMPLATE.functions().values()) {
      assertThat(function.logicalId()).isEqualTo(simpleName(function.handler()) + "Function");
    }
  }

  @Test
  void everyEndpointHasOneRouteAndOneFunctionHasItsOwnVariables() {
    assertThat(new RouteTable(TEMPLATE.routes())).isNotNull();
    assertThat(Functions.environment(TEMPLATE)).containsKey("RECORDS_TABLE");
    assertThat(Functions.environment(TemplateReader.read(HOME.resolve("template.yaml"),
        Map.of("AllowedOrigins", "https://a.no"), LocalRapport.BUCKET))).containsEntry("ALLOWED_ORIGINS", "https://a.no");
  }

  @Test
  void everyFunctionHasOneEventAndEveryEventHasAFunction() throws IOException {
    var wanted = TEMPLATE.functions().values().stream()
        .map(function -> kebab(simpleName(function.handler())) + ".json")
        .collect(Collectors.toCollection(TreeSet::new));
    try (var files = Files.list(HOME.resolve("events"))) {
      var there = files.map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("local-env.json"))
          .collect(Collectors.toCollection(TreeSet::new));
      assertThat(there).isEqualTo(wanted);
    }
  }

  @Test
  void everyApiEventMatchesItsRoute() throws IOException {
    var routes = new RouteTable(TEMPLATE.routes());
    for (var function : TEMPLATE.functions().values()) {
      if (TEMPLATE.routes().stream().anyMatch(route -> route.function().equals(function.name()))) {
        var event = event(function);
        var found = routes.find(event.path("httpMethod").asText(), event.path("path").asText());
        assertThat(found).as(function.logicalId()).hasValueSatisfying(match -> {
          assertThat(match.route().function()).isEqualTo(function.name());
          assertThat(event.path("resource").asText()).isEqualTo(match.route().path());
          // On the API's default domain the path contains the stage, which links must include.
          var request = event.path("requestContext");
          assertThat(request.path("domainName").asText()).matches("[a-z0-9]{10}\\.execute-api\\.[a-z0-9-]+\\.amazonaws\\.com");
          assertThat(request.path("path").asText())
              .isEqualTo("/" + request.path("stage").asText() + event.path("path").asText());
          match.pathParameters().forEach((name, value) ->
              assertThat(event.path("pathParameters").path(name).asText()).as(name).isEqualTo(value));
        });
      }
    }
  }

  /// Otherwise the snapshot of a function that is seldom called becomes inactive after 14 days.
  @Test
  void theSyntheticRunVisitsEveryRoute() throws IOException {
    var file = "functions/synthetic/src/main/resources/no/rapport/synthetic/routes.txt";
    var routes = new RouteTable(TEMPLATE.routes());
    var visited = new TreeSet<String>();
    for (var line : Files.readAllLines(HOME.resolve(file))) {
      var request = line.split("[ ?]");
      visited.add(routes.find(request[0], request[1]).orElseThrow().route().function());
    }
    assertThat(visited).as("A request to every route stands in " + file).isEqualTo(TEMPLATE.routes().stream()
        .map(Template.Route::function).collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void everySubstitutionIsUsed() throws IOException {
    for (var machine : TEMPLATE.stateMachines()) {
      var text = Files.readString(machine.file());
      for (var name : machine.substitutions().keySet()) {
        assertThat(text).as(machine.logicalId()).contains("${" + name + "}");
      }
    }
  }

  @Test
  void everyErrorThatAStateMachineNamesExists() throws Exception {
    for (var machine : TEMPLATE.stateMachines()) {
      for (var error : machine.definition().findValues("ErrorEquals").stream()
          .flatMap(list -> texts(list).stream()).collect(Collectors.toCollection(TreeSet::new))) {
        if (!SERVICE_ERROR.matcher(error).matches()) {
          assertThat(Throwable.class.isAssignableFrom(Class.forName(error))).as(error).isTrue();
        }
      }
    }
  }

  /// By measurement `States.ALL` catches a result over the size limit; by documentation it does not. Naming the error
  /// works in both cases.
  @Test
  void everyStateWithAGrowingResultCatchesTheDataLimitByName() {
    for (var machine : TEMPLATE.stateMachines()) {
      var states = machine.definition().path("States");
      states.properties().forEach(state -> {
        var isMap = state.getValue().path("Type").asText().equals("Map");
        if (isMap || states.path(state.getValue().path("Next").asText()).path("Type").asText().equals("Map")) {
          var place = machine.logicalId() + "." + state.getKey();
          if (!state.getValue().has("Catch")) {
            assertThat(state.getValue().path("Type").asText()).as(place).isEqualTo("Pass");
            return;
          }
          var byName = catcher(state.getValue(), "States.DataLimitExceeded").deepCopy();
          var byAll = catcher(state.getValue(), "States.ALL").deepCopy();
          assertThat(byName.<ObjectNode>without("ErrorEquals")).as(place).isEqualTo(byAll.<ObjectNode>without("ErrorEquals"));
        }
      });
    }
  }

  private static ObjectNode catcher(JsonNode state, String error) {
    for (var catcher : state.path("Catch")) {
      if (texts(catcher.path("ErrorEquals")).contains(error)) {
        return (ObjectNode) catcher;
      }
    }
    throw new AssertionError("No catcher for " + error + " in " + state);
  }

  @Test
  void everyTaskHasATimeLimit() {
    for (var machine : TEMPLATE.stateMachines()) {
      tasks(machine.definition()).forEach((name, task) ->
          assertThat(task.has("TimeoutSeconds")).as(machine.logicalId() + "." + name).isTrue());
    }
  }

  /// A version without invocations for 14 days becomes inactive, and its next invocations fail until it is active
  /// again.
  @Test
  void everyTaskRetriesWhileAnInactiveFunctionStarts() {
    for (var machine : TEMPLATE.stateMachines()) {
      tasks(machine.definition()).forEach((name, task) -> {
        if (task.path("Arguments").has("FunctionName")) {
          var state = machine.logicalId() + "." + name;
          assertThat(retrier(task, "Lambda.SdkClientException")).as(state).hasValueSatisfying(retrier ->
              assertThat(texts(retrier.path("ErrorEquals"))).containsAll(TRANSIENT));
          assertThat(retrier(task, "Lambda.SnapStartNotReadyException")).as(state).hasValueSatisfying(retrier -> {
            assertThat(texts(retrier.path("ErrorEquals"))).containsExactlyInAnyOrderElementsOf(INACTIVE);
            assertThat(retrier.path("IntervalSeconds").asInt()).isEqualTo(5);
            assertThat(retrier.path("BackoffRate").asInt()).isEqualTo(2);
            assertThat(retrier.path("MaxAttempts").asInt()).isEqualTo(5);
          });
        }
      });
    }
  }

  private static Optional<JsonNode> retrier(JsonNode task, String error) {
    for (var retrier : task.path("Retry")) {
      if (texts(retrier.path("ErrorEquals")).contains(error)) {
        return Optional.of(retrier);
      }
    }
    return Optional.empty();
  }

  @Test
  void everyFunctionTimesOutBeforeItsTask() {
    for (var machine : TEMPLATE.stateMachines()) {
      tasks(machine.definition()).forEach((name, task) -> {
        var function = task.path("Arguments").path("FunctionName").asText("");
        if (!function.isEmpty()) {
          assertThat(TEMPLATE.function(function).timeout().toSeconds()).as(machine.logicalId() + "." + name)
              .isLessThanOrEqualTo(task.path("TimeoutSeconds").asLong());
        }
      });
    }
  }

  /// The ARN of a function without a version would bypass the published version and its snapshot.
  @Test
  void everyCallUsesThePublishedVersion() throws IOException {
    assertThat(Files.readString(HOME.resolve("template.yaml"))).doesNotContainPattern("GetAtt \\w+Function\\.Arn");
  }

  @Test
  void everyStateMachineMayInvokeExactlyTheFunctionsThatItUses() {
    for (var machine : TEMPLATE.stateMachines()) {
      var called = new TreeSet<String>();
      tasks(machine.definition()).values().forEach(task -> {
        var arguments = task.path("Arguments");
        for (var name : List.of("FunctionName", "TopicArn", "StateMachineArn")) {
          if (arguments.has(name)) {
            called.add(arguments.path(name).asText());
          }
        }
      });
      var allowed = machine.grants().stream()
          .filter(grant -> List.of("lambda:InvokeFunction", "sns:Publish", "states:StartExecution")
              .contains(grant.actions().getFirst()))
          .flatMap(grant -> grant.resources().stream()).collect(Collectors.toCollection(TreeSet::new));
      assertThat(allowed).as(machine.logicalId()).isEqualTo(called);
    }
  }

  @Test
  void noPolicyAllowsEveryAction() throws IOException {
    for (var statement : statements(TemplateDocument.read(HOME.resolve("template.yaml")))) {
      if ("Allow".equals(statement.get("Effect"))) {
        var actions = statement.get("Action") instanceof List<?> list ? list : List.of(statement.get("Action"));
        assertThat(actions).allSatisfy(action -> assertThat(String.valueOf(action)).doesNotContain("*"));
      }
    }
  }

  @Test
  void everyPolicyForAllResourcesHasAReason() throws IOException {
    var lines = Files.readAllLines(HOME.resolve("template.yaml"));
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().matches("Resource: ['\"]?\\*['\"]?")) {
        var start = i;
        while (!lines.get(start).strip().startsWith("- ")) {
          start--;
        }
        assertThat(lines.get(start - 1).strip()).as("line " + (i + 1)).startsWith("#");
      }
    }
  }

  static JsonNode event(Template.LambdaFunction function) throws IOException {
    return JSON.readTree(Files.readAllBytes(
        HOME.resolve("events").resolve(kebab(simpleName(function.handler())) + ".json")));
  }

  private static String simpleName(String handler) {
    return handler.replaceFirst("::.*", "").replaceFirst(".*\\.", "");
  }

  private static String kebab(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
  }

  private static List<String> texts(JsonNode list) {
    var texts = new ArrayList<String>();
    list.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private static Map<String, JsonNode> tasks(JsonNode definition) {
    var tasks = new TreeMap<String, JsonNode>();
    collectTasks(definition, tasks);
    return tasks;
  }

  private static void collectTasks(JsonNode node, Map<String, JsonNode> tasks) {
    node.path("States").properties().forEach(state -> {
      if (state.getValue().path("Type").asText().equals("Task")) {
        tasks.put(state.getKey(), state.getValue());
      }
      collectTasks(state.getValue().path("ItemProcessor"), tasks);
      state.getValue().path("Branches").forEach(branch -> collectTasks(branch, tasks));
    });
  }

  private static List<Map<?, ?>> statements(Object node) {
    var found = new ArrayList<Map<?, ?>>();
    switch (node) {
      case Map<?, ?> map -> {
        if (map.containsKey("Effect")) {
          found.add(map);
        }
        map.values().forEach(value -> found.addAll(statements(value)));
      }
      case List<?> list -> list.forEach(value -> found.addAll(statements(value)));
      case null, default -> { }
    }
    return found;
  }
}
