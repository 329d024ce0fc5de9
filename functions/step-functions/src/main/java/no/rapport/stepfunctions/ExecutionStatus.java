package no.rapport.stepfunctions;

/// Where an execution stands, in the service's words.
public enum ExecutionStatus {
  RUNNING,
  SUCCEEDED,
  FAILED,
  TIMED_OUT,
  ABORTED;

  /// Whether nothing will happen any more.
  public boolean isEnded() {
    return this != RUNNING;
  }
}
