package no.rapport.stepfunctions;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Turns the States language into [State]s and finds everything that is wrong with it, or not supported, at once.
final class DefinitionReader {

  private static final String JSONATA = "JSONata";
  private static final Set<String> COMMON = Set.of("Type", "Comment", "QueryLanguage");
  private static final Set<String> EXIT = Set.of("Next", "End", "Assign", "Output");
  private static final Set<String> RECOVERY = Set.of("Retry", "Catch");

  /// Fields that exist on the service, and what to call what they belong to.
  private static final Map<String, String> KNOWN_ELSEWHERE = Map.ofEntries(
      Map.entry("InputPath", "the query language JSONPath"),
      Map.entry("OutputPath", "the query language JSONPath"),
      Map.entry("ResultPath", "the query language JSONPath"),
      Map.entry("ResultSelector", "the query language JSONPath"),
      Map.entry("Parameters", "the query language JSONPath"),
      Map.entry("Result", "the query language JSONPath"),
      Map.entry("ItemsPath", "the query language JSONPath"),
      Map.entry("SecondsPath", "the query language JSONPath"),
      Map.entry("TimestampPath", "the query language JSONPath"),
      Map.entry("ErrorPath", "the query language JSONPath"),
      Map.entry("CausePath", "the query language JSONPath"),
      Map.entry("TimeoutSecondsPath", "the query language JSONPath"),
      Map.entry("MaxConcurrencyPath", "the query language JSONPath"),
      Map.entry("Variable", "the query language JSONPath"),
      Map.entry("Iterator", "the old form of ItemProcessor"),
      Map.entry("ItemReader", "the distributed map"),
      Map.entry("ItemBatcher", "the distributed map"),
      Map.entry("ResultWriter", "the distributed map"),
      Map.entry("Label", "the distributed map"),
      Map.entry("HeartbeatSeconds", "heartbeats"),
      Map.entry("Credentials", "cross-account access"));

  private final List<String> problems = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /// What is wrong, each with its place; empty if nothing is.
  List<String> found() {
    return problems;
  }

  Definition read(String json) {
    Object value;
    try {
      value = JsonValues.parse(json);
    } catch (IllegalArgumentException e) {
      problems.add("INVALID_JSON_DESCRIPTION: " + e.getMessage());
      return null;
    }
    if (!(value instanceof Map<?, ?> machine)) {
      problems.add("INVALID_JSON_DESCRIPTION: The definition is not an object");
      return null;
    }
    if (!JSONATA.equals(machine.get("QueryLanguage"))) {
      problem("", "QueryLanguage must be 'JSONata': the query language JSONPath is not supported by this emulator");
    }
    fields(machine, "", Set.of("Comment", "QueryLanguage", "Version", "StartAt", "States", "TimeoutSeconds"));
    var timeout = integer(machine, "", "TimeoutSeconds", 1, 99_999_999).map(Duration::ofSeconds);
    return new Definition(json, flow(machine, "", Set.of()), timeout);
  }

  private State.Flow flow(Map<?, ?> json, String place, Set<String> outerVariables) {
    var states = new LinkedHashMap<String, State>();
    var described = object(json, place, "States");
    var variables = new LinkedHashSet<String>(outerVariables);
    described.forEach((name, body) -> collectVariables(body, place + "/States/" + name, outerVariables, variables));
    described.forEach((key, body) -> {
      var name = key.toString();
      var at = place + "/States/" + name;
      if (name.length() > 80) {
        problem(at, "A state's name has at most 80 characters");
      }
      if (!names.add(name)) {
        problem(at, "DUPLICATE_STATE_NAME", "The name '" + name + "' is taken by another state");
      }
      if (body instanceof Map<?, ?> fields) {
        var state = state(name, fields, at, variables);
        if (state != null) {
          states.put(name, state);
        }
      } else {
        problem(at, "A state is an object");
      }
    });
    var startAt = string(json, place, "StartAt").orElse("");
    if (described.isEmpty()) {
      problem(place, "There must be States");
    }
    var flow = new State.Flow(startAt, states);
    if (problems.isEmpty()) {
      checkTransitions(flow, place);
    }
    return flow;
  }

