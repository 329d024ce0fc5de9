package no.rapport.exportjobs;

import java.util.Set;

/// The states of an export job. `COMPLETED` and `CANCELLED` are final; only a retry leaves `FAILED`.
public enum ExportState {
  /// Accepted; the execution has not been started. Only the export-files contract has this state.
  INITIALIZING,
  QUEUED,
  PROCESSING,
  COMPLETED,
  FAILED,
  CANCELLED;

  /// Returns whether the state machine allows a move from this state to `next`.
  public boolean mayBecome(ExportState next) {
    return switch (this) {
      case INITIALIZING -> next != INITIALIZING;
      case QUEUED -> Set.of(PROCESSING, COMPLETED, FAILED, CANCELLED).contains(next);
      case PROCESSING -> Set.of(COMPLETED, FAILED, CANCELLED).contains(next);
      case FAILED -> next == QUEUED;
      case COMPLETED, CANCELLED -> false;
    };
  }

  /// Returns whether the job has not ended.
  public boolean isUnfinished() {
    return this == INITIALIZING || this == QUEUED || this == PROCESSING;
  }
}
