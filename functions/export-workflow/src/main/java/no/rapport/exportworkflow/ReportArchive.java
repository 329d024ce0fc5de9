package no.rapport.exportworkflow;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import no.rapport.exportjobs.AttachmentKeys;
import no.rapport.exportjobs.ExportJob;
import no.rapport.records.Documents;
import no.rapport.reporting.NationalIdMask;
import software.amazon.awssdk.services.s3.model.InvalidObjectStateException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/// The ZIP of a report and its attachments, written in one pass: the report, `attachments/{activity}/{file}`, and last
/// `manifest.json`, which tells of each file its size, SHA-256 and source, and what was left out and why.
///
/// Memory does not grow with the size of files, only with their number, which is bounded. The same report and the same
/// source objects give the same bytes. Not thread safe.
final class ReportArchive {

  /// What one archive may hold: as much as one task reads and writes well within its 15 minutes, and S3 copies in one
  /// request.
  ///
  /// @param files attachments that are named, there or not
  /// @param bytes of all attachments, as they lie in the bucket
  record Limits(int files, long bytes) {
    static final Limits DEFAULT = new Limits(5_000, 2L << 30);
  }

  /// An attachment that is not in the archive.
  ///
  /// @param reason `not_found`; `masked_name`, where the import has masked a national identity number in the file's name, so
  ///     that its object cannot be found; `not_readable` (in an archive of the store); or `invalid_name`
  record LeftOut(String activityId, String file, String reason) {}

  /// @param source key of the object that it was read from; empty for the report itself
  record FileEntry(String name, long sizeBytes, String sha256, Optional<String> source) {}