  /// Variables live in the flow that assigns them; a flow within it reads them, and must not assign the same names.
  private void collectVariables(Object state, String place, Set<String> outer, Set<String> into) {
    if (!(state instanceof Map<?, ?> fields)) {
      return;
    }
    var holders = new ArrayList<Object>(List.of(fields));
    if (fields.get("Choices") instanceof List<?> choices) {
      holders.addAll(choices);
    }
    if (fields.get("Catch") instanceof List<?> catchers) {
      holders.addAll(catchers);
    }
    for (var holder : holders) {
      if (holder instanceof Map<?, ?> object && object.get("Assign") instanceof Map<?, ?> assign) {
        for (var name : assign.keySet()) {
          if (outer.contains(name.toString())) {
            problem(place, "The variable '" + name + "' belongs to an outer flow and cannot be assigned here");
          }
          into.add(name.toString());
        }
      }
    }
  }

  private State state(String name, Map<?, ?> json, String at, Set<String> variables) {
    if (json.containsKey("QueryLanguage") && !JSONATA.equals(json.get("QueryLanguage"))) {
      problem(at, "The query language " + json.get("QueryLanguage") + " is not supported by this emulator");
    }
    return switch (string(json, at, "Type").orElse("")) {
      case "Pass" -> {
        fields(json, at, COMMON, EXIT);
        yield new State.Pass(name, exit(json, at));
      }
      case "Task" -> task(name, json, at);
      case "Choice" -> choice(name, json, at);
      case "Wait" -> pause(name, json, at);
      case "Succeed" -> {
        fields(json, at, COMMON, Set.of("Output"));
        yield new State.Succeed(name, new State.Exit(Map.of(), template(json, at, "Output"), Optional.empty()));
      }
      case "Fail" -> {
        fields(json, at, COMMON, Set.of("Error", "Cause"));
        yield new State.Fail(name, template(json, at, "Error"), template(json, at, "Cause"));
      }
      case "Parallel" -> parallel(name, json, at, variables);
      case "Map" -> map(name, json, at, variables);
      case String other -> {
        problem(at + "/Type",
            "The Type '" + other + "' is none of Task, Choice, Map, Parallel, Wait, Pass, Succeed, Fail");
        yield null;
      }
    };
  }

  private State task(String name, Map<?, ?> json, String at) {
    fields(json, at, COMMON, EXIT, RECOVERY, Set.of("Resource", "Arguments", "TimeoutSeconds"));
    TaskResource resource = null;
    try {
      resource = TaskResource.of(string(json, at, "Resource").orElse(""));
    } catch (IllegalArgumentException e) {
      problem(at + "/Resource", e.getMessage());
    }
    var arguments = template(json, at, "Arguments");
    if (resource instanceof TaskResource.Integration integration) {
      checkArguments(integration, arguments, at + "/Arguments");
    }
    return new State.Task(name, resource, arguments, count(json, at, "TimeoutSeconds", 1),
        recovery(json, at), exit(json, at));
  }

  /// Arguments that are computed as a whole can only be checked when they are there.
  private void checkArguments(TaskResource.Integration integration, Optional<Template> arguments, String at) {
    var given = switch (arguments.orElse(new Template.Structure(Map.of()))) {
      case Template.Structure(var fields) -> fields.keySet();
      case Template.Computed computed -> integration.required();
      case Template other -> {
        problem(at, "Arguments must be an object");
        yield integration.required();
      }
    };
    for (var field : given) {
      if (!integration.takes(field)) {
        problem(at, "The field '" + field + "' is not supported by this emulator");
      }
    }
    for (var field : integration.required()) {
      if (!given.contains(field)) {
        problem(at, "The field '" + field + "' is required but was missing");
      }
    }
  }

