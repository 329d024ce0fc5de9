package no.rapport.exportjobs;

import java.util.Set;

/// The life of an export job. Completed and cancelled absorb; failed is left by a retry only.
public enum ExportState {
  /// Accepted, and its execution not started yet; shown by the contract of export files only.
  INITIALIZING,
  QUEUED,
  PROCESSING,
  COMPLETED,
  FAILED,
  CANCELLED;

  /// The legal moves, in this one place.
  public boolean mayBecome(ExportState next) {
    return switch (this) {
      case INITIALIZING -> next != INITIALIZING;
      case QUEUED -> Set.of(PROCESSING, COMPLETED, FAILED, CANCELLED).contains(next);
      case PROCESSING -> Set.of(COMPLETED, FAILED, CANCELLED).contains(next);
      case FAILED -> next == QUEUED;
      case COMPLETED, CANCELLED -> false;
    };
  }

  /// Whether work is still to be done.
  public boolean isUnfinished() {
    return this == INITIALIZING || this == QUEUED || this == PROCESSING;
  }
}
