package no.rapport.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// The states that a walk passes after its last fault ([CanonicalState]).
final class PassedStates {

  /// @param places how many places were passed before it
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

  /// Of a walk that goes to its end whatever it passes.
  static PassedStates all() {
    return new PassedStates(Set.of(), true, false);
  }

  /// Of a walk that stops at the first of the states that are known to lead to a good end, and adds its own where it has one.
  ///
  /// @param known safe for use by many threads
  static PassedStates untilKnown(Set<String> known) {
    return new PassedStates(known, true, true);
  }

  /// Of a walk whose states are nobody's concern.
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

  /// The states that were passed are known from now on.
  synchronized void ledToAGoodEnd() {
    if (stopping) {
      passed.forEach(state -> known.add(state.state()));
    }
  }

  synchronized List<Passed> passed() {
    return List.copyOf(passed);
  }
}
