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

/// One execution: its identity, its history, and how it ended. Whatever happens to it happens under its lock, so that
/// its history is one line and nothing follows its end.
final class Execution {

  /// What it is and when it began.
  ///
  /// @param number grows with every start; newer executions have higher ones
  record Identity(
      String arn, StateMachineDescription machine, String name, String input, Instant startDate,
      Optional<String> startedBy, long number) {}

  /// How it ended.
  record End(
      ExecutionStatus status, Instant at, Optional<String> output, Optional<String> error, Optional<String> cause) {}

  /// What the service lets a history have. The event that says so is the last one.
  static final int MAX_EVENTS = 25_000;

  /// The branch that it begins with; both methods are called under the execution's lock.
  interface Root {

    /// Ends it and everything within it, with the events that say so.
    ///
    /// @param cause the event that the others follow; empty if the whole execution is ended from outside
    /// @return what is to be done outside the lock
    List<Runnable> cancel(Optional<Long> cause);

    /// The event that its next one follows.
    long lastEvent();
  }

  /// Hears of every event as it is written, under the execution's lock.
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

  /// One that is read back: it runs no more, and its events are known.
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

  /// Sets what is cancelled when it ends.
  ///
  /// @return false, and without effect, if it has ended
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

  /// Its input, read once: every expression can see it.
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

  /// Completed with the end once all that follows from it has been told.
  CompletableFuture<End> ended() {
    return ended;
  }

  /// Writes an event; to be called under the lock.
  ///
  /// @return its id
  long append(String type, long previous, Map<String, Object> details) {
    var event = new HistoryEvent(history.size() + 1L, previous, now(), type, details);
    history.add(event);
    recorder.event(this, event);
    return event.id();
  }

  /// Whether there is room for its last event only; to be called under the lock.
  boolean isFull() {
    return history.size() >= MAX_EVENTS - 1;
  }

  /// Ends it because its history is full; returns at once. To be called under the lock.
  void endOverfull() {
    if (!overfull) {
      overfull = true;
      Threads.start(time, "history limit of " + identity.name(), () -> end(ExecutionStatus.FAILED, Optional.empty(),
          Optional.of(WorkflowFailure.RUNTIME),
          Optional.of("The execution reached the maximum number of history events (" + MAX_EVENTS + ").")));
    }
  }

  /// The service tells no finer times than milliseconds.
  private Instant now() {
    return time.now().truncatedTo(ChronoUnit.MILLIS);
  }

  /// The events so far.
  List<HistoryEvent> history() {
    lock.lock();
    try {
      return List.copyOf(history);
    } finally {
      lock.unlock();
    }
  }

  /// How it ended, if it has.
  Optional<End> end() {
    lock.lock();
    try {
      return end;
    } finally {
      lock.unlock();
    }
  }

  /// Runs `action` once it has ended, or at once if it has; before those who wait for it go on.
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

  /// Ends it, unless it has ended: everything that still runs in it is cancelled, and its last event is written.
  ///
  /// @return whether it was this call that ended it
  boolean end(ExecutionStatus status, Optional<String> output, Optional<String> error, Optional<String> cause) {
    List<Runnable> later = new ArrayList<>();
    lock.lock();
    try {
      if (end.isPresent()) {
        return false;
      }
      root.ifPresent(running -> later.addAll(running.cancel(Optional.empty())));
      // What ends an execution from outside follows nothing in it.
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
        case RUNNING -> throw new IllegalArgumentException("Running is not an end");
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

  /// The end that is read back for a restored execution.
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

  /// What it looks like at this moment.
  ExecutionDescription describe() {
    var result = end();
    return new ExecutionDescription(
        identity.arn(), identity.machine().arn(), identity.name(),
        result.map(End::status).orElse(ExecutionStatus.RUNNING), identity.startDate(), result.map(End::at),
        identity.input(), result.flatMap(End::output), result.flatMap(End::error), result.flatMap(End::cause),
        identity.startedBy());
  }
}
