package no.rapport.stepfunctions;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/// An execution: its identity, its history and its end. All changes happen under its lock, so that its history is
/// linear and nothing follows the end.
final class Execution {

  /// The identity and start of an execution.
  ///
  /// @param number grows with every start; newer executions have higher numbers
  record Identity(
      String arn, StateMachineDescription machine, String name, String input, Instant startDate,
      Optional<String> startedBy, long number) {}

  /// The end of an execution.
  record End(
      ExecutionStatus status, Instant at, Optional<String> output, Optional<String> error, Optional<String> cause) {}

  /// The service's limit of events in a history. The last event reports the limit.
  static final int MAX_EVENTS = 25_000;

  /// The top-level branch. Both methods are called under the execution's lock.
  interface Root {

    /// Ends it and all branches within it, and writes the events of their ends.
    ///
    /// @param cause the event that precedes the others; empty if the execution is ended from outside
    /// @return actions to run outside the lock
    List<Runnable> cancel(Optional<Long> cause);

    /// Returns the id of the event that precedes its next one.
    long lastEvent();
  }

  /// Receives every event as it is written, under the execution's lock.
  @FunctionalInterface
  interface Recorder {
    void event(Execution execution, HistoryEvent event);
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Identity identity;
  private final WorkflowTime time;
  private final Recorder recorder;
  private final List<HistoryEvent> history = new ArrayList<>();
  private final CompletableFuture<End> ended = new CompletableFuture<>();
  private final List<Runnable> onEnd = new ArrayList<>();
  private Optional<Root> root = Optional.empty();
  private Optional<End> end = Optional.empty();
  private Optional<Object> input = Optional.empty();
  private boolean overfull;

  Execution(Identity identity, WorkflowTime time, Recorder recorder) {
    this.identity = identity;
    this.time = time;
    this.recorder = recorder;
  }

  /// Returns an execution restored from the journal. It does not run, and its events are known.
  static Execution restored(Identity identity, WorkflowTime time, Recorder recorder, List<HistoryEvent> history) {
    var execution = new Execution(identity, time, recorder);
    execution.history.addAll(history);
    return execution;
  }

  Identity identity() {
    return identity;
  }

  ReentrantLock lock() {
    return lock;
  }

  WorkflowTime time() {
    return time;
  }

  /// Sets the branch to cancel when the execution ends.
  ///
  /// @return false, without effect, if it has ended
  boolean attach(Root running) {
    lock.lock();
    try {
      if (end.isPresent()) {
        return false;
      }
      root = Optional.of(running);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Returns the parsed input, which every expression can read.
  Object input() {
    lock.lock();
    try {
      if (input.isEmpty()) {
        input = Optional.of(JsonValues.parse(identity.input()));
      }
      return input.get();
    } finally {
      lock.unlock();
    }
  }

  /// Completes with the end after all listeners have been notified.
  CompletableFuture<End> ended() {
    return ended;
  }

  /// Writes an event. Must be called under the lock.
  ///
  /// @return its id
  long append(String type, long previous, Map<String, Object> details) {
    var event = new HistoryEvent(history.size() + 1L, previous, now(), type, details);
    history.add(event);
    recorder.event(this, event);
    return event.id();
  }

  /// Returns whether only the last event still fits. Must be called under the lock.
  boolean isFull() {
    return history.size() >= MAX_EVENTS - 1;
  }

  /// Ends the execution because its history is full. Returns at once. Must be called under the lock.
  void endOverfull() {
    if (!overfull) {
      overfull = true;
      Threads.start(time, "history limit of " + identity.name(), () -> end(ExecutionStatus.FAILED, Optional.empty(),
          Optional.of(WorkflowFailure.RUNTIME),
          Optional.of("The execution reached the maximum number of history events (" + MAX_EVENTS + ").")));
    }
  }

  /// The service truncates times to milliseconds.
  private Instant now() {
    return time.now().truncatedTo(ChronoUnit.MILLIS);
  }

  /// Returns the events so far.
  List<HistoryEvent> history() {
    lock.lock();
    try {
      return List.copyOf(history);
    } finally {
      lock.unlock();
    }
  }

  /// Returns the end, if it has ended.
  Optional<End> end() {
    lock.lock();
    try {
      return end;
    } finally {
      lock.unlock();
    }
  }

  /// Runs `action` after the execution ends, or at once if it has ended. Threads that wait for the end continue after
  /// `action`.
  void whenEnded(Runnable action) {
    lock.lock();
    try {
      if (end.isEmpty()) {
        onEnd.add(action);
        return;
      }
    } finally {
      lock.unlock();
    }
    action.run();
  }

  /// Ends the execution, unless it has ended: cancels everything that runs in it and writes its last event.
  ///
  /// @return whether this call ended it
  boolean end(ExecutionStatus status, Optional<String> output, Optional<String> error, Optional<String> cause) {
    List<Runnable> later = new ArrayList<>();
    lock.lock();
    try {
      if (end.isPresent()) {
        return false;
      }
      root.ifPresent(running -> later.addAll(running.cancel(Optional.empty())));
      // An end from outside follows no event of the execution.
      var previous = switch (status) {
        case SUCCEEDED, FAILED -> root.map(Root::lastEvent).orElse(0L);
        default -> 0L;
      };
      var result = new End(status, now(), output, error, cause);
      append(switch (status) {
        case SUCCEEDED -> "ExecutionSucceeded";
        case FAILED -> "ExecutionFailed";
        case TIMED_OUT -> "ExecutionTimedOut";
        case ABORTED -> "ExecutionAborted";
        case RUNNING -> throw new IllegalArgumentException("RUNNING is not the status of an end");
      }, previous, endDetails(status, output, error, cause));
      end = Optional.of(result);
      root = Optional.empty();
      input = Optional.empty();
      later.addAll(onEnd);
    } finally {
      lock.unlock();
    }
    later.forEach(Runnable::run);
    end().ifPresent(ended::complete);
    return true;
  }

  /// Sets the end of a restored execution.
  void restoreEnd(End known) {
    end = Optional.of(known);
    ended.complete(known);
  }

  private static Map<String, Object> endDetails(
      ExecutionStatus status, Optional<String> output, Optional<String> error, Optional<String> cause) {
    var details = new LinkedHashMap<String, Object>();
    if (status == ExecutionStatus.TIMED_OUT) {
      details.put("error", WorkflowFailure.TIMEOUT);
    }
    output.ifPresent(text -> {
      details.put("output", text);
      details.put("outputDetails", Map.of("truncated", false));
    });
    error.ifPresent(text -> details.put("error", text));
    cause.ifPresent(text -> details.put("cause", text));
    return details;
  }

  /// Returns a snapshot of the execution.
  ExecutionDescription describe() {
    var result = end();
    return new ExecutionDescription(
        identity.arn(), identity.machine().arn(), identity.name(),
        result.map(End::status).orElse(ExecutionStatus.RUNNING), identity.startDate(), result.map(End::at),
        identity.input(), result.flatMap(End::output), result.flatMap(End::error), result.flatMap(End::cause),
        identity.startedBy());
  }
}
