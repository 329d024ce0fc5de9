package no.rapport.sourceimports;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import no.rapport.sourceimports.ImportKey.RowFile;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Imports a file of rows and writes its report.
///
/// An import that has to stop before the end keeps its state and goes on when that arrives. Every step may be repeated:
/// rows carry versions, and a file whose import is finished is not imported again for the same event.
final class ImportFile {

  private final S3Client s3;
  private final ImportStates states;
  private final DynamoDbClient dynamoDb;
  private final String table;
  private final RowWriter.Pause pause;

  ImportFile(S3Client s3, DynamoDbClient dynamoDb, String table, RowWriter.Pause pause) {
    this.s3 = s3;
    this.states = new ImportStates(s3);
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.pause = pause;
  }

  /// What an invocation did.
  enum Outcome {
    /// The report is there.
    COMPLETED,
    /// The state is there with which the import goes on.
    PAUSED,
    /// This very import had been completed before.
    ALREADY_DONE,
    /// The file is gone or another one is in its place, whose own event is on its way.
    SUPERSEDED
  }

  /// Begins an import.
  ///
  /// @param putAt when the file was put into the bucket; empty to ask the bucket
  /// @param stop asked after each row whether to pause
  Outcome begin(String bucket, RowFile file, Optional<Instant> putAt, BooleanSupplier stop) {
    Optional<HeadObjectResponse> head = head(bucket, file.key());
    if (head.isEmpty()) {
      return Outcome.SUPERSEDED;
    }
    long importedAt = putAt.orElse(head.get().lastModified()).toEpochMilli();
    return run(bucket, file, head.get(), ImportState.start(head.get().eTag(), importedAt), stop);
  }

  /// Goes on with a paused import; begins anew where its state cannot be read.
  Outcome resume(String bucket, RowFile file, BooleanSupplier stop) {
    Optional<ImportState> state = states.paused(bucket, file);
    Optional<HeadObjectResponse> head = head(bucket, file.key());
    if (head.isEmpty() || state.isPresent() && !head.get().eTag().equals(state.get().etag())) {
      states.forget(bucket, file);
      return Outcome.SUPERSEDED;
    }
    if (state.isEmpty() && states.isDone(bucket, file, head.get().eTag())) {
      return Outcome.ALREADY_DONE;
    }
    ImportState from = state.orElseGet(
        () -> ImportState.start(head.get().eTag(), head.get().lastModified().toEpochMilli()));
    return run(bucket, file, head.get(), from, stop);
  }

