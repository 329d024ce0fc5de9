package no.rapport.stepfunctions;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One thread of an execution: the top-level flow, a branch of Parallel, or an iteration of Map.
///
/// It holds the variables assigned in it and the id of its last event. After [#cancel()] every action of the branch
/// throws [Cancelled], which ends a running execution. The execution's lock guards the fields, except the variables,
/// which only the branch's own thread changes.
final class Branch implements Execution.Root {

  /// Ends the thread of a cancelled branch. Only the start of the thread catches it.
  static final class Cancelled extends RuntimeException {
    Cancelled() {
      super(null, null, false, false);
    }
  }

  private final Execution execution;
  private final Optional<Branch> parent;
  private final Optional<Map<String, Object>> iteration;
  private final Map<String, Object> variables;
  private final Set<Branch> children = new LinkedHashSet<>();
  private final List<Runnable> hooks = new ArrayList<>();
  private long lastEvent;
  private long beforeEntry;
  private long entry;
  private boolean over;
  private Optional<Branch> failed = Optional.empty();
  private Optional<State> current = Optional.empty();
  private Optional<Outcome<Answer>> waitingFor = Optional.empty();

  private Branch(
      Execution execution, Optional<Branch> parent, Optional<Map<String, Object>> iteration,
      Map<String, Object> variables, long lastEvent) {
    this.execution = execution;
    this.parent = parent;
    this.iteration = iteration;
    this.variables = variables;
    this.lastEvent = lastEvent;
  }

  /// Returns the top-level branch of an execution.
  static Branch root(Execution execution) {
    var root = new Branch(execution, Optional.empty(), Optional.empty(), new LinkedHashMap<>(), 0);
    root.over = !execution.attach(root);
    return root;
  }

  /// Returns a branch within this one, with a copy of the current variables.
  ///
  /// @param origin the id of the event that precedes its first one
  Branch child(long origin) {
    return child(origin, Optional.empty());
  }

  /// Returns a branch for an iteration of the Map state `name`.
  Branch iteration(long origin, String name, int index) {
    var details = new LinkedHashMap<String, Object>();
    details.put("name", name);
    details.put("index", index);
    return child(origin, Optional.of(details));
  }

  private Branch child(long origin, Optional<Map<String, Object>> iterationDetails) {
    execution.lock().lock();
    try {
      requireAlive();
      var child = new Branch(
          execution, Optional.of(this), iterationDetails, new LinkedHashMap<>(variables), origin);
      children.add(child);
      return child;
    } finally {
      execution.lock().unlock();
    }
  }

  Execution execution() {
    return execution;
  }

  /// Returns the variables by name, without `$states`.
  Map<String, Object> variables() {
    return variables;
  }

  /// Enters a state.
  ///
  /// @return the id of the entry event
  long enter(State state, Map<String, Object> details) {
    execution.lock().lock();
    try {
      beforeEntry = lastEvent;
      lastEvent = append(state.type() + "StateEntered", lastEvent, details);
      entry = lastEvent;
      current = Optional.of(state);
      return entry;
    } finally {
      execution.lock().unlock();
    }
  }

  /// Marks the branch as between states.
  void leave() {
    execution.lock().lock();
    try {
      current = Optional.empty();
    } finally {
      execution.lock().unlock();
    }
  }

  /// Writes an event that follows the branch's last one.
  void record(String type, Map<String, Object> details) {
    execution.lock().lock();
    try {
      lastEvent = append(type, lastEvent, details);
    } finally {
      execution.lock().unlock();
    }
  }

  /// Writes an event without successor: the next event follows the same event as this one.
  void recordAside(String type, Map<String, Object> details) {
    execution.lock().lock();
    try {
      append(type, lastEvent, details);
    } finally {
      execution.lock().unlock();
    }
  }

  /// Writes that a field could not be evaluated. Directly after the entry into a state, the service links this event to
  /// the event before the entry, except in a Wait state.
  void recordEvaluationFailure(Map<String, Object> details) {
    execution.lock().lock();
    try {
      var atEntry = lastEvent == entry && !(current.orElse(null) instanceof State.Wait);
      lastEvent = append("EvaluationFailed", atEntry ? beforeEntry : lastEvent, details);
    } finally {
      execution.lock().unlock();
    }
  }

