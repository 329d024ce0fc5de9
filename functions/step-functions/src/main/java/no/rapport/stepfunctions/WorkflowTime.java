package no.rapport.stepfunctions;

import java.time.Instant;

/// Time as executions see it: the clock, and alarms for waits, retries and timeouts.
///
/// The engine tells it what is busy, so that a clock of tests knows when nothing can happen any more until the next
/// alarm: every thread of the engine counts as busy from [#workBegins()] until [#workEnds()], except while it waits.
public interface WorkflowTime {

  /// The present moment.
  Instant now();

  /// Runs `action` once at `due`, or at once if that has passed; `action` is quick and does not throw.
  Alarm at(Instant due, Runnable action);

  /// Some work is about to start.
  void workBegins();

  /// Work is over, or waits for other work or for an alarm.
  void workEnds();

  /// Something that will happen unless it is cancelled.
  interface Alarm {

    /// It will not happen if it has not happened yet; calling this again does nothing.
    void cancel();
  }
}
