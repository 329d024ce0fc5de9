package no.rapport.stepfunctions;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A result that one thread waits for and others complete. The first completion wins.
///
/// It updates the count of working threads in [WorkflowTime]. A waiting thread does not count. The completing thread
/// counts the woken thread as working before it continues, so that time cannot advance in between.
final class Outcome<T> {

  private final WorkflowTime time;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition brought = lock.newCondition();
  private T value;
  private boolean waiting;

  Outcome(WorkflowTime time) {
    this.time = time;
  }

  /// Completes with a value. Returns false, without effect, if there is one already.
  boolean complete(T result) {
    lock.lock();
    try {
      if (value != null) {
        return false;
      }
      value = result;
      if (waiting) {
        time.workBegins();
        brought.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the value. Only one thread may wait, and it must count as working.
  T await() {
    lock.lock();
    try {
      if (value != null) {
        return value;
      }
      waiting = true;
    } finally {
      lock.unlock();
    }
    // Must be outside the lock: under a leaping clock this rings alarms, and an alarm may complete this outcome.
    time.workEnds();
    lock.lock();
    try {
      while (value == null) {
        brought.awaitUninterruptibly();
      }
      return value;
    } finally {
      lock.unlock();
    }
  }
}
