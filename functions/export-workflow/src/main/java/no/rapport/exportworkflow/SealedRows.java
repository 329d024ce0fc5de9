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

/// The very rows that a report was made of: JSON Lines, gzip, one object per part, and a manifest that holds each
/// part's SHA-256. The manifest's own SHA-256 stands in the report's record, so that nothing can be changed unseen.
final class SealedRows implements RowSource {

  private static final ObjectReader ROW_READER = Documents.mapper().readerFor(Activity.class);
  private static final ObjectWriter ROW_WRITER = Documents.mapper().writerFor(Activity.class);

  private final WorkflowFiles files;
  private final SealedManifest manifest;
  private final ExportOrder order;

  /// @param manifestSha256 as the report's record has it
  /// @throws IllegalStateException when the manifest is not what was sealed
  SealedRows(WorkflowFiles files, String manifestKey, String manifestSha256, ExportOrder order) {
    this.files = files;
    String text = files.getText(manifestKey);
    if (!WorkflowFiles.sha256(text).equals(manifestSha256)) {
      throw new IllegalStateException("The list of sealed rows is not what was sealed: " + manifestKey);
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

  /// @throws IllegalStateException when the sealed object is not what was sealed
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
      throw new IllegalStateException("Sealed rows are not what was sealed: " + part.after());
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

  /// Seals the rows of one part as they pass.
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
