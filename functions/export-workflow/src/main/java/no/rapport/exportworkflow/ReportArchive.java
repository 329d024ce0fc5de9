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

/// Writes the ZIP of a report and its attachments in one pass: the report, `attachments/{activity}/{file}`, and last
/// `manifest.json` with the size, SHA-256 and source of each file, and the missing attachments with the reasons.
///
/// Memory grows only with the number of files, which is limited, not with their size. The same report and the same
/// source objects give the same bytes. Not thread-safe.
final class ReportArchive {

  /// The limits of one archive, so that one task can read and write it well within 15 minutes, and S3 can copy it with
  /// one request.
  ///
  /// @param files number of named attachments, including missing ones
  /// @param bytes total size of the attachments in the bucket
  record Limits(int files, long bytes) {
    static final Limits DEFAULT = new Limits(5_000, 2L << 30);
  }

  /// An attachment that is not in the archive.
  ///
  /// @param reason `not_found`; `masked_name`, where the import has masked a national identity number in the file's
  ///     name, so that its object cannot be found; `not_readable` (in an archive of the store); or `invalid_name`
  record LeftOut(String activityId, String file, String reason) {}

  /// @param source key of the object that it was read from; empty for the report itself
  record FileEntry(String name, long sizeBytes, String sha256, Optional<String> source) {}

  record Manifest(String orgId, String periodFrom, String periodTo, List<FileEntry> files, List<LeftOut> leftOut) {}

  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /// A fixed time that every system shows alike, in any time zone.
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);
  private static final int STORED = Deflater.NO_COMPRESSION;
  private static final int SAMPLE_BYTES = 1 << 16;
  /// The mask of [NationalIdMask] for a number, or for the longer part of a number with a space.
  private static final String MASKED_NUMBER = "******";

  private final WorkflowFiles bucket;
  private final ExportJob job;
  private final Limits limits;
  private final ZipOutputStream zip;
  private final EntryNames names = new EntryNames();
  private final Set<String> sources = new HashSet<>();
  private final List<FileEntry> files = new ArrayList<>();
  private final List<LeftOut> leftOut = new ArrayList<>();
  private final byte[] sample = new byte[SAMPLE_BYTES];
  private long attachedBytes;

  ReportArchive(WorkflowFiles bucket, ExportJob job, Limits limits, OutputStream out) {
    this.bucket = bucket;
    this.job = job;
    this.limits = limits;
    zip = new Zip(out);
  }

  /// Writes the report. Its name does not contain the job's id, so that the same rows give the same bytes.
  void report(Content content) throws IOException {
    var format = job.order().format();
    boolean compressed = switch (format) {
      case XLSX, PDF -> true;
      case CSV, JSON -> false;
    };
    entry(names.next("rapport_" + job.orgId() + "_" + job.order().period().folder() + "." + format.extension()),
        compressed ? STORED : Deflater.DEFAULT_COMPRESSION, Optional.empty(), content);
  }

  /// Writes an attachment, or records why it is missing. Does nothing if the attachment was written before.
  ///
  /// @throws AttachmentsExceedLimit if the attachments are too many or too large
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

  /// @return false if no object has this key
  private boolean attach(String activityId, String file, String key) throws IOException {
    try (var in = bucket.open(key)) {
      long length = in.response().contentLength();
      attachedBytes += length;
      if (attachedBytes > limits.bytes()) {
        in.abort();
        throw new AttachmentsExceedLimit("More than " + limits.bytes() + " bytes of attachments");
      }
      int sampled = in.readNBytes(sample, 0, SAMPLE_BYTES);
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

  /// Names may not contain national identity numbers.
  private static String shown(String text) {
    return NationalIdMask.mask(text).text();
  }

  /// Returns the compression level. Content that deflating does not shrink is stored. A sample decides, not the file
  /// name.
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

  /// Writes the manifest and finishes the archive. Flushes the stream, but does not close it.
  ///
  /// @return the missing attachments
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

  /// A ZIP stream with a larger buffer, because stored content would otherwise be divided into small blocks.
  private static final class Zip extends ZipOutputStream {
    Zip(OutputStream out) {
      super(out, StandardCharsets.UTF_8);
      buf = new byte[1 << 16];
    }
  }

  /// Counts and hashes the written bytes.
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
