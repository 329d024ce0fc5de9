package no.rapport.aggregatedreportdata;

import java.util.Set;

/// The executions of the aggregation state machine. An execution is named after its job, so that starting one twice is
/// the same as starting it once.
interface Executions {

  /// The state of an execution.
  enum Standing {
    NEVER_STARTED,
    RUNNING,
    /// The execution has ended, for any reason, and writes nothing more.
    ENDED
  }

  /// Starts an aggregation; does nothing where it was started before.
  void start(Claim claim);

  /// Stops an aggregation; does nothing where it is not running.
  void stop(String jobId);

  Standing standingOf(String jobId);

  /// Returns the jobs whose executions run. What Step Functions lists may be some seconds old.
  Set<String> runningJobs();

  /// Where the job is traced in the Step Functions console.
  String arnOf(String jobId);
}
