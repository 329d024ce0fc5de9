package no.rapport.exportjobs;

import java.util.List;
import java.util.Set;

/// The contract that a job belongs to, with that contract's status words.
public enum ExportKind {
  BUFDIR_EXPORT("bufdir-exports", "queued", "processing"),
  REPORT_REEXPORT("report-reexports", "pending", "running"),
  EXPORT_FILE("export-files", "queued", "in_progress");

  private static final String INITIALIZING = "initializing";

  private final String collection;
  private final String queued;
  private final String processing;

  ExportKind(String collection, String queued, String processing) {
    this.collection = collection;
    this.queued = queued;
    this.processing = processing;
  }

  /// Returns the name of the collection that holds the jobs.
  public String collection() {
    return collection;
  }

  /// Returns the contract's status word for the job's state. Lists filter by it.
  public String statusOf(ExportJob job) {
    return switch (job.state()) {
      case INITIALIZING -> INITIALIZING;
      case QUEUED -> queued;
      case PROCESSING -> processing;
      case COMPLETED -> this != EXPORT_FILE ? "completed"
          : job.rowCount() == 0 ? "empty_list" : job.leftOut().isPresent() ? "success_with_errors" : "available";
      case FAILED -> "failed";
      case CANCELLED -> this == EXPORT_FILE ? "failed" : "cancelled";
    };
  }

  /// Returns all values of [#statusOf].
  public Set<String> statuses() {
    return this == EXPORT_FILE
        ? Set.of(INITIALIZING, queued, processing, "available", "success_with_errors", "empty_list", "failed")
        : Set.of(queued, processing, "completed", "failed", "cancelled");
  }

  /// Returns the status words of unfinished jobs.
  public List<String> unfinished() {
    return this == EXPORT_FILE ? List.of(INITIALIZING, queued, processing) : List.of(queued, processing);
  }

  /// Returns the status words of jobs that wait to be processed.
  public List<String> waiting() {
    return this == EXPORT_FILE ? List.of(INITIALIZING, queued) : List.of(queued);
  }

  /// Returns the status word of jobs that are being processed.
  public String processing() {
    return processing;
  }
}