  private State choice(String name, Map<?, ?> json, String at) {
    fields(json, at, COMMON, Set.of("Choices", "Default", "Assign", "Output"));
    var rules = new ArrayList<State.Rule>();
    var choices = list(json, at, "Choices");
    if (choices.isEmpty()) {
      problem(at, "A Choice needs Choices");
    }
    for (var i = 0; i < choices.size(); i++) {
      var place = at + "/Choices[" + i + "]";
      if (!(choices.get(i) instanceof Map<?, ?> rule)) {
        problem(place, "A choice rule is an object");
        continue;
      }
      fields(rule, place, Set.of("Condition", "Next", "Assign", "Output", "Comment"));
      var condition = template(rule, place, "Condition");
      if (condition.isEmpty()
          || !(condition.get() instanceof Template.Computed || isBoolean(condition.get()))) {
        problem(place, "Condition must be a JSONata expression or a boolean");
        continue;
      }
      rules.add(new State.Rule(condition.get(), exitTo(rule, place, string(rule, place, "Next"))));
    }
    var otherwise = json.containsKey("Default")
        ? Optional.of(exitTo(json, at, string(json, at, "Default"))) : Optional.<State.Exit>empty();
    return new State.Choice(name, rules, otherwise);
  }

  private static boolean isBoolean(Template template) {
    return template instanceof Template.Constant(Boolean truth);
  }

  private State pause(String name, Map<?, ?> json, String at) {
    fields(json, at, COMMON, EXIT, Set.of("Seconds", "Timestamp"));
    if (json.containsKey("Seconds") == json.containsKey("Timestamp")) {
      problem(at, "A Wait needs Seconds or Timestamp, and not both");
    }
    var timestamp = template(json, at, "Timestamp");
    if (timestamp.isPresent() && !(timestamp.get() instanceof Template.Computed)
        && !(timestamp.get() instanceof Template.Constant(String text) && DateTimes.read(text).isPresent())) {
      problem(at + "/Timestamp", "Timestamp must be a moment such as 2026-01-31T12:00:00Z, or a JSONata expression");
    }
    return new State.Wait(name, count(json, at, "Seconds", 0), timestamp, exit(json, at));
  }

  private State parallel(String name, Map<?, ?> json, String at, Set<String> variables) {
    fields(json, at, COMMON, EXIT, RECOVERY, Set.of("Branches", "Arguments"));
    var branches = new ArrayList<State.Flow>();
    var described = list(json, at, "Branches");
    if (described.isEmpty()) {
      problem(at, "A Parallel needs Branches");
    }
    for (var i = 0; i < described.size(); i++) {
      var place = at + "/Branches[" + i + "]";
      if (described.get(i) instanceof Map<?, ?> branch) {
        fields(branch, place, Set.of("StartAt", "States", "Comment"));
        branches.add(flow(branch, place, variables));
      } else {
        problem(place, "A branch is an object");
      }
    }
    return new State.Parallel(name, branches, template(json, at, "Arguments"), recovery(json, at), exit(json, at));
  }

  private State map(String name, Map<?, ?> json, String at, Set<String> variables) {
    fields(json, at, COMMON, EXIT, RECOVERY, Set.of("ItemProcessor", "Items", "ItemSelector", "MaxConcurrency",
        "ToleratedFailureCount", "ToleratedFailurePercentage"));
    var processor = object(json, at, "ItemProcessor");
    var place = at + "/ItemProcessor";
    fields(processor, place, Set.of("StartAt", "States", "Comment", "ProcessorConfig"));
    if (processor.get("ProcessorConfig") instanceof Map<?, ?> config
        && !"INLINE".equals(config.containsKey("Mode") ? config.get("Mode") : "INLINE")) {
      problem(place + "/ProcessorConfig", "The distributed map is not supported by this emulator; Mode must be INLINE");
    }
    return new State.MapOver(name, flow(processor, place, variables), template(json, at, "Items"),
        template(json, at, "ItemSelector"), count(json, at, "MaxConcurrency", 0),
        count(json, at, "ToleratedFailureCount", 0), count(json, at, "ToleratedFailurePercentage", 0),
        recovery(json, at), exit(json, at));
  }

