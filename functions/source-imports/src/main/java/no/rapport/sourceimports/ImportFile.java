package no.rapport.sourceimports;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import no.rapport.imports.ImportKind;
import no.rapport.imports.ImportRecord;
import no.rapport.imports.ImportRecords;
import no.rapport.imports.ImportResult;
import no.rapport.imports.UploadedFile;
import no.rapport.sourceimports.ImportKey.RowFile;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Imports one file of rows and writes its report.
///
/// An import that must stop before the end stores its state, and the arrival of that state continues it. Every step may
/// be repeated: rows carry versions, and an event whose import is finished does not import the file again.
final class ImportFile {

  private final S3Client s3;
  private final ImportStates states;
  private final ImportRecords imports;
  private final DynamoDbClient dynamoDb;
  private final String table;
  private final RowWriter.Pause pause;
  private final InstantSource clock;

  ImportFile(ImportRecords imports, S3Client s3, DynamoDbClient dynamoDb, String table, RowWriter.Pause pause, InstantSource clock) {
    this.imports = imports;
    this.s3 = s3;
    this.states = new ImportStates(s3);
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.pause = pause;
    this.clock = clock;
  }

  /// The outcome of an invocation.
  enum Outcome {
    /// The report has been written.
    COMPLETED,
    /// The state has been stored, and the import continues from it.
    PAUSED,
    /// This import was already complete.
    ALREADY_DONE,
    /// The file was removed or replaced. A replacement has its own event.
    SUPERSEDED
  }

  /// Begins an import.
  ///
  /// @param putAt when the file was put into the bucket; if empty, the bucket is asked
  /// @param stop asked after each row whether to pause
  Outcome begin(String bucket, RowFile file, Optional<Instant> putAt, BooleanSupplier stop) {
    Optional<HeadObjectResponse> head = head(bucket, file.key());
    if (head.isEmpty()) {
      return Outcome.SUPERSEDED;
    }
    long importedAt = putAt.orElse(head.get().lastModified()).toEpochMilli();
    return run(bucket, file, head.get(), ImportState.start(head.get().eTag(), importedAt), stop);
  }

  /// Continues a paused import, or begins again if its state cannot be read.
  Outcome resume(String bucket, RowFile file, BooleanSupplier stop) {
    Optional<ImportState> state = states.paused(bucket, file);
    Optional<HeadObjectResponse> head = head(bucket, file.key());
    if (head.isEmpty() || state.isPresent() && !head.get().eTag().equals(state.get().etag())) {
      state.ifPresent(paused -> superseded(begun(file, paused, head.map(HeadObjectResponse::contentLength).orElse(0L))));
      states.forget(bucket, file);
      return Outcome.SUPERSEDED;
    }
    if (state.isEmpty() && !states.isPaused(bucket, file)) {
      return Outcome.ALREADY_DONE;
    }
    ImportState from = state.orElseGet(
        () -> ImportState.start(head.get().eTag(), head.get().lastModified().toEpochMilli()));
    return run(bucket, file, head.get(), from, stop);
  }

  /// Ends an import that failed repeatedly, and reports the failure.
  Outcome giveUp(String bucket, RowFile file, Instant putAt) {
    Optional<HeadObjectResponse> head = head(bucket, file.key());
    if (head.isEmpty()) {
      states.forget(bucket, file);
      return Outcome.SUPERSEDED;
    }
    ImportState from = states.paused(bucket, file)
        .orElseGet(() -> ImportState.start(head.get().eTag(), putAt.toEpochMilli()));
    ImportRecord imported = begun(file, from, head.get().contentLength());
    return complete(bucket, file, imported, from, new Progress(from, imported.dryRun()), Optional.of(
        "The import failed because of an error in Rapport, which has been reported; some rows may have been imported"));
  }

