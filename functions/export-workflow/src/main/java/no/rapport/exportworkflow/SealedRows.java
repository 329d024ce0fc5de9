package no.rapport.exportworkflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.records.Documents;
import no.rapport.reporting.Activity;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reportrecords.SealedManifest;

/// Reads and writes the rows that a report was made of: gzipped JSON Lines with one object for each part, and a
/// manifest with each part's SHA-256. The report's record has the manifest's SHA-256, so that every change is detected.
final class SealedRows implements RowSource {

  private static final ObjectReader ROW_READER = Documents.mapper().readerFor(Activity.class);
  private static final ObjectWriter ROW_WRITER = Documents.mapper().writerFor(Activity.class);

  private final WorkflowFiles files;
  private final SealedManifest manifest;
  private final ExportOrder order;

  /// @param manifestSha256 the SHA-256 in the report's record
  /// @throws IllegalStateException if the manifest has changed since it was sealed
  SealedRows(WorkflowFiles files, String manifestKey, String manifestSha256, ExportOrder order) {
    this.files = files;
    String text = files.getText(manifestKey);
    if (!WorkflowFiles.sha256(text).equals(manifestSha256)) {
      throw new IllegalStateException("The manifest of sealed rows has changed since it was sealed: " + manifestKey);
    }
    this.manifest = Documents.read(text, SealedManifest.class);
    this.order = order;
  }

  @Override
  public List<Part> plan() {
    List<Part> parts = new ArrayList<>();
    for (SealedManifest.Part sealed : manifest.parts()) {
      parts.add(new Part(parts.size(), sealed.key(), sealed.sha256(), sealed.rows()));
    }
    return parts;
  }

  /// @throws IllegalStateException if the object has changed since it was sealed
  @Override
  public void read(Part part, Consumer<Activity> consumer) {
    Set<String> types = Set.copyOf(order.activityTypes());
    var digest = WorkflowFiles.sha256();
    try (var in = new java.security.DigestInputStream(files.open(part.after()), digest);
        var lines = new BufferedReader(new InputStreamReader(new GZIPInputStream(in, 1 << 16), StandardCharsets.UTF_8),
            1 << 16)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Activity row = ROW_READER.readValue(line);
        if ((types.isEmpty() || types.contains(row.activityType())) && order.period().contains(row.date())) {
          consumer.accept(row);
        }
      }
      in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Sealed rows cannot be read: " + part.after());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(part.upTo())) {
      throw new IllegalStateException("Sealed rows have changed since they were sealed: " + part.after());
    }
  }

  @Override
  public String organizationName() {
    return manifest.organizationName();
  }

  @Override
  public Optional<FigureSnapshot> figures() {
    return manifest.figures();
  }

  @Override
  public Optional<Instant> dataAsOf() {
    return Optional.empty();
  }

  /// Writes the sealed rows of one part.
  static final class Sealer implements Closeable {

    private final String key;
    private final WorkflowFiles.Upload upload;
    private final GZIPOutputStream gzip;
    private final BufferedWriter lines;
    private long rows;

    Sealer(WorkflowFiles files, String key) throws IOException {
      this.key = key;
      upload = files.upload(key, "application/gzip");
      gzip = new GZIPOutputStream(upload, 1 << 16);
      lines = new BufferedWriter(new OutputStreamWriter(gzip, StandardCharsets.UTF_8), 1 << 16);
    }

    void row(Activity row) throws IOException {
      lines.write(ROW_WRITER.writeValueAsString(row));
      lines.write('\n');
      rows++;
    }

    SealedManifest.Part finish() throws IOException {
      lines.flush();
      gzip.finish();
      WorkflowFiles.Written written = upload.complete();
      return new SealedManifest.Part(key, rows, written.sizeBytes(), written.sha256());
    }

    @Override
    public void close() throws IOException {
      upload.close();
    }
  }
}
