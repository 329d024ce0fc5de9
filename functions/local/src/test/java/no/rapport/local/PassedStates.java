package no.rapport.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// Records the states that a walk passes after its last fault ([CanonicalState]).
final class PassedStates {

  /// @param places number of places that were passed before the state
  record Passed(int places, String state) {}

  private final Set<String> known;
  private final boolean asking;
  private final boolean stopping;
  private final List<Passed> passed = new ArrayList<>();

  private PassedStates(Set<String> known, boolean asking, boolean stopping) {
    this.known = known;
    this.asking = asking;
    this.stopping = stopping;
  }

  /// Returns a recorder for a walk that runs to its end.
  static PassedStates all() {
    return new PassedStates(Set.of(), true, false);
  }

  /// Returns a recorder for a walk that stops at the first state that is known to lead to success. If the walk
  /// succeeds, its own states become known.
  ///
  /// @param known the known states, in a thread-safe set
  static PassedStates untilKnown(Set<String> known) {
    return new PassedStates(known, true, true);
  }

  /// Returns a recorder that ignores all states.
  static PassedStates ignored() {
    return new PassedStates(Set.of(), false, false);
  }

  boolean isStopping() {
    return stopping;
  }

  /// @return whether the state is known
  synchronized boolean pass(int places, Supplier<String> state) {
    if (!asking) {
      return false;
    }
    var here = new Passed(places, state.get());
    passed.add(here);
    return known.contains(here.state());
  }

  /// Adds the passed states to the known ones.
  synchronized void addToKnown() {
    if (stopping) {
      passed.forEach(state -> known.add(state.state()));
    }
  }

  synchronized List<Passed> passed() {
    return List.copyOf(passed);
  }
}
