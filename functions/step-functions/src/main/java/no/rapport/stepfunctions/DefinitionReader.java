package no.rapport.stepfunctions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Parses the States Language into [State]s and reports all errors and unsupported features at once.
final class DefinitionReader {

  private static final String JSONATA = "JSONata";
  private static final Set<String> COMMON = Set.of("Type", "Comment", "QueryLanguage");
  private static final Set<String> EXIT = Set.of("Next", "End", "Assign", "Output");
  private static final Set<String> RECOVERY = Set.of("Retry", "Catch");

  private static final Set<String> RESULT = Set.of("result");

  private final FieldReader in = new FieldReader();
  private final ExitReader exits = new ExitReader(in);
  private final FlowCheck check = new FlowCheck(in);
  private final Set<String> names = new HashSet<>();

  private DefinitionReader() {}

  /// Returns the errors of a definition, each with its place; empty if it is valid.
  static List<String> problems(String json) {
    var reader = new DefinitionReader();
    reader.machine(json);
    return reader.in.problems();
  }

  /// Reads a definition.
  ///
  /// @throws StepFunctionsException `InvalidDefinition`, naming every error and unsupported feature with its place
  static Definition read(String json) {
    var reader = new DefinitionReader();
    var definition = reader.machine(json);
    requireNone(reader.in.problems());
    return definition;
  }

  /// Reads a single state without checking its transitions.
  ///
  /// @throws StepFunctionsException `InvalidDefinition`
  static State readState(String name, Map<?, ?> json) {
    var reader = new DefinitionReader();
    var state = reader.state(name, json, "/States/" + name, Set.of());
    requireNone(reader.in.problems());
    return state;
  }

