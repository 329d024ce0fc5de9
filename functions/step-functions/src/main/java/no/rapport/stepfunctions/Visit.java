package no.rapport.stepfunctions;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A branch's visit to a state: the values its expressions can read, and its entry and exit.
final class Visit {

  /// The service's limit of data between states, and into and out of tasks.
  static final int MAX_PAYLOAD_BYTES = 262_144;

  /// The result of a state: its output and the next state, which is empty at the end of a flow.
  record Step(Object output, Optional<String> next) {}

  private final Branch branch;
  private final State state;
  private final Object input;
  private final Map<String, Object> map;
  private final Instant entered;
  private final long enteredEvent;
  private int retries;

  private Visit(Branch branch, State state, Object input, Map<String, Object> map, long enteredEvent) {
    this.branch = branch;
    this.state = state;
    this.input = input;
    this.map = map;
    this.entered = branch.execution().time().now();
    this.enteredEvent = enteredEvent;
  }

  /// Enters a state.
  ///
  /// @param map the value of `$states.context.Map`; empty outside of Map
  static Visit enter(Branch branch, State state, Object input, Map<String, Object> map) {
    var details = new LinkedHashMap<String, Object>();
    details.put("name", state.name());
    details.put("input", JsonValues.write(input));
    details.put("inputDetails", Map.of("truncated", false));
    return new Visit(branch, state, input, map, branch.enter(state, details));
  }

  Branch branch() {
    return branch;
  }

  State state() {
    return state;
  }

  Object input() {
    return input;
  }

  Map<String, Object> map() {
    return map;
  }

  /// Counts a retry, for `$states.context.State.RetryCount`.
  void retried() {
    retries++;
  }

  /// Evaluates a field.
  Object evaluate(String field, Template template) throws WorkflowFailure {
    return evaluate(field, template, Map.of());
  }

  /// Evaluates a field that may be missing.
  Optional<Object> evaluate(String field, Optional<Template> template) throws WorkflowFailure {
    return template.isEmpty() ? Optional.empty() : Optional.of(evaluate(field, template.get()));
  }

  /// Evaluates a field that can read more than the input: `result`, `errorOutput`, or another `context`.
  Object evaluate(String field, Template template, Map<String, Object> seen) throws WorkflowFailure {
    if (template instanceof Template.Constant(var value)) {
      return value;
    }
    var states = new LinkedHashMap<String, Object>();
    states.put("input", input);
    states.put("context", context(map));
    states.putAll(seen);
    var variables = new LinkedHashMap<String, Object>(branch.variables());
    variables.put("states", states);
    try {
      return template.evaluate(field, variables, branch.execution().time().now());
    } catch (EvaluationException e) {
      throw evaluationFailure(e.field(), e.getMessage());
    }
  }

  /// Records in the history which field could not be evaluated.
  WorkflowFailure evaluationFailure(String field, String problem) {
    return evaluationFailure(Optional.of(field), problem);
  }

  /// Records that the input itself is invalid.
  WorkflowFailure inputFailure(String problem) {
    return evaluationFailure(Optional.empty(), problem);
  }

  private WorkflowFailure evaluationFailure(Optional<String> field, String problem) {
    var cause = located(problem);
    var details = new LinkedHashMap<String, Object>();
    details.put("error", WorkflowFailure.QUERY_EVALUATION_ERROR);
    details.put("cause", cause);
    field.ifPresent(location -> details.put("location", location));
    details.put("state", state.name());
    branch.recordEvaluationFailure(details);
    return new WorkflowFailure(WorkflowFailure.QUERY_EVALUATION_ERROR, cause);
  }

  /// Returns the failure for a value of the wrong type.
  WorkflowFailure unexpectedType(String field, Template template, String expected, Object value) {
    var what = template instanceof Template.Computed(var expression)
        ? "The JSONata expression '" + expression + "' specified for the field '" + field + "'"
        : "The field '" + field + "'";
    return evaluationFailure(field, what + " returned an unexpected result type. Expected '" + expected
        + "', but was '" + JsonValues.type(value) + "' for value: " + JsonValues.write(value));
  }