  private State.Recovery recovery(Map<?, ?> json, String at) {
    var retriers = new ArrayList<Retrier>();
    var retry = list(json, at, "Retry");
    for (var i = 0; i < retry.size(); i++) {
      var place = at + "/Retry[" + i + "]";
      if (!(retry.get(i) instanceof Map<?, ?> entry)) {
        problem(place, "A retrier is an object");
        continue;
      }
      fields(entry, place, Set.of("ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds",
          "JitterStrategy", "Comment"));
      var jitter = string(entry, place, "JitterStrategy", "NONE");
      if (!Set.of("FULL", "NONE").contains(jitter)) {
        problem(place, "JitterStrategy must be FULL or NONE, not " + jitter);
      }
      var backoff = entry.containsKey("BackoffRate") ? entry.get("BackoffRate") : Double.valueOf(2);
      if (!(backoff instanceof Number rate) || rate.doubleValue() < 1) {
        problem(place, "BackoffRate must be a number of at least 1");
        continue;
      }
      var interval = integer(entry, place, "IntervalSeconds", 1, 99_999_999).orElse(1);
      var longest = integer(entry, place, "MaxDelaySeconds", 1, 31_622_400);
      retriers.add(new Retrier(errors(entry, place, i == retry.size() - 1), interval,
          integer(entry, place, "MaxAttempts", 0, 99_999_999).orElse(3), rate.doubleValue(), longest,
          jitter.equals("FULL")));
    }
    var catchers = new ArrayList<State.Catcher>();
    var caught = list(json, at, "Catch");
    for (var i = 0; i < caught.size(); i++) {
      var place = at + "/Catch[" + i + "]";
      if (caught.get(i) instanceof Map<?, ?> entry) {
        fields(entry, place, Set.of("ErrorEquals", "Next", "Assign", "Output", "Comment"));
        catchers.add(new State.Catcher(errors(entry, place, i == caught.size() - 1),
            exitTo(entry, place, string(entry, place, "Next"))));
      } else {
        problem(place, "A catcher is an object");
      }
    }
    return new State.Recovery(retriers, catchers);
  }

  private List<String> errors(Map<?, ?> json, String place, boolean last) {
    var errors = list(json, place, "ErrorEquals").stream().map(Object::toString).toList();
    if (errors.isEmpty()) {
      problem(place, "ErrorEquals must name at least one error");
    }
    if (errors.contains(WorkflowFailure.ALL) && (errors.size() > 1 || !last)) {
      problem(place, "States.ALL must stand alone, in the last entry");
    }
    return errors;
  }

  private State.Exit exit(Map<?, ?> json, String at) {
    var end = Boolean.TRUE.equals(json.get("End"));
    var next = json.containsKey("Next") ? string(json, at, "Next") : Optional.<String>empty();
    if (end == next.isPresent()) {
      problem(at, "A state has either Next or End");
    }
    return exitTo(json, at, next);
  }

  private State.Exit exitTo(Map<?, ?> json, String at, Optional<String> next) {
    var assign = new LinkedHashMap<String, Template>();
    if (json.containsKey("Assign")) {
      object(json, at, "Assign").forEach((key, value) -> {
        var name = key.toString();
        if (name.equals("states") || name.length() > 80 || !name.matches("[\\p{L}_][\\p{L}\\p{N}_]*")) {
          problem(at + "/Assign", "'" + name + "' is not a variable's name");
        }
        template(value, at + "/Assign/" + name).ifPresent(template -> assign.put(name, template));
      });
    }
    return new State.Exit(assign, template(json, at, "Output"), next);
  }

  private void checkTransitions(State.Flow flow, String place) {
    if (!flow.states().containsKey(flow.startAt())) {
      problem(place + "/StartAt", "MISSING_TRANSITION_TARGET", "StartAt names no state: '" + flow.startAt() + "'");
      return;
    }
    var reached = new HashSet<String>(Set.of(flow.startAt()));
    var open = new ArrayDeque<String>(reached);
    while (!open.isEmpty()) {
      var state = flow.states().get(open.pop());
      for (var exit : exits(state)) {
        exit.next().ifPresent(next -> {
          if (!flow.states().containsKey(next)) {
            problem(place + "/States/" + state.name(), "MISSING_TRANSITION_TARGET", "There is no state '" + next + "'");
          } else if (reached.add(next)) {
            open.push(next);
          }
        });
      }
    }
    for (var name : flow.states().keySet()) {
      if (!reached.contains(name)) {
        problem(place + "/States/" + name, "MISSING_TRANSITION_TARGET", "State \"" + name + "\" is not reachable.");
      }
    }
  }

