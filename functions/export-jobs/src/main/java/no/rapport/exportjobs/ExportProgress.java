package no.rapport.exportjobs;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// How far the parts of a running export are: one note per part, so that parallel parts do not wait for each other.
public final class ExportProgress {

  private static final Duration KEPT = Duration.ofDays(2);
  private static final int MAX_PARTS = 1_000;

  private final Records records;

  ExportProgress(Records records) {
    this.records = records;
  }

  private record Written(long rows) {}

  /// How far an export is.
  ///
  /// @param percent only grows, and is 100 exactly when completed
  public record Progress(int percent, long rowsWritten, long rowsTotal) {}

  /// What the part has written so far. A part that is run again starts over, but never counts down.
  public void report(ExportJob job, int part, long rows, Instant now) {
    String sort = "%05d".formatted(part);
    String document = Documents.write(new Written(rows));
    Optional<Note> seen = records.note(partition(job), sort, now);
    if (seen.isEmpty()) {
      records.commit(new Change.AddNote(Note.first(partition(job), sort, document, now.plus(KEPT))));
    } else if (Documents.read(seen.get().document(), Written.class).rows() < rows) {
      records.commit(new Change.ReplaceNote(seen.get(), seen.get().next(document)));
    }
    // A commit that is refused lost to a run of the same part, which tells the same.
  }

  /// How far the job is now.
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

  /// Attempts that follow by themselves share a partition, so that progress does not fall back; a retry starts anew.
  private static String partition(ExportJob job) {
    return "progress#" + job.orgId() + "#" + job.id() + "#" + job.retryCount();
  }
}
