package no.rapport.exportjobs;

import java.util.List;
import java.util.Set;

/// Which contract a job belongs to, and that contract's words for its states.
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

  /// Where its resources are kept and listed.
  public String collection() {
    return collection;
  }

  /// The contract's status word; lists filter by it.
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

  /// All its words: what [#statusOf] may answer.
  public Set<String> statuses() {
    return this == EXPORT_FILE
        ? Set.of(INITIALIZING, queued, processing, "available", "success_with_errors", "empty_list", "failed")
        : Set.of(queued, processing, "completed", "failed", "cancelled");
  }

  /// The words for what is not finished.
  public List<String> unfinished() {
    return this == EXPORT_FILE ? List.of(INITIALIZING, queued, processing) : List.of(queued, processing);
  }

  /// The words for what is not at work yet.
  public List<String> waiting() {
    return this == EXPORT_FILE ? List.of(INITIALIZING, queued) : List.of(queued);
  }

  /// The word for what is at work.
  public String atWork() {
    return processing;
  }
}
