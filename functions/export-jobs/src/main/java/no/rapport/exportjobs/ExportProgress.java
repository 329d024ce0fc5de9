package no.rapport.exportjobs;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Stores and reads the progress of a running export. Each part has its own note, so that parallel parts do not
/// contend.
public final class ExportProgress {

  private static final Duration NOTE_LIFETIME = Duration.ofDays(2);
  private static final int MAX_PARTS = 1_000;

  private final Records records;

  ExportProgress(Records records) {
    this.records = records;
  }

  private record Written(long rows) {}

  /// The progress of an export.
  ///
  /// @param percent never decreases; 100 only for completed exports
  public record Progress(int percent, long rowsWritten, long rowsTotal) {}

  /// Records how many rows a part has written. A repeated part starts from zero; the recorded count never decreases.
  public void report(ExportJob job, int part, long rows, Instant now) {
    String sort = "%05d".formatted(part);
    String document = Documents.write(new Written(rows));
    Optional<Note> seen = records.note(partition(job), sort, now);
    if (seen.isEmpty()) {
      records.commit(new Change.AddNote(Note.first(partition(job), sort, document, now.plus(NOTE_LIFETIME))));
    } else if (Documents.read(seen.get().document(), Written.class).rows() < rows) {
      records.commit(new Change.ReplaceNote(seen.get(), seen.get().next(document)));
    }
    // A refused commit needs no retry: another run of the same part has just recorded its count.
  }

  /// Returns the job's progress now.
  public Progress read(ExportJob job, Instant now) {
    return switch (job.state()) {
      case COMPLETED -> new Progress(100, job.rowCount(), job.rowCount());
      case INITIALIZING, QUEUED -> new Progress(0, 0, 0);
      case PROCESSING -> {
        long written = written(job, now);
        long total = Math.max(job.rowsTotal(), written);
        yield new Progress(total == 0 ? 5 : (int) (5 + written * 90 / total), written, total);
      }
      case FAILED, CANCELLED -> {
        long written = written(job, now);
        long total = Math.max(job.rowsTotal(), written);
        yield new Progress(total == 0 ? 0 : (int) (5 + written * 90 / total), written, total);
      }
    };
  }

  private long written(ExportJob job, Instant now) {
    return records.notes(partition(job), "", MAX_PARTS, now).stream()
        .mapToLong(note -> Documents.read(note.document(), Written.class).rows()).sum();
  }

  /// Automatic restarts share a partition, so that progress does not decrease. A caller's retry starts from zero.
  private static String partition(ExportJob job) {
    return "progress#" + job.orgId() + "#" + job.id() + "#" + job.retryCount();
  }
}