  record Manifest(String orgId, String periodFrom, String periodTo, List<FileEntry> files, List<LeftOut> leftOut) {}

  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /// A fixed time that is the same in every time zone and on every system that reads it.
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);
  private static final int STORED = Deflater.NO_COMPRESSION;
  private static final int SAMPLE = 1 << 16;
  /// How [NationalIdMask] leaves a number, or the longer part of one with a space in it.
  private static final String MASKED_NUMBER = "******";

  private final WorkflowFiles bucket;
  private final ExportJob job;
  private final Limits limits;
  private final ZipOutputStream zip;
  private final EntryNames names = new EntryNames();
  private final Set<String> sources = new HashSet<>();
  private final List<FileEntry> files = new ArrayList<>();
  private final List<LeftOut> leftOut = new ArrayList<>();
  private final byte[] sample = new byte[SAMPLE];
  private long attachedBytes;

  ReportArchive(WorkflowFiles bucket, ExportJob job, Limits limits, OutputStream out) {
    this.bucket = bucket;
    this.job = job;
    this.limits = limits;
    zip = new Zip(out);
  }

  /// Writes the report, whose name tells nothing of the job.
  void report(Content content) throws IOException {
    var format = job.order().format();
    boolean compressed = switch (format) {
      case XLSX, PDF -> true;
      case CSV, JSON -> false;
    };
    entry(names.next("rapport_" + job.orgId() + "_" + job.order().period().folder() + "." + format.extension()),
        compressed ? STORED : Deflater.DEFAULT_COMPRESSION, Optional.empty(), content);
  }

  /// Writes an attachment, or notes why it is left out. One that was written before is not written again.
  ///
  /// @throws AttachmentsExceedLimit when there are too many, or they are too large
  void attachment(String activityId, String file) throws IOException {
    String key = AttachmentKeys.folder(job.orgId()) + activityId + "/" + file;
    if (!sources.add(key)) {
      return;
    }
    if (sources.size() > limits.files()) {
      throw new AttachmentsExceedLimit("More than " + limits.files() + " attachments");
    }
    List<String> forms = AttachmentKeys.of(job.orgId(), activityId, file);
    if (forms.isEmpty()) {
      leaveOut(activityId, file, "invalid_name");
      return;
    }
    for (String form : forms) {
      boolean isInFile = !form.equals(key) && sources.contains(form);
      if (isInFile || attach(activityId, file, form)) {
        sources.add(form);
        return;
      }
    }
    leaveOut(activityId, file, file.contains(MASKED_NUMBER) ? "masked_name" : "not_found");
  }

  /// @return false where there is no object of that key
  private boolean attach(String activityId, String file, String key) throws IOException {
    try (var in = bucket.open(key)) {
      long length = in.response().contentLength();
      attachedBytes += length;
      if (attachedBytes > limits.bytes()) {
        in.abort();
        throw new AttachmentsExceedLimit("More than " + limits.bytes() + " bytes of attachments");
      }
      int sampled = in.readNBytes(sample, 0, SAMPLE);
      entry(names.next("attachments", activityId, file), level(sample, sampled), Optional.of(key),
          out -> copy(in, sampled, length, out));
    } catch (NoSuchKeyException e) {
      return false;
    } catch (InvalidObjectStateException e) {
      leaveOut(activityId, file, "not_readable");
    }
    return true;
  }

  private void leaveOut(String activityId, String file, String reason) {
    leftOut.add(new LeftOut(shown(activityId), shown(file), reason));
  }

  /// No national identity number leaves in a name either.
  private static String shown(String text) {
    return NationalIdMask.mask(text).text();
  }

  /// Content that does not shrink is not deflated again; a sample tells, whatever the file is called.
  private static int level(byte[] sample, int length) {
    try (var deflater = new Deflater(Deflater.BEST_SPEED, true)) {
      deflater.setInput(sample, 0, length);
      deflater.finish();
      int room = length - length / 10;
      deflater.deflate(new byte[Math.max(1, room)]);
      return deflater.finished() ? Deflater.DEFAULT_COMPRESSION : STORED;
    }
  }

  private void copy(InputStream in, int sampled, long length, OutputStream out) throws IOException {
    out.write(sample, 0, sampled);
    long copied = sampled + in.transferTo(out);
    if (copied != length) {
      throw new EOFException("An attachment ended after " + copied + " of " + length + " bytes");
    }
  }

  private void entry(String name, int level, Optional<String> source, Content content) throws IOException {
    begin(name, level);
    var measured = new Measured(zip);
    content.writeTo(measured);
    zip.closeEntry();
    files.add(new FileEntry(name, measured.bytes, HexFormat.of().formatHex(measured.digest.digest()),
        source.map(ReportArchive::shown)));
  }

  private void begin(String name, int level) throws IOException {
    var entry = new ZipEntry(name);
    entry.setTimeLocal(ENTRY_TIME);
    zip.setLevel(level);
    zip.putNextEntry(entry);
  }

  /// Writes the manifest and ends the archive; its stream is flushed, not closed.
  ///
  /// @return what is not in it
  List<LeftOut> finish() throws IOException {
    begin("manifest.json", Deflater.DEFAULT_COMPRESSION);
    var period = job.order().period();
    var indenter = new DefaultIndenter("  ", "\n");
    var printer = new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
    zip.write(Documents.mapper().writer(printer).writeValueAsBytes(new Manifest(job.orgId(), period.from().toString(),
        period.to().toString(), files, leftOut)));
    zip.write('\n');
    zip.closeEntry();
    zip.finish();
    zip.flush();
    return List.copyOf(leftOut);
  }

  /// With room for whole blocks: content that is only stored would otherwise be cut into small ones.
  private static final class Zip extends ZipOutputStream {
    Zip(OutputStream out) {
      super(out, StandardCharsets.UTF_8);
      buf = new byte[1 << 16];
    }
  }

  /// Counts and hashes what passes.
  private static final class Measured extends FilterOutputStream {
    private final MessageDigest digest = WorkflowFiles.sha256();
    private long bytes;

    Measured(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] content, int offset, int length) throws IOException {
      digest.update(content, offset, length);
      bytes += length;
      out.write(content, offset, length);
    }
  }
}
