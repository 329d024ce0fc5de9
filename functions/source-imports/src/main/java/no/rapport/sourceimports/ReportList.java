package no.rapport.sourceimports;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/// A list of an import report while it grows: on disk, and in objects beside the file when it is long or the import
/// pauses. A file may have millions of rejected rows.
///
/// Entries are written with the comma and the line break that go before each, so that stretches can be joined; the
/// first byte of the first stretch is the one comma too many.
final class ReportList implements AutoCloseable {

  private static final long LONGEST_ON_DISK = 32L * 1024 * 1024;

  private final S3Client s3;
  private final String bucket;
  private final String fileKey;
  private final String name;
  private final Path spool;
  private final List<ImportCheckpoint.Segment> segments;
  private OutputStream out;
  private long bytes;
  private long from;

  /// @param name of the list in the report
  /// @param from where in the file the import begins or goes on
  /// @param segments what earlier stretches of the import have left
  ReportList(
      S3Client s3, String bucket, String fileKey, String name, long from, List<ImportCheckpoint.Segment> segments)
      throws IOException {
    this.s3 = s3;
    this.bucket = bucket;
    this.fileKey = fileKey;
    this.name = name;
    this.from = from;
    this.segments = new ArrayList<>(segments.stream().filter(segment -> segment.list().equals(name)).toList());
    this.spool = Files.createTempFile("import-", ".list");
    this.out = new BufferedOutputStream(Files.newOutputStream(spool));
  }

  /// Adds an entry, a JSON text.
  ///
  /// @param next where in the file the record after it begins
  void add(byte[] entry, long next) throws IOException {
    out.write(',');
    out.write('\n');
    out.write(entry);
    bytes += entry.length + 2;
    if (bytes > LONGEST_ON_DISK) {
      store(next);
    }
  }

  /// Puts what is on disk beside the file.
  ///
  /// The object is named by the stretch of the file that it is about: whoever imports the same stretch at the same time
  /// writes the same.
  ///
  /// @param to where in the file the next record begins
  /// @return all stretches so far
  List<ImportCheckpoint.Segment> store(long to) throws IOException {
    if (bytes > 0) {
      out.close();
      String key = "%s.%s-%d-%d".formatted(fileKey, name, from, to);
      s3.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromFile(spool));
      segments.add(new ImportCheckpoint.Segment(name, key, bytes));
      out = new BufferedOutputStream(Files.newOutputStream(spool));
      bytes = 0;
    }
    from = to;
    return List.copyOf(segments);
  }

  /// How many bytes the whole list has.
  long length() {
    return Math.max(0, segments.stream().mapToLong(ImportCheckpoint.Segment::bytes).sum() + bytes - 1);
  }

  /// Opens the whole list, one stretch after the other.
  List<StreamSource> open() throws IOException {
    out.flush();
    var sources = new ArrayList<StreamSource>();
    for (ImportCheckpoint.Segment segment : segments) {
      boolean first = sources.isEmpty();
      sources.add(() -> s3.getObject(
          request -> request.bucket(bucket).key(segment.key()).range(first ? "bytes=1-" : "bytes=0-")));
    }
    boolean first = sources.isEmpty();
    sources.add(() -> {
      InputStream spooled = Files.newInputStream(spool);
      spooled.skipNBytes(first && bytes > 0 ? 1 : 0);
      return spooled;
    });
    return sources;
  }

  /// The objects that hold stretches of the list.
  List<String> keys() {
    return segments.stream().map(ImportCheckpoint.Segment::key).toList();
  }

  @Override
  public void close() throws IOException {
    out.close();
    Files.deleteIfExists(spool);
  }

  /// Opens a stream when it is its turn.
  @FunctionalInterface
  interface StreamSource {
    InputStream open() throws IOException;
  }
}
