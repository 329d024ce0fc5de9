package no.rapport.stepfunctions;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads a `TestState` request and writes its response.
final class StateTestProtocol {

  private static final String UNNAMED = "StateName";
  private static final List<String> UNSUPPORTED_CONFIGURATION =
      List.of("errorCausedByState", "mapIterationFailureCount", "mapItemReaderData");

  private StateTestProtocol() {}

  /// Tests the state that a request describes.
  ///
  /// @throws StepFunctionsException `InvalidDefinition`, `InvalidExecutionInput` or `ValidationException`
  static Map<String, Object> answer(ProtocolRequest request, Service service) {
    if (request.fields().containsKey("context")) {
      throw new StepFunctionsException("ValidationException", "This engine does not support a mocked context object");
    }
    var result = service.test(new StateTest.Order(state(request), json(request, "input", "{}"),
        variables(request), request.optionalText("roleArn").orElse(""), mock(request), retries(request)));
    var answer = new LinkedHashMap<String, Object>();
    result.output().ifPresent(output -> answer.put("output", JsonValues.write(output)));
    result.failure().ifPresent(failure -> {
      failure.error().ifPresent(error -> answer.put("error", error));
      failure.cause().ifPresent(cause -> answer.put("cause", cause));
    });
    if (!request.optionalText("inspectionLevel").orElse("INFO").equals("INFO")) {
      answer.put("inspectionData", result.inspection());
    }
    result.nextState().ifPresent(next -> answer.put("nextState", next));
    answer.put("status", result.status().name());
    return answer;
  }

  /// Reads the state from the request: the definition is a state, or a state machine with the name of one of its
  /// states.
  private static State state(ProtocolRequest request) {
    if (!(parse(request.text("definition"), "InvalidDefinition") instanceof Map<?, ?> definition)) {
      throw new StepFunctionsException("InvalidDefinition", "The definition must be a JSON object");
    }
    var name = request.optionalText("stateName");
    var described = definition;
    if (name.isPresent()) {
      described = find(definition, name.get()).orElseThrow(() ->
          new StepFunctionsException("ValidationException", "State not found in definition"));
    }
    var language = described.containsKey("QueryLanguage")
        ? described.get("QueryLanguage") : definition.get("QueryLanguage");
    if (!"JSONata".equals(language)) {
      throw new StepFunctionsException("InvalidDefinition",
          "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: QueryLanguage must be 'JSONata': "
              + "the query language JSONPath is not supported by this emulator'");
    }
    return DefinitionReader.readState(name.orElse(UNNAMED), described);
  }

  /// Finds a state in a flow or in the flows within it.
  private static Optional<Map<?, ?>> find(Map<?, ?> flow, String name) {
    if (!(flow.get("States") instanceof Map<?, ?> states)) {
      return Optional.empty();
    }
    if (states.get(name) instanceof Map<?, ?> state) {
      return Optional.of(state);
    }
    for (var other : states.values()) {
      if (other instanceof Map<?, ?> state) {
        var flows = state.get("Branches") instanceof List<?> branches ? branches
            : state.get("ItemProcessor") instanceof Map<?, ?> processor ? List.of(processor) : List.of();
        for (var inner : flows) {
          var found = inner instanceof Map<?, ?> object ? find(object, name) : Optional.<Map<?, ?>>empty();
          if (found.isPresent()) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Map<String, Object> variables(ProtocolRequest request) {
    var variables = new LinkedHashMap<String, Object>();
    if (!(json(request, "variables", "{}") instanceof Map<?, ?> given)) {
      throw new StepFunctionsException("ValidationException", "Variables must be a JSON object.");
    }
    given.forEach((name, value) -> variables.put(name.toString(), value));
    return variables;
  }

  private static Optional<StateTest.Mock> mock(ProtocolRequest request) {
    if (!(request.fields().get("mock") instanceof Map<?, ?> fields)) {
      return Optional.empty();
    }
    if (request.flag("revealSecrets", false)) {
      throw new StepFunctionsException(
          "ValidationException", "TestState does not support RevealSecrets when a mock is specified.");
    }
    var mock = new ProtocolRequest(fields);
    var result = mock.optionalText("result");
    if (result.isPresent() == mock.fields().get("errorOutput") instanceof Map<?, ?>) {
      throw new StepFunctionsException("ValidationException",
          "A test mock should have only one of the following fields: [result, errorOutput].");
    }
    if (result.isPresent()) {
      try {
        return Optional.of(new StateTest.Mock.Result(JsonValues.parse(result.get())));
      } catch (IllegalArgumentException e) {
        throw new StepFunctionsException("ValidationException", "Mocked result must be valid JSON");
      }
    }
    var error = new ProtocolRequest((Map<?, ?>) mock.fields().get("errorOutput"));
    return Optional.of(new StateTest.Mock.Failure(
        new WorkflowFailure(error.optionalText("error"), error.optionalText("cause"))));
  }

  private static int retries(ProtocolRequest request) {
    if (!(request.fields().get("stateConfiguration") instanceof Map<?, ?> configuration)) {
      return 0;
    }
    for (var name : UNSUPPORTED_CONFIGURATION) {
      if (configuration.containsKey(name)) {
        throw new StepFunctionsException("ValidationException", "This engine does not support " + name);
      }
    }
    return configuration.get("retrierRetryCount") instanceof Integer count && count > 0 ? count : 0;
  }

  private static Object json(ProtocolRequest request, String member, String otherwise) {
    return parse(request.optionalText(member).orElse(otherwise), "InvalidExecutionInput");
  }

  private static Object parse(String json, String code) {
    try {
      return JsonValues.parse(json);
    } catch (IllegalArgumentException e) {
      throw new StepFunctionsException(code, e.getMessage());
    }
  }
}
