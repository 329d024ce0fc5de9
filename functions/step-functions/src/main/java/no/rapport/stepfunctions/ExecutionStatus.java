package no.rapport.stepfunctions;

/// The status of an execution, in the service's words.
public enum ExecutionStatus {
  RUNNING,
  SUCCEEDED,
  FAILED,
  TIMED_OUT,
  ABORTED;

  /// Returns whether the execution has ended.
  public boolean isEnded() {
    return this != RUNNING;
  }
}