  private Outcome run(
      String bucket, RowFile file, HeadObjectResponse head, ImportState from, BooleanSupplier stop) {
    ImportRecord imported = begun(file, from, head.contentLength());
    if (imported.status().isFinal()) {
      states.removeChecked(bucket, imported);
      return Outcome.ALREADY_DONE;
    }
    var progress = new Progress(from, imported.dryRun());
    try {
      boolean paused = importRows(bucket, file, head, from, stop, progress);
      ImportState reached = progress.state(from);
      if (!paused) {
        return complete(bucket, file, imported, reached, progress, Optional.empty());
      }
      if (reached.offset() <= from.offset()) {
        throw new ImportHeldUp("An import made no progress", null);
      }
      imports.reached(imported.importId(), progress.bytesRead(), clock.instant());
      states.pause(bucket, file, reached);
      return Outcome.PAUSED;
    } catch (UnreadableFile e) {
      return complete(bucket, file, imported, progress.state(from), progress, Optional.of(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException("An import could not continue", e);
    } catch (S3Exception e) {
      // The file was replaced or removed during the import, or another delivery of the event has completed it.
      if (e.statusCode() == 412 || e.statusCode() == 404) {
        return superseded(imported);
      }
      throw e;
    }
  }

  /// Returns the record of the import to which a state belongs.
  private ImportRecord begun(RowFile file, ImportState from, long size) {
    ImportKind kind = file.form().kind() == RowKind.CASES ? ImportKind.CASES : ImportKind.ACTIVITIES;
    return imports.begin(new UploadedFile(file.orgId(), kind, file.key(), from.etag(), size,
        Instant.ofEpochMilli(from.importedAt())), clock.instant());
  }

  /// Fails the import's record, unless another delivery has already ended it.
  private Outcome superseded(ImportRecord imported) {
    imports.fail(imported.importId(), "The file was replaced or removed before it was read to its end", clock.instant());
    return Outcome.SUPERSEDED;
  }

  /// Writes the report first and ends the record last, so that a run that stops in between is repeated.
  private Outcome complete(String bucket, RowFile file, ImportRecord imported, ImportState reached, Progress progress,
      Optional<String> error) {
    try {
      ObjectNode head = ImportReport.head(imported, reached, progress.found, error);
      states.report(bucket, imported, ImportReport.of(head, reached));
      imports.end(imported.importId(), ImportResult.of(head, reached.rejected().entries(), reached.warned().entries(),
          reached.masked().entries()), clock.instant());
      states.removeChecked(bucket, imported);
      states.forget(bucket, file);
      return Outcome.COMPLETED;
    } catch (IOException e) {
      throw new UncheckedIOException("The report of an import could not be written", e);
    }
  }

  /// What a step has done so far.
  private static final class Progress {

    private final ReportList rejected;
    private final ReportList masked;
    private final ReportList warned;
    private final UnknownColumns unknown = new UnknownColumns();
    private Optional<ImportReport.Found> found = Optional.empty();
    private RegisterProgress.Totals register;
    private ImportCounts counts;
    private Boolean zerosLost;
    private long read;
    private long offset;
    private long line;
    private int recoveries;
    private final boolean dryRun;
    private boolean isLookingAhead;
    private ObjectBytes reading;

    Progress(ImportState from, boolean dryRun) {
      this.dryRun = dryRun;
      rejected = new ReportList(from.rejected());
      masked = new ReportList(from.masked());
      warned = new ReportList(from.warned());
      unknown.names().addAll(from.unknownColumns());
      register = from.register();
      counts = from.counts();
      zerosLost = from.zerosLost();
      read = from.read();
      offset = from.offset();
      line = from.line();
      recoveries = from.recoveries();
    }

    void note(Cells cells) {
      if (cells.isRejected()) {
        rejected.add(rejected.hasRoom() ? ImportReport.rejected(cells.rejections()) : null);
        return;
      }
      if (!cells.warnings().isEmpty()) {
        warned.add(warned.hasRoom() ? ImportReport.warned(cells.warnings()) : null);
      }
      if (!cells.masked().isEmpty()) {
        masked.add(masked.hasRoom() ? ImportReport.masked(cells) : null);
      }
    }

    /// Opens the file and keeps the stream from which rows are read.
    InputStream open(ObjectBytes bytes) {
      reading = isLookingAhead ? reading : bytes;
      return bytes;
    }

    long bytesRead() {
      return reading == null ? 0 : reading.position();
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
          masked.listed(), warned.listed(), zerosLost, List.copyOf(unknown.names()),
          register);
    }
  }

  /// Imports rows until the end of the file or until the import must pause.
  ///
  /// @return whether it paused before the end
  private boolean importRows(
      String bucket, RowFile file, HeadObjectResponse head, ImportState from, BooleanSupplier stop, Progress progress)
      throws IOException {
    if (from.steps() >= ImportState.MAX_STEPS - 1) {
      throw new UnreadableFile("The import was given up after " + from.steps() + " pauses; split the file");
    }
    long size = head.contentLength();
    var text = new FileText(
        offset -> progress.open(new ObjectBytes(s3, bucket, file.key(), from.etag(), size, offset)), size, file.key());
    progress.found = Optional.of(new ImportReport.Found(text.content(), text.isCompressed(), null, null, 0));
    var source = ImportSource.of(
        file.key(), Instant.ofEpochMilli(from.importedAt()), clock.instant(), () -> {
          if (progress.zerosLost == null) {
            progress.isLookingAhead = true;
            progress.zerosLost = haveZerosBeenLost(text, file);
            progress.isLookingAhead = false;
          }
          return progress.zerosLost;
        });
    if (file.form().kind() == RowKind.CASES && text.content().isDocuments()) {
      return importDocuments(text, file, from, source, stop, progress);
    }
    try (Rows rows = rows(text, file, from, progress);
        var writer = writer(file, progress.dryRun)) {
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

  private RowWriter writer(RowFile file, boolean dryRun) {
    return new RowWriter(dynamoDb, table, file.form().kind(), file.orgId(), pause, dryRun);
  }

  /// Imports documents of the national register until the end of the file or until the import must pause.
  private boolean importDocuments(
      FileText text, RowFile file, ImportState from, ImportSource source, BooleanSupplier stop, Progress progress)
      throws IOException {
    var register = new RegisterProgress(from.register(), progress.rejected::add, progress.warned::add);
    boolean isArchive = text.content().kind() == FileContent.Kind.ZIP;
    try {
      boolean isDone = new RegisterImport(dynamoDb, table, pause, progress.dryRun)
          .run(text.asPut(), isArchive, file.orgId(), source, register, stop);
      if (isDone) {
        requireDocuments(register.totals(), progress);
      }
      return !isDone;
    } catch (UnreadableDocument e) {
      throw new UnreadableFile(e.getMessage());
    } finally {
      progress.register = register.totals();
      progress.offset = register.documents();
      progress.read = progress.register.elements();
      progress.counts = progress.register.counts();
    }
  }

  private static void requireDocuments(RegisterProgress.Totals totals, Progress progress) throws UnreadableFile {
    if (totals.documents() == 0) {
      throw new UnreadableFile("The archive holds no documents");
    }
    if (totals.refused() == totals.documents()) {
      throw new UnreadableFile("No document could be taken: the first one "
          + progress.rejected.listed().entries().getFirst().path("reason").asText());
    }
  }

  private static Rows rows(FileText text, RowFile file, ImportState from, Progress progress) throws IOException {
    FileContent content = text.content();
    var parser = new JsonRows.Parser(file.form().columns(), progress.unknown);
    long offset = from.offset();
    return switch (content.kind()) {
      case CSV -> {
        var first = new Lines(text.open(0), content.lineEnd(), 0, 1);
        CsvRows.Header header = CsvRows.readHeader(first, file.form(), progress.unknown);
        progress.found = Optional.of(new ImportReport.Found(
            content, text.isCompressed(), header.separator(), header.columns().shown(), header.line()));
        yield new CsvRows(offset == 0 ? first : lines(text, from), header, from.recoveries());
      }
      case JSON_LINES -> new JsonRows(lines(text, from), parser);
      case JSON_ARRAY -> new JsonArrayRows(text.open(offset), offset, from.line(), parser);
      case WORKBOOK -> {
        WorkbookRows rows = WorkbookRows.open(text, file.form(), progress.unknown, offset);
        progress.found = Optional.of(new ImportReport.Found(
            content, false, null, rows.header().shown(), rows.headerLine()));
        yield rows;
      }
      case XML -> throw new UnreadableFile("This is an XML or HTML document; save the table as .xlsx or as CSV UTF-8");
      case ZIP -> throw new UnreadableFile("This is a ZIP archive; unpack it and put its files");
      case GZIP -> throw new UnreadableFile("This is a gzip file in a gzip file; compress it only once");
    };
  }

  private static Lines lines(FileText text, ImportState from) throws IOException {
    return new Lines(text.open(from.offset()), text.content().lineEnd(), from.offset(), from.line());
  }

  /// Returns whether every municipality in the file has three or four digits, which shows that a spreadsheet dropped
  /// the zeros.
  private static boolean haveZerosBeenLost(FileText text, RowFile file) {
    ImportState start = ImportState.start("any", 0);
    try (Rows rows = rows(text, file, start, new Progress(start, true))) {
      for (Cells cells = rows.next(); cells != null; cells = rows.next()) {
        String cell = cells.isRejected() ? null : cells.cell("municipality", Cells.Form.TEXT);
        if (cell != null && !ActivityForm.isMunicipalityOfSpreadsheet(cell)) {
          return false;
        }
      }
      return true;
    } catch (UnreadableFile e) {
      // Rows that cannot be read show nothing about the zeros.
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("An import could not check the file for lost zeros", e);
    }
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
