package no.rapport.stepfunctions;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What one thread waits for and others bring; the first to bring something wins.
///
/// It keeps [WorkflowTime] informed: who waits does not work, and whoever brings the value answers for the woken
/// thread's work before it goes on, so that time cannot slip in between.
final class Outcome<T> {

  private final WorkflowTime time;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition brought = lock.newCondition();
  private T value;
  private boolean waiting;

  Outcome(WorkflowTime time) {
    this.time = time;
  }

  /// Brings the value; false, and without effect, if there is one already.
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

  /// Waits for the value; for one thread, which counts as working.
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
    // Outside the lock: under a leaping clock this rings alarms, and one of them may bring this very value.
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
