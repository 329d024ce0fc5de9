package no.rapport.stepfunctions;

import java.time.Instant;

/// The time of executions: the clock, and alarms for waits, retries and timeouts.
///
/// The engine reports its working threads, so that a clock of tests knows when nothing can happen before the next
/// alarm. A thread of the engine counts as working from [#workBegins()] until [#workEnds()], except while it waits.
public interface WorkflowTime {

  /// Returns the current time.
  Instant now();

  /// Runs `action` once at `due`, or at once if that has passed. `action` must be quick and must not throw.
  Alarm at(Instant due, Runnable action);

  /// Reports that a thread starts to work.
  void workBegins();

  /// Reports that a thread has finished, or waits for other work or for an alarm.
  void workEnds();

  /// A scheduled action that can be cancelled.
  interface Alarm {

    /// Cancels the action if it has not run yet; a second call does nothing.
    void cancel();
  }
}
