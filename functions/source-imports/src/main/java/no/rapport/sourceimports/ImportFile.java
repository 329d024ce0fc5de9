package no.rapport.sourceimports;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import no.rapport.sourceimports.ImportCheckpoint.Segment;
import no.rapport.sourceimports.ImportKey.RowFile;
import no.rapport.sourceimports.ReportList.StreamSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Imports a file of rows and writes its report.
///
/// An import that has to stop before the end writes a checkpoint beside the file and goes on when that arrives. Every
/// step may be repeated: rows carry versions, stretches of lists are named by what they are about, and a file whose
/// report is there is not imported again for the same event.
final class ImportFile {

  /// What a report was made of; kept with it, so that a repeated delivery is recognised.
  private static final String IMPORT_OF = "import-of";
  private static final String REJECTED = "rejected";
  private static final String MASKED = "masked";

  private final S3Client s3;
  private final DynamoDbClient dynamoDb;
  private final String table;
  private final RowWriter.Pause pause;

  ImportFile(S3Client s3, DynamoDbClient dynamoDb, String table, RowWriter.Pause pause) {
    this.s3 = s3;
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.pause = pause;
  }

  /// What an invocation did.
  enum Outcome {
    /// The report is there.
    COMPLETED,
    /// The checkpoint is there.
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
    return run(bucket, file, head.get(), ImportCheckpoint.start(head.get().eTag(), importedAt), stop);
  }

  /// Goes on with an import from its checkpoint.
  Outcome resume(String bucket, RowFile file, BooleanSupplier stop) {
    Optional<ImportCheckpoint> checkpoint = readCheckpoint(bucket, file);
    if (checkpoint.isEmpty()) {
      return Outcome.ALREADY_DONE;
    }
    Optional<HeadObjectResponse> head =
        head(bucket, file.key()).filter(found -> found.eTag().equals(checkpoint.get().etag()));
    if (head.isEmpty()) {
      remove(bucket, segmentKeys(checkpoint.get()));
      remove(bucket, List.of(file.checkpointKey()));
      return Outcome.SUPERSEDED;
    }
    return run(bucket, file, head.get(), checkpoint.get(), stop);
  }

  private Outcome run(
      String bucket, RowFile file, HeadObjectResponse head, ImportCheckpoint from, BooleanSupplier stop) {
    if (isDone(bucket, file, from)) {
      return Outcome.ALREADY_DONE;
    }
    try (var rejected = new ReportList(s3, bucket, file.key(), REJECTED, from.offset(), from.segments());
        var masked = new ReportList(s3, bucket, file.key(), MASKED, from.offset(), from.segments())) {
      return importRows(bucket, file, head, from, stop, rejected, masked);
    } catch (IOException e) {
      throw new UncheckedIOException("The import of " + file.key() + " could not go on", e);
    } catch (S3Exception e) {
      // The file was replaced or removed while it was read; or another delivery has just completed the import.
      if (e.statusCode() == 412 || e.statusCode() == 404) {
        return isDone(bucket, file, from) ? Outcome.ALREADY_DONE : Outcome.SUPERSEDED;
      }
      throw e;
    }
  }

  private Outcome importRows(
      String bucket, RowFile file, HeadObjectResponse head, ImportCheckpoint from, BooleanSupplier stop,
      ReportList rejectedList, ReportList maskedList) throws IOException {
    var lines = new Lines(
        new ObjectBytes(s3, bucket, file.key(), from.etag(), head.contentLength(), from.offset()),
        from.offset(), from.line());
    var unknown = new UnknownColumns();
    unknown.names().addAll(from.unknownColumns());
    Optional<CsvHeader> header = Optional.empty();
    if (file.csv()) {
      if (from.offset() > 0) {
        header = Optional.of(new CsvHeader(from.separator().charAt(0), from.columns()));
      } else {
        switch (CsvRows.readHeader(lines, file.form().columns())) {
          case CsvRows.HeaderLine.Unusable(String reason) -> {
            writeReport(bucket, file, from, Optional.of(reason), rejectedList, maskedList);
            return Outcome.COMPLETED;
          }
          case CsvRows.HeaderLine.Usable(CsvHeader read, List<String> unknownNames) -> {
            var missing = new TreeSet<>(file.form().requiredColumns(read.indexOf("deleted") >= 0));
            missing.removeAll(read.columns());
            if (!missing.isEmpty()) {
              String reason = "The header lacks the columns " + String.join(", ", missing);
              writeReport(bucket, file, from, Optional.of(reason), rejectedList, maskedList);
              return Outcome.COMPLETED;
            }
            unknown.addAll(unknownNames);
            header = Optional.of(read);
          }
        }
      }
    }
    Rows rows = header.isPresent()
        ? new CsvRows(lines, header.get())
        : new JsonRows(lines, file.form().columns(), unknown);
    var source = ImportSource.of(file.key(), Instant.ofEpochMilli(from.importedAt()));
    long read = from.read();
    long rejected = from.rejected();
    long masked = from.masked();
    boolean paused = false;
    ImportCounts counts = from.counts();
    try (var writer = new RowWriter(dynamoDb, table, file.form().kind(), file.orgId(), pause)) {
      Cells cells = rows.next();
      while (cells != null && !paused) {
        read++;
        SourceRow row = cells.isRejected() ? null : file.form().parse(cells, file.orgId(), source);
        if (cells.isRejected()) {
          rejected++;
          rejectedList.add(entry(cells.rejections()), lines.offset());
        } else {
          if (!cells.masked().isEmpty()) {
            masked++;
            maskedList.add(entry(cells), lines.offset());
          }
          writer.add(row);
        }
        paused = stop.getAsBoolean();
        if (!paused) {
          cells = rows.next();
        }
      }
      counts = counts.plus(writer.flush());
    }
    var segments = new ArrayList<Segment>();
    if (paused) {
      segments.addAll(rejectedList.store(lines.offset()));
      segments.addAll(maskedList.store(lines.offset()));
    }
    var reached = new ImportCheckpoint(
        from.etag(), from.importedAt(), lines.offset(), lines.number(),
        header.map(found -> String.valueOf(found.separator())).orElse(""),
        header.map(CsvHeader::columns).orElse(List.of()),
        read, counts, rejected, masked, List.copyOf(unknown.names()), segments);
    if (paused) {
      byte[] json = JsonRows.MAPPER.writeValueAsBytes(reached);
      s3.putObject(
          request -> request.bucket(bucket).key(file.checkpointKey()).contentType("application/json"),
          RequestBody.fromBytes(json));
      return Outcome.PAUSED;
    }
    writeReport(bucket, file, reached, Optional.empty(), rejectedList, maskedList);
    return Outcome.COMPLETED;
  }

