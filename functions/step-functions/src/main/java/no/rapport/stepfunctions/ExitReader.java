package no.rapport.stepfunctions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads the fields that control how a state ends: `Next`, `End`, `Assign`, `Output`, `Retry` and `Catch`.
final class ExitReader {

  private static final Set<String> ERROR_OUTPUT = Set.of("errorOutput");

  private final FieldReader in;

  ExitReader(FieldReader in) {
    this.in = in;
  }

  /// Reads the `Retry` and `Catch` of a state.
  State.Recovery recovery(Map<?, ?> json, String at) {
    var retriers = new ArrayList<Retrier>();
    var retry = in.list(json, at, "Retry");
    for (var i = 0; i < retry.size(); i++) {
      var place = at + "/Retry[" + i + "]";
      if (!(retry.get(i) instanceof Map<?, ?> entry)) {
        in.problem(place, "A retrier must be an object");
        continue;
      }
      in.fields(entry, place, Set.of("ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds",
          "JitterStrategy", "Comment"));
      var jitter = in.string(entry, place, "JitterStrategy", "NONE");
      if (!Set.of("FULL", "NONE").contains(jitter)) {
        in.problem(place, "JitterStrategy must be FULL or NONE, not " + jitter);
      }
      var backoff = entry.containsKey("BackoffRate") ? entry.get("BackoffRate") : Double.valueOf(2);
      if (!(backoff instanceof Number rate) || rate.doubleValue() < 1) {
        in.problem(place, "BackoffRate must be a number of at least 1");
        continue;
      }
      var interval = in.integer(entry, place, "IntervalSeconds", 1, 99_999_999).orElse(1);
      var longest = in.integer(entry, place, "MaxDelaySeconds", 1, 31_622_400);
      retriers.add(new Retrier(errors(entry, place, i == retry.size() - 1), interval,
          in.integer(entry, place, "MaxAttempts", 0, 99_999_999).orElse(3), rate.doubleValue(), longest,
          jitter.equals("FULL")));
    }
    var catchers = new ArrayList<State.Catcher>();
    var caught = in.list(json, at, "Catch");
    for (var i = 0; i < caught.size(); i++) {
      var place = at + "/Catch[" + i + "]";
      if (caught.get(i) instanceof Map<?, ?> entry) {
        in.fields(entry, place, Set.of("ErrorEquals", "Next", "Assign", "Output", "Comment"));
        catchers.add(new State.Catcher(errors(entry, place, i == caught.size() - 1),
            exitTo(entry, at, "Catch[" + i + "]/", in.string(entry, place, "Next"), ERROR_OUTPUT)));
      } else {
        in.problem(place, "A catcher must be an object");
      }
    }
    return new State.Recovery(retriers, catchers);
  }

  private List<String> errors(Map<?, ?> json, String place, boolean last) {
    var errors = in.list(json, place, "ErrorEquals").stream().map(Object::toString).toList();
    if (errors.isEmpty()) {
      in.problem(place, "ErrorEquals must name at least one error");
    }
    if (errors.contains(WorkflowFailure.ALL) && (errors.size() > 1 || !last)) {
      in.problem(place, "States.ALL must stand alone, in the last entry");
    }
    return errors;
  }

  /// Reads the exit of a state with `Next` or `End`.
  ///
  /// @param reserved see [Expression#compile(String, Set)]
  State.Exit exit(Map<?, ?> json, String at, Set<String> reserved) {
    var end = Boolean.TRUE.equals(json.get("End"));
    var next = json.containsKey("Next") ? in.string(json, at, "Next") : Optional.<String>empty();
    if (end == next.isPresent()) {
      in.problem(at, "A state must have either Next or End");
    }
    return exitTo(json, at, "", next, reserved);
  }

  /// Reads an exit to `next`.
  ///
  /// @param state the place of the state
  /// @param within the place of the exit in the state, empty or for example `Choices[1]/`
  State.Exit exitTo(
      Map<?, ?> json, String state, String within, Optional<String> next, Set<String> reserved) {
    var at = within.isEmpty() ? state : state + "/" + within.substring(0, within.length() - 1);
    var assign = new LinkedHashMap<String, Template>();
    if (json.containsKey("Assign")) {
      in.object(json, at, "Assign").forEach((key, value) -> {
        var name = key.toString();
        if (name.equals("states") || name.length() > 80 || !name.matches("[\\p{L}_][\\p{L}\\p{N}_]*")) {
          in.problem(at + "/Assign",
              "'" + name + "' must be a variable name: letters, digits and _, at most 80, no digit first, "
                  + "not 'states'");
        }
        in.template(value, at + "/Assign/" + name, reserved).ifPresent(template -> assign.put(name, template));
      });
    }
    return new State.Exit(within, assign, in.template(json, at, "Output", reserved), next);
  }
}