  /// Must be called under the lock.
  private long append(String type, long previous, Map<String, Object> details) {
    requireAlive();
    if (execution.isFull()) {
      execution.endOverfull();
      throw new Cancelled();
    }
    return execution.append(type, previous, details);
  }

  /// Waits until the outcome is completed, or until `deadline`.
  Answer await(Outcome<Answer> outcome, Optional<Instant> deadline) {
    execution.lock().lock();
    try {
      requireAlive();
      waitingFor = Optional.of(outcome);
    } finally {
      execution.lock().unlock();
    }
    var alarm = deadline.map(due -> execution.time().at(due, () -> outcome.complete(Answer.Signal.ELAPSED)));
    var answer = outcome.await();
    alarm.ifPresent(WorkflowTime.Alarm::cancel);
    execution.lock().lock();
    try {
      waitingFor = Optional.empty();
      requireAlive();
    } finally {
      execution.lock().unlock();
    }
    return answer;
  }

  /// Registers an action for the cancellation of this branch.
  ///
  /// @return the action that unregisters it
  Runnable onCancel(Runnable hook) {
    execution.lock().lock();
    try {
      requireAlive();
      hooks.add(hook);
      return () -> {
        execution.lock().lock();
        try {
          hooks.remove(hook);
        } finally {
          execution.lock().unlock();
        }
      };
    } finally {
      execution.lock().unlock();
    }
  }

  /// Ends the flow. The parent's next event follows the branch's last one.
  void finish() {
    execution.lock().lock();
    try {
      requireAlive();
      over = true;
      parent.ifPresent(outer -> {
        outer.lastEvent = lastEvent;
        outer.children.remove(this);
      });
    } finally {
      execution.lock().unlock();
    }
  }

  /// Fails the flow and its parent. If several branches fail at the same time, only the first counts as failed; the
  /// others are cancelled.
  void fail() {
    execution.lock().lock();
    try {
      requireAlive();
      var outer = parent.orElseThrow();
      if (outer.failed.isPresent()) {
        throw new Cancelled();
      }
      iteration.ifPresent(details -> append("MapIterationFailed", lastEvent, details));
      outer.failed = Optional.of(this);
      outer.lastEvent = lastEvent;
      outer.children.remove(this);
      over = true;
    } finally {
      execution.lock().unlock();
    }
  }

  @Override
  public List<Runnable> cancel(Optional<Long> cause) {
    var later = new ArrayList<Runnable>();
    if (over) {
      return later;
    }
    over = true;
    iteration.ifPresent(details -> abort("MapIterationAborted", cause, details));
    for (var child : List.copyOf(children)) {
      later.addAll(child.cancel(cause));
    }
    current.filter(state -> switch (state) {
      case State.Task task -> true;
      case State.Wait wait -> cause.isPresent();
      case State.Parallel parallel -> true;
      case State.MapOver map -> true;
      default -> false;
    }).ifPresent(state -> abort(state.type() + "StateAborted", cause, Map.of()));
    parent.ifPresent(outer -> outer.children.remove(this));
    waitingFor.ifPresent(outcome -> outcome.complete(Answer.Signal.CANCELLED));
    later.addAll(hooks);
    return later;
  }

  private void abort(String type, Optional<Long> cause, Map<String, Object> details) {
    if (!execution.isFull()) {
      execution.append(type, cause.orElse(lastEvent), details);
    }
  }

  /// Cancels the branches within this one after one of them failed. This branch continues.
  void cancelChildren() {
    var later = new ArrayList<Runnable>();
    execution.lock().lock();
    try {
      requireAlive();
      var cause = Optional.of(lastEvent);
      failed.flatMap(child -> child.current).filter(State.Task.class::isInstance)
          .ifPresent(state -> abort("TaskStateAborted", cause, Map.of()));
      for (var child : List.copyOf(children)) {
        later.addAll(child.cancel(cause));
      }
      failed = Optional.empty();
    } finally {
      execution.lock().unlock();
    }
    later.forEach(Runnable::run);
  }

  @Override
  public long lastEvent() {
    execution.lock().lock();
    try {
      return lastEvent;
    } finally {
      execution.lock().unlock();
    }
  }

  private void requireAlive() {
    if (over) {
      throw new Cancelled();
    }
  }
}