  /// Returns a failure that no catcher can catch.
  WorkflowFailure runtimeFailure(String problem) {
    return new WorkflowFailure(WorkflowFailure.RUNTIME, located(problem));
  }

  private String located(String problem) {
    return "An error occurred while executing the state '" + state.name() + "' (entered at the event id #"
        + enteredEvent + "). " + problem;
  }

  /// Returns the context object with the given members of Map.
  Map<String, Object> context(Map<String, Object> shown) {
    var identity = branch.execution().identity();
    var execution = new LinkedHashMap<String, Object>();
    execution.put("Id", identity.arn());
    execution.put("Input", branch.execution().input());
    execution.put("Name", identity.name());
    execution.put("RoleArn", identity.machine().roleArn());
    execution.put("StartTime", moment(identity.startDate()));
    execution.put("RedriveCount", 0);
    var machine = new LinkedHashMap<String, Object>();
    machine.put("Id", identity.machine().arn());
    machine.put("Name", identity.machine().name());
    var at = new LinkedHashMap<String, Object>();
    at.put("Name", state.name());
    at.put("EnteredTime", moment(entered));
    if (state instanceof State.Task || state instanceof State.Parallel || state instanceof State.MapOver) {
      at.put("RetryCount", retries);
    }
    var context = new LinkedHashMap<String, Object>();
    context.put("Execution", execution);
    context.put("StateMachine", machine);
    context.put("State", at);
    if (!shown.isEmpty()) {
      context.put("Map", shown);
    }
    return context;
  }

  private static String moment(Instant instant) {
    return DateTimes.MILLIS.format(instant);
  }

  /// Leaves the state: assigns variables, computes the output and returns the next state.
  ///
  /// @param exit the exit that was taken
  /// @param seen `result` or `errorOutput`, if present
  /// @param otherwise the output of an exit that computes none
  Step leave(State.Exit exit, Map<String, Object> seen, Object otherwise) throws WorkflowFailure {
    // All values are computed first: neither an assignment nor the output sees the other assignments of the same state.
    var assigned = new LinkedHashMap<String, Object>();
    for (var assignment : exit.assign().entrySet()) {
      var value = evaluate(exit.place() + "Assign/" + assignment.getKey(), assignment.getValue(), seen);
      requireSize(value, "assigned a value to the variable '" + assignment.getKey() + "'");
      assigned.put(assignment.getKey(), value);
    }
    var output = exit.output().isPresent() ? evaluate(exit.place() + "Output", exit.output().get(), seen) : otherwise;
    var written = requireSize(output, "returned a result");
    var details = new LinkedHashMap<String, Object>();
    details.put("name", state.name());
    details.put("output", written);
    details.put("outputDetails", Map.of("truncated", false));
    if (!assigned.isEmpty()) {
      var texts = new LinkedHashMap<String, Object>();
      assigned.forEach((name, value) -> texts.put(name, JsonValues.write(value)));
      details.put("assignedVariables", texts);
      details.put("assignedVariablesDetails", Map.of("truncated", false));
    }
    branch.record(state.type() + "StateExited", details);
    branch.variables().putAll(assigned);
    return new Step(output, exit.next());
  }

  /// Returns the value as JSON text.
  ///
  /// @throws WorkflowFailure `States.DataLimitExceeded` if the text is too long
  String requireSize(Object value, String act) throws WorkflowFailure {
    var json = JsonValues.write(value);
    if (JsonValues.size(json) > MAX_PAYLOAD_BYTES) {
      throw WorkflowFailure.dataTooLarge(state.name(), act);
    }
    return json;
  }

  /// Reads a whole number from a field, constant or computed.
  long wholeNumber(String field, Template template) throws WorkflowFailure {
    var value = evaluate(field, template);
    if (value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue())
        && number.doubleValue() >= 0 && number.doubleValue() <= 99_999_999) {
      return number.longValue();
    }
    throw evaluationFailure(field, "The value of the field '" + field + "' must be a whole number from 0 to 99999999,"
        + " but is " + JsonValues.write(value));
  }
}
