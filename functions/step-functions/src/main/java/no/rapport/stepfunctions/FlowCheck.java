package no.rapport.stepfunctions;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks the states of a flow together: their transitions and the scopes of their variables.
final class FlowCheck {

  private final FieldReader in;

  FlowCheck(FieldReader in) {
    this.in = in;
  }

  /// The names of variables in a flow.
  ///
  /// @param outer the variables of the surrounding flows
  /// @param assigned the variables that each state assigns outside of its catchers
  /// @param caught the variables that each state's catchers assign
  record Variables(Set<String> outer, Map<String, Set<String>> assigned, Map<String, Set<String>> caught) {

    /// Returns the variables that a flow within the state must not assign. Those that only the state's own catchers
    /// assign are allowed, because catchers run after the inner flow.
    Set<String> visibleWithin(String state) {
      var visible = new LinkedHashSet<String>(outer);
      assigned.values().forEach(visible::addAll);
      caught.forEach((name, names) -> {
        if (!name.equals(state)) {
          visible.addAll(names);
        }
      });
      return visible;
    }
  }

  /// Collects the variables of a flow. A variable belongs to the flow that assigns it. Inner flows may read it, but
  /// must not assign the same name.
  Variables variables(Map<?, ?> states, String place, Set<String> outer) {
    var assigned = new LinkedHashMap<String, Set<String>>();
    var caught = new LinkedHashMap<String, Set<String>>();
    states.forEach((key, state) -> {
      if (state instanceof Map<?, ?> fields) {
        var at = place + "/States/" + key;
        var holders = new ArrayList<Object>(List.of(fields));
        holders.addAll(entries(fields, "Choices"));
        assigned.put(key.toString(), names(holders, at, outer));
        caught.put(key.toString(), names(entries(fields, "Catch"), at, outer));
      }
    });
    return new Variables(outer, assigned, caught);
  }

  private static List<?> entries(Map<?, ?> state, String field) {
    return state.get(field) instanceof List<?> list ? list : List.of();
  }

  private Set<String> names(List<?> holders, String at, Set<String> outer) {
    var names = new LinkedHashSet<String>();
    for (var holder : holders) {
      if (holder instanceof Map<?, ?> object && object.get("Assign") instanceof Map<?, ?> assign) {
        for (var name : assign.keySet()) {
          if (outer.contains(name.toString())) {
            in.problem(at, "The variable '" + name + "' belongs to an outer flow and cannot be assigned here");
          }
          names.add(name.toString());
        }
      }
    }
    return names;
  }

  /// Checks that every state is reachable, that every transition leads to a state, and that some state ends the flow.
  void transitions(State.Flow flow, String place) {
    if (!flow.states().containsKey(flow.startAt())) {
      in.problem(place + "/StartAt", "MISSING_TRANSITION_TARGET",
          "StartAt must name a state, not '" + flow.startAt() + "'");
      return;
    }
    var reached = new HashSet<String>(Set.of(flow.startAt()));
    var open = new ArrayDeque<String>(reached);
    while (!open.isEmpty()) {
      var state = flow.states().get(open.pop());
      for (var exit : exits(state)) {
        exit.next().ifPresent(next -> {
          if (!flow.states().containsKey(next)) {
            in.problem(
                place + "/States/" + state.name(), "MISSING_TRANSITION_TARGET", "There is no state '" + next + "'");
          } else if (reached.add(next)) {
            open.push(next);
          }
        });
      }
    }
    for (var name : flow.states().keySet()) {
      if (!reached.contains(name)) {
        in.problem(place + "/States/" + name, "MISSING_TRANSITION_TARGET", "State \"" + name + "\" is not reachable.");
      }
    }
    if (flow.states().values().stream().noneMatch(FlowCheck::isTerminal)) {
      in.problem(place + "/States", "MISSING_END_STATE", "No state ends the flow");
    }
  }

  private static boolean isTerminal(State state) {
    return state instanceof State.Succeed || state instanceof State.Fail
        || exits(state).stream().anyMatch(exit -> exit.next().isEmpty());
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
}
