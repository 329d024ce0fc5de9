package no.rapport.reportreexports;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import no.rapport.api.Body;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportState;
import no.rapport.reportrecords.FileRef;

/// What a worker reports about a re-export (`PUT /api/v1/report-reexports/{reexport_id}`). What it leaves out, or gives
/// as `null`, stays as it is.
record WorkerReport(Optional<ExportState> status, Optional<String> fileRef, Optional<Long> fileSizeBytes,
    Optional<Instant> completedAt, Optional<Boolean> notified) {

  private static final Set<String> CHANGEABLE =
      Set.of("status", "output_file_ref", "output_file_size_bytes", "completed_at", "notified");
  private static final long MAX_SIZE = (1L << 53) - 1;

  /// @param present the re-export as it is shown
  static WorkerReport parse(Body body, ExportJob job, Supplier<ObjectNode> present) {
    body.readOnly(present, CHANGEABLE);
    Optional<ExportState> status = body.word("status", WorkerReport::state,
        "must be pending, running, completed, failed or cancelled");
    Optional<String> fileRef = body.word("output_file_ref", key -> FileRef.of(job.orgId(), key), FileRef.EXPECTATION);
    Optional<Long> size = body.integer("output_file_size_bytes", 0, MAX_SIZE);
    boolean nothingToSize = job.file().isEmpty() && (!body.has("output_file_ref") || body.isNull("output_file_ref"));
    if (nothingToSize && status.filter(ExportState.COMPLETED::equals).isPresent()) {
      body.wrong("output_file_ref", "is required when status is completed");
    } else if (nothingToSize && size.isPresent()) {
      body.wrong("output_file_size_bytes", "needs an output_file_ref");
    }
    return new WorkerReport(status, fileRef, size, body.instant("completed_at"), body.bool("notified"));
  }

  private static Optional<ExportState> state(String word) {
    return switch (word) {
      case "pending" -> Optional.of(ExportState.QUEUED);
      case "running" -> Optional.of(ExportState.PROCESSING);
      case "completed" -> Optional.of(ExportState.COMPLETED);
      case "failed" -> Optional.of(ExportState.FAILED);
      case "cancelled" -> Optional.of(ExportState.CANCELLED);
      default -> Optional.empty();
    };
  }

  /// The re-export as reported; empty where its state does not allow it. What has ended stays as it is, but that its
  /// notification may be marked as sent, and that the same may be said again.
  Optional<ExportJob> over(ExportJob job, Instant now) {
    ExportState next = status.orElse(job.state());
    Optional<ExportFile> file = fileOver(job);
    boolean ended = !job.state().isUnfinished();
    if (ended ? next != job.state() || !file.equals(job.file()) || contradictsEnd(job)
        : next != job.state() && !job.state().mayBecome(next)) {
      return Optional.empty();
    }
    return Optional.of(job.reported(next, file, ended ? Optional.empty() : completedAt, notified, now));
  }

  private Optional<ExportFile> fileOver(ExportJob job) {
    Optional<String> key = fileRef.or(() -> job.file().map(ExportFile::key));
    boolean same = key.equals(job.file().map(ExportFile::key));
    Optional<Long> size = fileSizeBytes.or(() -> same ? job.file().flatMap(ExportFile::size) : Optional.empty());
    return same && size.equals(job.file().flatMap(ExportFile::size)) ? job.file()
        : key.map(k -> ExportFile.reported(k, FileRef.contentType(k), size));
  }

  private boolean contradictsEnd(ExportJob job) {
    return completedAt.isPresent() && !completedAt.equals(job.completedAt());
  }
}
