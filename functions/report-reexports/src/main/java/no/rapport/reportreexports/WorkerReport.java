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

/// A worker's report about a re-export (the body of `PUT /api/v1/report-reexports/{reexport_id}`). Members that are
/// left out or `null` keep their value.
record WorkerReport(Optional<ExportState> status, Optional<String> fileRef, Optional<Long> fileSizeBytes,
    Optional<Instant> completedAt, Optional<Boolean> notified) {

  private static final Set<String> CHANGEABLE =
      Set.of("status", "output_file_ref", "output_file_size_bytes", "completed_at", "notified");
  /// The largest integer that every JSON reader represents exactly (RFC 8259, section 6).
  private static final long MAX_SIZE_BYTES = (1L << 53) - 1;

  /// @param present returns the re-export as GET shows it
  static WorkerReport parse(Body body, ExportJob job, Supplier<ObjectNode> present) {
    body.readOnly(present, CHANGEABLE);
    Optional<ExportState> status = body.word("status", WorkerReport::state,
        "must be pending, running, completed, failed or cancelled");
    Optional<String> fileRef = body.word("output_file_ref", key -> FileRef.of(job.orgId(), key), FileRef.EXPECTATION);
    Optional<Long> size = body.integer("output_file_size_bytes", 0, MAX_SIZE_BYTES);
    boolean hasNoFile = job.file().isEmpty() && (!body.has("output_file_ref") || body.isNull("output_file_ref"));
    if (hasNoFile && status.filter(ExportState.COMPLETED::equals).isPresent()) {
      body.wrong("output_file_ref", "is required when status is completed");
    } else if (hasNoFile && size.isPresent()) {
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

  /// Returns the re-export as reported, or empty if its state does not allow it. After the end only `notified` may
  /// change. A report may repeat all other members with the values that they have.
  Optional<ExportJob> applyTo(ExportJob job, Instant now) {
    ExportState next = status.orElse(job.state());
    Optional<ExportFile> file = reportedFile(job);
    boolean ended = !job.state().isUnfinished();
    if (ended ? next != job.state() || !file.equals(job.file()) || contradictsEnd(job)
        : next != job.state() && !job.state().mayBecome(next)) {
      return Optional.empty();
    }
    return Optional.of(job.reported(next, file, ended ? Optional.empty() : completedAt, notified, now));
  }

  private Optional<ExportFile> reportedFile(ExportJob job) {
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