  private void writeReport(
      String bucket, RowFile file, ImportCheckpoint reached, Optional<String> error, ReportList rejected,
      ReportList masked) throws IOException {
    ObjectNode head = JsonRows.MAPPER.createObjectNode();
    head.put("file", file.key());
    head.put("status", error.isPresent() ? "failed" : "completed");
    head.put("error", error.orElse(null));
    head.put("file_put_at", Instant.ofEpochMilli(reached.importedAt()).toString());
    ObjectNode counts = head.putObject("counts");
    counts.put("read", reached.read());
    counts.put("imported", reached.counts().imported());
    counts.put("unchanged", reached.counts().unchanged());
    counts.put("withdrawn", reached.counts().withdrawn());
    counts.put("rejected", reached.rejected());
    counts.put("masked", reached.masked());
    var unknown = head.putArray("unknown_columns");
    reached.unknownColumns().forEach(unknown::add);
    String start = JsonRows.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(head);
    byte[] before = (start.substring(0, start.lastIndexOf('}')).stripTrailing() + ",\n  \"rejected\" : [")
        .getBytes(StandardCharsets.UTF_8);
    byte[] between = "],\n  \"masked\" : [".getBytes(StandardCharsets.UTF_8);
    byte[] after = "]\n}\n".getBytes(StandardCharsets.UTF_8);
    List<StreamSource> sources = Stream.of(
            List.<StreamSource>of(() -> new ByteArrayInputStream(before)), rejected.open(),
            List.<StreamSource>of(() -> new ByteArrayInputStream(between)), masked.open(),
            List.<StreamSource>of(() -> new ByteArrayInputStream(after)))
        .flatMap(List::stream)
        .toList();
    long length = before.length + rejected.length() + between.length + masked.length() + after.length;
    ContentStreamProvider content = () -> (InputStream) new JoinedStreams(sources);
    s3.putObject(
        request -> request
            .bucket(bucket)
            .key(file.reportKey())
            .contentType("application/json")
            .metadata(Map.of(IMPORT_OF, importOf(reached))),
        RequestBody.fromContentProvider(content, length, "application/json"));
    remove(bucket, rejected.keys());
    remove(bucket, masked.keys());
    remove(bucket, List.of(file.checkpointKey()));
  }

  private boolean isDone(String bucket, RowFile file, ImportCheckpoint checkpoint) {
    return head(bucket, file.reportKey())
        .filter(report -> importOf(checkpoint).equals(report.metadata().get(IMPORT_OF)))
        .isPresent();
  }

  private static String importOf(ImportCheckpoint checkpoint) {
    return checkpoint.etag().replace("\"", "") + " " + checkpoint.importedAt();
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

  private Optional<ImportCheckpoint> readCheckpoint(String bucket, RowFile file) {
    try {
      byte[] json = s3.getObject(
          request -> request.bucket(bucket).key(file.checkpointKey()), ResponseTransformer.toBytes()).asByteArray();
      return Optional.of(JsonRows.MAPPER.readValue(json, ImportCheckpoint.class));
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return Optional.empty();
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint of " + file.key() + " cannot be read", e);
    }
  }

  private static List<String> segmentKeys(ImportCheckpoint checkpoint) {
    return checkpoint.segments().stream().map(Segment::key).toList();
  }

  private void remove(String bucket, List<String> keys) {
    keys.forEach(key -> s3.deleteObject(request -> request.bucket(bucket).key(key)));
  }

  /// One entry a row, however many of its columns are wrong.
  private static byte[] entry(List<Cells.Rejection> rejections) throws IOException {
    Cells.Rejection first = rejections.getFirst();
    ObjectNode entry = JsonRows.MAPPER.createObjectNode();
    entry.put("line", first.line());
    entry.put("column", first.column());
    entry.put("reason", first.reason());
    if (rejections.size() > 1) {
      var more = entry.putArray("more");
      rejections.subList(1, rejections.size())
          .forEach(other -> more.addObject().put("column", other.column()).put("reason", other.reason()));
    }
    return JsonRows.MAPPER.writeValueAsBytes(entry);
  }

  private static byte[] entry(Cells cells) throws IOException {
    ObjectNode entry = JsonRows.MAPPER.createObjectNode();
    entry.put("line", cells.line());
    var columns = entry.putArray("columns");
    cells.masked().forEach(columns::add);
    return JsonRows.MAPPER.writeValueAsBytes(entry);
  }
}
