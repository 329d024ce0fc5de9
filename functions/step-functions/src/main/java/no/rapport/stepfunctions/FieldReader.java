package no.rapport.stepfunctions;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads the fields of a definition's objects and collects their errors.
final class FieldReader {

  /// Fields that the service supports and this emulator does not, with the name of their feature.
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

  /// Returns the errors, each with its place; empty if there are none.
  List<String> problems() {
    return problems;
  }

  @SafeVarargs
  final void fields(Map<?, ?> json, String at, Set<String>... allowed) {
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

  /// Reads a whole number, or an expression for one.
  Optional<Template> count(Map<?, ?> json, String at, String field, int least) {
    return count(json, at, field, least, 99_999_999);
  }

  /// Reads a whole number of at most `most`, or an expression for one.
  Optional<Template> count(Map<?, ?> json, String at, String field, int least, int most) {
    var template = template(json, at, field);
    if (template.isPresent() && !(template.get() instanceof Template.Computed)) {
      integer(json, at, field, least, most);
    }
    return template;
  }

  Optional<Integer> integer(Map<?, ?> json, String at, String field, int least, int most) {
    if (!json.containsKey(field)) {
      return Optional.empty();
    }
    if (json.get(field) instanceof Integer number && number >= least && number <= most) {
      return Optional.of(number);
    }
    problem(at + "/" + field, field + " must be a whole number from " + least + " to " + most);
    return Optional.empty();
  }

  Optional<Template> template(Map<?, ?> json, String at, String field) {
    return template(json, at, field, Set.of());
  }

  /// Reads a value in which strings may be expressions.
  ///
  /// @param reserved see [Expression#compile(String, Set)]
  Optional<Template> template(Map<?, ?> json, String at, String field, Set<String> reserved) {
    return json.containsKey(field) ? template(json.get(field), at + "/" + field, reserved) : Optional.empty();
  }

  Optional<Template> template(Object json, String at, Set<String> reserved) {
    try {
      return Optional.of(Template.of(json, reserved));
    } catch (IllegalArgumentException e) {
      problem(at, e.getMessage());
      return Optional.empty();
    }
  }

  Optional<String> string(Map<?, ?> json, String at, String field) {
    if (json.get(field) instanceof String string) {
      return Optional.of(string);
    }
    problem(at, "The field '" + field + "' is required and must be a string");
    return Optional.empty();
  }

  String string(Map<?, ?> json, String at, String field, String otherwise) {
    return json.containsKey(field) ? string(json, at, field).orElse(otherwise) : otherwise;
  }

  Map<?, ?> object(Map<?, ?> json, String at, String field) {
    if (json.get(field) instanceof Map<?, ?> object) {
      return object;
    }
    problem(at, "The field '" + field + "' is required and must be an object");
    return Map.of();
  }

  List<?> list(Map<?, ?> json, String at, String field) {
    if (!json.containsKey(field)) {
      return List.of();
    }
    if (json.get(field) instanceof List<?> list) {
      return list;
    }
    problem(at, "The field '" + field + "' must be an array");
    return List.of();
  }

  /// Adds an error at a place.
  void problem(String at, String text) {
    problem(at, "SCHEMA_VALIDATION_FAILED", text);
  }

  void problem(String at, String code, String text) {
    problems.add(code + ": " + text + " at " + (at.isEmpty() ? "/" : at));
  }
}