  private static List<State.Exit> exits(State state) {
    return switch (state) {
      case State.Pass pass -> List.of(pass.exit());
      case State.Task task -> exits(task.exit(), task.recovery());
      case State.Choice choice -> {
        var exits = new ArrayList<State.Exit>();
        choice.rules().forEach(rule -> exits.add(rule.exit()));
        choice.otherwise().ifPresent(exits::add);
        yield exits;
      }
      case State.Wait wait -> List.of(wait.exit());
      case State.Succeed succeed -> List.of();
      case State.Fail fail -> List.of();
      case State.Parallel parallel -> exits(parallel.exit(), parallel.recovery());
      case State.MapOver map -> exits(map.exit(), map.recovery());
    };
  }

  private static List<State.Exit> exits(State.Exit exit, State.Recovery recovery) {
    var exits = new ArrayList<State.Exit>(List.of(exit));
    recovery.catchers().forEach(catcher -> exits.add(catcher.exit()));
    return exits;
  }

  @SafeVarargs
  private void fields(Map<?, ?> json, String at, Set<String>... allowed) {
    for (var key : json.keySet()) {
      var name = key.toString();
      var known = false;
      for (var set : allowed) {
        known |= set.contains(name);
      }
      if (!known) {
        var elsewhere = KNOWN_ELSEWHERE.get(name);
        problem(at + "/" + name, elsewhere == null
            ? "Field '" + name + "' is not supported here"
            : "Field '" + name + "' (" + elsewhere + ") is not supported by this emulator");
      }
    }
  }

  /// A whole number, or an expression for one.
  private Optional<Template> count(Map<?, ?> json, String at, String field, int least) {
    var template = template(json, at, field);
    if (template.isPresent() && !(template.get() instanceof Template.Computed)) {
      integer(json, at, field, least, 99_999_999);
    }
    return template;
  }

  private Optional<Integer> integer(Map<?, ?> json, String at, String field, int least, int most) {
    if (!json.containsKey(field)) {
      return Optional.empty();
    }
    if (json.get(field) instanceof Integer number && number >= least && number <= most) {
      return Optional.of(number);
    }
    problem(at + "/" + field, field + " must be a whole number from " + least + " to " + most);
    return Optional.empty();
  }

  private Optional<Template> template(Map<?, ?> json, String at, String field) {
    return json.containsKey(field) ? template(json.get(field), at + "/" + field) : Optional.empty();
  }

  private Optional<Template> template(Object json, String at) {
    try {
      return Optional.of(Template.of(json));
    } catch (IllegalArgumentException e) {
      problem(at, e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<String> string(Map<?, ?> json, String at, String field) {
    if (json.get(field) instanceof String string) {
      return Optional.of(string);
    }
    problem(at, "The field '" + field + "' must be there and be a string");
    return Optional.empty();
  }

  private String string(Map<?, ?> json, String at, String field, String otherwise) {
    return json.containsKey(field) ? string(json, at, field).orElse(otherwise) : otherwise;
  }

  private Map<?, ?> object(Map<?, ?> json, String at, String field) {
    if (json.get(field) instanceof Map<?, ?> object) {
      return object;
    }
    problem(at, "The field '" + field + "' must be there and be an object");
    return Map.of();
  }

  private List<?> list(Map<?, ?> json, String at, String field) {
    if (!json.containsKey(field)) {
      return List.of();
    }
    if (json.get(field) instanceof List<?> list) {
      return list;
    }
    problem(at, "The field '" + field + "' must be an array");
    return List.of();
  }

  private void problem(String at, String text) {
    problem(at, "SCHEMA_VALIDATION_FAILED", text);
  }

  private void problem(String at, String code, String text) {
    problems.add(code + ": " + text + " at " + (at.isEmpty() ? "/" : at));
  }
}
