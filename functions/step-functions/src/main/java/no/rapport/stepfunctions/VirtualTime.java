package no.rapport.stepfunctions;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A clock for tests: it stands still while any thread works, and moves from alarm to alarm.
///
/// A clock of [#leaping(Instant)] moves by itself as soon as all threads wait, so that a workflow with hours of waiting
/// ends in milliseconds. A clock of [#standing(Instant)] moves only by [#advance(Duration)].
///
/// A function that takes time under this clock calls [#sleep(Duration)]. Code between [#beginTurn(String)] and
/// [#endTurn()] runs in the same order every time, regardless of the thread scheduler. Safe for use by many threads.
public final class VirtualTime implements WorkflowTime {

  private record Entry(Instant due, long order, Runnable action) {}

  private record Turn(String order, long arrival) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition quiet = lock.newCondition();
  private final PriorityQueue<Entry> alarms =
      new PriorityQueue<>(Comparator.comparing(Entry::due).thenComparing(Entry::order));
  private final Condition turns = lock.newCondition();
  private final TreeSet<Turn> waiting =
      new TreeSet<>(Comparator.comparing(Turn::order).thenComparing(Turn::arrival));
  private final boolean leaping;
  private Instant now;
  private long ordered;
  private int working;
  private Turn turn;
  private Thread inTurn;
  private int turnsWithin;

  private VirtualTime(Instant start, boolean leaping) {
    this.now = start;
    this.leaping = leaping;
  }

  /// Returns a clock that leaps to the next alarm whenever all threads wait.
  public static VirtualTime leaping(Instant start) {
    return new VirtualTime(start, true);
  }

  /// Returns a clock that moves only by [#advance(Duration)].
  public static VirtualTime standing(Instant start) {
    return new VirtualTime(start, false);
  }

  @Override
  public Instant now() {
    lock.lock();
    try {
      return now;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Alarm at(Instant due, Runnable action) {
    lock.lock();
    try {
      var entry = new Entry(due, ordered++, action);
      alarms.add(entry);
      return () -> cancel(entry);
    } finally {
      lock.unlock();
    }
  }

  private void cancel(Entry entry) {
    lock.lock();
    try {
      alarms.remove(entry);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void workBegins() {
    lock.lock();
    try {
      working++;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void workEnds() {
    while (true) {
      Entry next;
      lock.lock();
      try {
        working--;
        if (working > 0) {
          giveTurn();
          return;
        }
        next = leaping ? alarms.poll() : null;
        if (next == null) {
          quiet.signalAll();
          return;
        }
        moveTo(next.due());
        working++; // counts as work, so that no other thread leaps meanwhile
      } finally {
        lock.unlock();
      }
      next.action().run();
    }
  }

  /// Advances by `step` and rings the due alarms in order. After each alarm it waits until all threads wait again.
  public void advance(Duration step) {
    var target = now().plus(step);
    while (true) {
      Entry next;
      lock.lock();
      try {
        awaitQuietLocked();
        next = alarms.peek();
        if (next == null || next.due().isAfter(target)) {
          moveTo(target);
          return;
        }
        alarms.poll();
        moveTo(next.due());
        working++;
      } finally {
        lock.unlock();
      }
      next.action().run();
      workEnds();
    }
  }

  /// Waits until no thread works: all have ended, or wait for an alarm.
  public void awaitQuiet() {
    lock.lock();
    try {
      awaitQuietLocked();
    } finally {
      lock.unlock();
    }
  }

  /// Sleeps for that much of this clock's time. Must be called by a function that an execution invoked.
  public void sleep(Duration duration) {
    var over = new Outcome<Boolean>(this);
    at(now().plus(duration), () -> over.complete(true));
    over.await();
  }

  /// Waits until all working threads wait here and this one is first by `order`. A thread that has its turn continues
  /// at once. The caller must count as working.
  public void beginTurn(String order) {
    lock.lock();
    try {
      if (inTurn != Thread.currentThread()) {
        var own = new Turn(order, ordered++);
        waiting.add(own);
        giveTurn();
        while (turn != own) {
          turns.awaitUninterruptibly();
        }
        inTurn = Thread.currentThread();
      }
      turnsWithin++;
    } finally {
      lock.unlock();
    }
  }

  /// Ends the turn that [#beginTurn(String)] began.
  public void endTurn() {
    lock.lock();
    try {
      turnsWithin--;
      if (turnsWithin == 0) {
        turn = null;
        inTurn = null;
        giveTurn();
      }
    } finally {
      lock.unlock();
    }
  }

  private void giveTurn() {
    if (turn == null && !waiting.isEmpty() && working == waiting.size()) {
      turn = waiting.pollFirst();
      turns.signalAll();
    }
  }

  private void awaitQuietLocked() {
    while (working > 0) {
      quiet.awaitUninterruptibly();
    }
  }

  private void moveTo(Instant instant) {
    if (instant.isAfter(now)) {
      now = instant;
    }
  }
}