  private static void requireNone(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new StepFunctionsException("InvalidDefinition",
          "Invalid State Machine Definition: '" + String.join(", ", problems) + "'");
    }
  }

  private Definition machine(String json) {
    Object value;
    try {
      value = JsonValues.parse(json);
    } catch (IllegalArgumentException e) {
      in.problems().add("INVALID_JSON_DESCRIPTION: " + e.getMessage());
      return null;
    }
    if (!(value instanceof Map<?, ?> machine)) {
      in.problems().add("INVALID_JSON_DESCRIPTION: The definition is not an object");
      return null;
    }
    if (!JSONATA.equals(machine.get("QueryLanguage"))) {
      in.problem("", "QueryLanguage must be 'JSONata': the query language JSONPath is not supported by this emulator");
    }
    in.fields(machine, "", Set.of("Comment", "QueryLanguage", "Version", "StartAt", "States", "TimeoutSeconds"));
    var timeout = in.integer(machine, "", "TimeoutSeconds", 1, 99_999_999).map(Duration::ofSeconds);
    return new Definition(json, flow(machine, "", Set.of()), timeout);
  }

  private State.Flow flow(Map<?, ?> json, String place, Set<String> outerVariables) {
    var states = new LinkedHashMap<String, State>();
    var described = in.object(json, place, "States");
    var variables = check.variables(described, place, outerVariables);
    described.forEach((key, body) -> {
      var name = key.toString();
      var at = place + "/States/" + name;
      if (name.length() > 80) {
        in.problem(at, "A state's name must have at most 80 characters");
      }
      if (!names.add(name)) {
        in.problem(at, "DUPLICATE_STATE_NAME", "The name '" + name + "' is taken by another state");
      }
      if (body instanceof Map<?, ?> fields) {
        var state = state(name, fields, at, variables.visibleWithin(name));
        if (state != null) {
          states.put(name, state);
        }
      } else {
        in.problem(at, "A state must be an object");
      }
    });
    var startAt = in.string(json, place, "StartAt").orElse("");
    if (described.isEmpty()) {
      in.problem(place, "The field 'States' is required");
    }
    var flow = new State.Flow(startAt, states);
    if (in.problems().isEmpty()) {
      check.transitions(flow, place);
    }
    return flow;
  }

  private State state(String name, Map<?, ?> json, String at, Set<String> variables) {
    if (json.containsKey("QueryLanguage") && !JSONATA.equals(json.get("QueryLanguage"))) {
      in.problem(at, "The query language " + json.get("QueryLanguage") + " is not supported by this emulator");
    }
    return switch (in.string(json, at, "Type").orElse("")) {
      case "Pass" -> {
        in.fields(json, at, COMMON, EXIT);
        yield new State.Pass(name, exits.exit(json, at, Set.of()));
      }
      case "Task" -> task(name, json, at);
      case "Choice" -> choice(name, json, at);
      case "Wait" -> pause(name, json, at);
      case "Succeed" -> {
        in.fields(json, at, COMMON, Set.of("Output"));
        yield new State.Succeed(name, new State.Exit("", Map.of(), in.template(json, at, "Output"), Optional.empty()));
      }
      case "Fail" -> {
        in.fields(json, at, COMMON, Set.of("Error", "Cause"));
        yield new State.Fail(name, in.template(json, at, "Error"), in.template(json, at, "Cause"));
      }
      case "Parallel" -> parallel(name, json, at, variables);
      case "Map" -> map(name, json, at, variables);
      case String other -> {
        in.problem(at + "/Type",
            "The Type '" + other + "' must be one of Task, Choice, Map, Parallel, Wait, Pass, Succeed, Fail");
        yield null;
      }
    };
  }

  private State task(String name, Map<?, ?> json, String at) {
    in.fields(json, at, COMMON, EXIT, RECOVERY, Set.of("Resource", "Arguments", "TimeoutSeconds"));
    TaskResource resource = null;
    try {
      resource = TaskResource.of(in.string(json, at, "Resource").orElse(""));
    } catch (IllegalArgumentException e) {
      in.problem(at + "/Resource", e.getMessage());
    }
    var arguments = in.template(json, at, "Arguments");
    if (resource instanceof TaskResource.Integration integration) {
      checkArguments(integration, arguments, at + "/Arguments");
    }
    return new State.Task(name, resource, arguments, in.count(json, at, "TimeoutSeconds", 1),
        exits.recovery(json, at), exits.exit(json, at, RESULT));
  }

  /// Arguments computed by one expression can only be checked at run time.
  private void checkArguments(TaskResource.Integration integration, Optional<Template> arguments, String at) {
    var given = switch (arguments.orElse(new Template.Structure(Map.of()))) {
      case Template.Structure(var fields) -> fields.keySet();
      case Template.Computed computed -> integration.required();
      case Template other -> {
        in.problem(at, "Arguments must be an object");
        yield integration.required();
      }
    };
    for (var field : given) {
      if (!integration.isAllowed(field)) {
        in.problem(at, "The field '" + field + "' is not supported by this emulator");
      }
    }
    for (var field : integration.required()) {
      if (!given.contains(field)) {
        in.problem(at, "The field '" + field + "' is required but was missing");
      }
    }
  }

  private State choice(String name, Map<?, ?> json, String at) {
    in.fields(json, at, COMMON, Set.of("Choices", "Default", "Assign", "Output"));
    var rules = new ArrayList<State.Rule>();
    var choices = in.list(json, at, "Choices");
    if (choices.isEmpty()) {
      in.problem(at, "A Choice must have Choices");
    }
    for (var i = 0; i < choices.size(); i++) {
      var place = at + "/Choices[" + i + "]";
      if (!(choices.get(i) instanceof Map<?, ?> rule)) {
        in.problem(place, "A choice rule must be an object");
        continue;
      }
      in.fields(rule, place, Set.of("Condition", "Next", "Assign", "Output", "Comment"));
      var condition = in.template(rule, place, "Condition");
      if (condition.isEmpty()
          || !(condition.get() instanceof Template.Computed || isBoolean(condition.get()))) {
        in.problem(place, "Condition must be a JSONata expression or a boolean");
        continue;
      }
      var next = in.string(rule, place, "Next");
      rules.add(new State.Rule(condition.get(), exits.exitTo(rule, at, "Choices[" + i + "]/", next, Set.of())));
    }
    var otherwise = json.containsKey("Default")
        ? Optional.of(exits.exitTo(json, at, "", in.string(json, at, "Default"), Set.of()))
        : Optional.<State.Exit>empty();
    return new State.Choice(name, rules, otherwise);
  }

  private static boolean isBoolean(Template template) {
    return template instanceof Template.Constant(Boolean truth);
  }

  private State pause(String name, Map<?, ?> json, String at) {
    in.fields(json, at, COMMON, EXIT, Set.of("Seconds", "Timestamp"));
    if (json.containsKey("Seconds") == json.containsKey("Timestamp")) {
      in.problem(at, "A Wait must have either Seconds or Timestamp, not both");
    }
    var timestamp = in.template(json, at, "Timestamp");
    if (timestamp.isPresent() && !(timestamp.get() instanceof Template.Computed)
        && !(timestamp.get() instanceof Template.Constant(String text) && DateTimes.read(text).isPresent())) {
      in.problem(at + "/Timestamp", "String does not match RFC3339 timestamp");
    }
    return new State.Wait(name, in.count(json, at, "Seconds", 0), timestamp, exits.exit(json, at, Set.of()));
  }

  private State parallel(String name, Map<?, ?> json, String at, Set<String> variables) {
    in.fields(json, at, COMMON, EXIT, RECOVERY, Set.of("Branches", "Arguments"));
    var branches = new ArrayList<State.Flow>();
    var described = in.list(json, at, "Branches");
    if (described.isEmpty()) {
      in.problem(at, "A Parallel must have Branches");
    }
    for (var i = 0; i < described.size(); i++) {
      var place = at + "/Branches[" + i + "]";
      if (described.get(i) instanceof Map<?, ?> branch) {
        in.fields(branch, place, Set.of("StartAt", "States", "Comment"));
        branches.add(flow(branch, place, variables));
      } else {
        in.problem(place, "A branch must be an object");
      }
    }
    return new State.Parallel(name, branches, in.template(json, at, "Arguments"),
        exits.recovery(json, at), exits.exit(json, at, RESULT));
  }

  private State map(String name, Map<?, ?> json, String at, Set<String> variables) {
    in.fields(json, at, COMMON, EXIT, RECOVERY, Set.of("ItemProcessor", "Items", "ItemSelector", "MaxConcurrency",
        "ToleratedFailureCount", "ToleratedFailurePercentage"));
    var processor = in.object(json, at, "ItemProcessor");
    var place = at + "/ItemProcessor";
    in.fields(processor, place, Set.of("StartAt", "States", "Comment", "ProcessorConfig"));
    if (processor.get("ProcessorConfig") instanceof Map<?, ?> config
        && !"INLINE".equals(config.containsKey("Mode") ? config.get("Mode") : "INLINE")) {
      in.problem(place + "/ProcessorConfig",
          "The distributed map is not supported by this emulator; Mode must be INLINE");
    }
    return new State.MapOver(name, flow(processor, place, variables), in.template(json, at, "Items"),
        in.template(json, at, "ItemSelector"), in.count(json, at, "MaxConcurrency", 0),
        in.count(json, at, "ToleratedFailureCount", 0), in.count(json, at, "ToleratedFailurePercentage", 0, 100),
        exits.recovery(json, at), exits.exit(json, at, RESULT));
  }

}
