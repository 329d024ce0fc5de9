package no.rapport.stepfunctions;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// Stores the executions that can be described: all running ones, and as many of the last ended ones as fit.
///
/// Any thread may read at any time. Changes require the service's lock.
final class KeptExecutions {

  /// Approximate limit of heap for the histories of ended executions.
  private static final long MAX_BYTES = 32L * 1024 * 1024;

  /// Estimated overhead of an event, and of a detail of it.
  private static final int EVENT_BYTES = 250;
  private static final int DETAIL_BYTES = 80;

  /// Largest number of reserved names per state machine. The service reserves them for 90 days.
  private static final int MAX_NAMES = 100_000;

  private final int maxEnded;
  private final Map<String, Execution> executions = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Long, Execution> byStart = new ConcurrentSkipListMap<>();
  private final Map<String, LinkedHashSet<String>> names = new HashMap<>();
  private final ArrayDeque<Execution> ended = new ArrayDeque<>();
  private long endedBytes;
  private long started;

  KeptExecutions(int maxEnded) {
    this.maxEnded = maxEnded;
  }

  Optional<Execution> find(String arn) {
    return Optional.ofNullable(executions.get(arn));
  }

  List<Execution> all() {
    return List.copyOf(byStart.values());
  }

  List<Execution> newestFirst() {
    return List.copyOf(byStart.descendingMap().values());
  }

  /// Returns the executions of a state machine that started before the given number, newest first, by number.
  Map<Long, Execution> newestFirst(String stateMachineArn, long before) {
    var found = new LinkedHashMap<Long, Execution>();
    byStart.headMap(before).descendingMap().forEach((number, execution) -> {
      if (execution.identity().machine().arn().equals(stateMachineArn)) {
        found.put(number, execution);
      }
    });
    return found;
  }

  /// Returns the number of the next execution.
  long nextNumber() {
    return ++started;
  }

  /// Reserves a name.
  ///
  /// @return false, without effect, if it is taken
  boolean takeName(String stateMachineArn, String name) {
    var taken = names.computeIfAbsent(stateMachineArn, key -> new LinkedHashSet<>());
    if (!taken.add(name)) {
      return false;
    }
    if (taken.size() > MAX_NAMES) {
      taken.removeFirst();
    }
    return true;
  }

  void add(Execution execution) {
    executions.put(execution.identity().arn(), execution);
    byStart.put(execution.identity().number(), execution);
    started = Math.max(started, execution.identity().number());
  }

  /// Removes a state machine's executions and names.
  ///
  /// @return the removed executions
  List<Execution> removeAll(String stateMachineArn) {
    var theirs = List.copyOf(newestFirst(stateMachineArn, Long.MAX_VALUE).values());
    theirs.forEach(this::forget);
    names.remove(stateMachineArn);
    return theirs;
  }

  /// Adds an ended execution to the kept ones and removes the oldest beyond the limits.
  void retire(Execution execution) {
    if (!executions.containsKey(execution.identity().arn())) {
      return; // its state machine was deleted
    }
    ended.add(execution);
    endedBytes += bytes(execution);
    while (ended.size() > maxEnded || endedBytes > MAX_BYTES && ended.size() > 1) {
      forget(ended.peek());
    }
  }

  private void forget(Execution execution) {
    executions.remove(execution.identity().arn());
    byStart.remove(execution.identity().number());
    if (ended.remove(execution)) {
      endedBytes -= bytes(execution);
    }
  }

  private static long bytes(Execution execution) {
    var sum = (long) execution.identity().input().length();
    for (var event : execution.history()) {
      sum += EVENT_BYTES;
      for (var detail : event.details().values()) {
        sum += DETAIL_BYTES + (detail instanceof String text ? text.length() : 0);
      }
    }
    return sum;
  }
}