  private Outcome run(
      String bucket, RowFile file, HeadObjectResponse head, ImportState from, BooleanSupplier stop) {
    if (states.isDone(bucket, file, from)) {
      return Outcome.ALREADY_DONE;
    }
    var progress = new Progress(from);
    try {
      boolean paused = importRows(bucket, file, head, from, stop, progress);
      ImportState reached = progress.state(from);
      if (!paused) {
        states.complete(bucket, file, reached, ImportReport.of(file.key(), reached, Optional.empty()));
        return Outcome.COMPLETED;
      }
      if (reached.offset() <= from.offset()) {
        throw new ImportHeldUp("An import made no progress", null);
      }
      states.pause(bucket, file, reached);
      return Outcome.PAUSED;
    } catch (UnreadableFile e) {
      return fail(bucket, file, progress.state(from), e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("An import could not go on", e);
    } catch (S3Exception e) {
      // The file was replaced or removed while it was read; or another delivery has just completed the import.
      if (e.statusCode() == 412 || e.statusCode() == 404) {
        return states.isDone(bucket, file, from) ? Outcome.ALREADY_DONE : Outcome.SUPERSEDED;
      }
      throw e;
    }
  }

  private Outcome fail(String bucket, RowFile file, ImportState reached, String reason) {
    try {
      states.complete(bucket, file, reached, ImportReport.of(file.key(), reached, Optional.of(reason)));
      return Outcome.COMPLETED;
    } catch (IOException e) {
      throw new UncheckedIOException("The report of an import could not be written", e);
    }
  }

  /// What a step has done so far.
  private static final class Progress {

    private final ReportList rejected;
    private final ReportList masked;
    private final UnknownColumns unknown = new UnknownColumns();
    private ImportCounts counts;
    private long read;
    private long offset;
    private long line;
    private int recoveries;

    Progress(ImportState from) {
      rejected = new ReportList(from.rejected());
      masked = new ReportList(from.masked());
      unknown.names().addAll(from.unknownColumns());
      counts = from.counts();
      read = from.read();
      offset = from.offset();
      line = from.line();
      recoveries = from.recoveries();
    }

    void note(Cells cells) {
      if (cells.isRejected()) {
        rejected.add(rejected.hasRoom() ? ImportReport.rejected(cells.rejections()) : null);
      } else if (!cells.masked().isEmpty()) {
        masked.add(masked.hasRoom() ? ImportReport.masked(cells) : null);
      }
    }

    void reached(Rows rows, ImportCounts written) {
      counts = counts.plus(written);
      offset = rows.offset();
      line = rows.line();
      recoveries = rows.recoveries();
    }

    ImportState state(ImportState from) {
      return new ImportState(
          from.etag(), from.importedAt(), from.steps() + 1, offset, line, read, recoveries, counts, rejected.listed(),
          masked.listed(), List.copyOf(unknown.names()));
    }
  }

  /// Imports rows to the end of the file or until it is to stop.
  ///
  /// @return whether it stopped before the end
  private boolean importRows(
      String bucket, RowFile file, HeadObjectResponse head, ImportState from, BooleanSupplier stop, Progress progress)
      throws IOException {
    if (from.steps() >= ImportState.MAX_STEPS - 1) {
      throw new UnreadableFile("The import was given up after " + from.steps() + " pauses; split the file");
    }
    Rows rows = rows(bucket, file, head, from, progress.unknown);
    var source = ImportSource.of(file.key(), Instant.ofEpochMilli(from.importedAt()));
    try (var writer = new RowWriter(dynamoDb, table, file.form().kind(), file.orgId(), pause)) {
      boolean paused = false;
      try {
        Cells cells = rows.next();
        while (cells != null && !paused) {
          progress.read++;
          SourceRow row = cells.isRejected() ? null : file.form().parse(cells, file.orgId(), source);
          progress.note(cells);
          if (!cells.isRejected()) {
            writer.add(row);
          }
          paused = stop.getAsBoolean();
          if (!paused) {
            cells = rows.next();
          }
        }
      } catch (UnreadableFile e) {
        progress.reached(rows, writer.flush());
        throw e;
      }
      progress.reached(rows, writer.flush());
      return paused;
    }
  }

  private Rows rows(
      String bucket, RowFile file, HeadObjectResponse head, ImportState from, UnknownColumns unknown)
      throws IOException {
    if (!file.csv()) {
      return new JsonRows(lines(bucket, file, head, from), file.form().columns(), unknown);
    }
    ImportState start = ImportState.start(from.etag(), from.importedAt());
    Lines first = lines(bucket, file, head, start);
    CsvHeader header = CsvRows.readHeader(first, file.form().columns(), unknown);
    var missing = new TreeSet<>(file.form().requiredColumns(header.indexOf("deleted") >= 0));
    missing.removeAll(header.columns());
    if (!missing.isEmpty()) {
      throw new UnreadableFile("The header lacks the columns " + String.join(", ", missing));
    }
    Lines lines = from.offset() == 0 ? first : lines(bucket, file, head, from);
    return new CsvRows(lines, header, from.recoveries());
  }

  private Lines lines(String bucket, RowFile file, HeadObjectResponse head, ImportState from) {
    return new Lines(
        new ObjectBytes(s3, bucket, file.key(), from.etag(), head.contentLength(), from.offset()),
        from.offset(), from.line());
  }

  private Optional<HeadObjectResponse> head(String bucket, String key) {
    try {
      return Optional.of(s3.headObject(request -> request.bucket(bucket).key(key)));
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
