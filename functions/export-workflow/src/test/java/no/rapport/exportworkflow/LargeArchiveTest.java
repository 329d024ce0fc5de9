package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.records.Documents;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/// Writes archives at their limits in a JVM with 64 MiB heap and opens them with other readers. Needs minutes and
/// gigabytes:
/// `mvn test -pl functions/export-workflow -am -Dtest=LargeArchiveTest -Dgroups=soak -Drapport.excluded.tests=none
/// -Dsurefire.failIfNoSpecifiedTests=false`.
@Tag("soak")
class LargeArchiveTest {

  private static final long GIBIBYTE = 1L << 30;

  @TempDir
  private Path folder;

  @Test
  void writesAnArchiveAtItsLimits() throws Exception {
    assertReadable(5_000, 2 * GIBIBYTE, 2 * GIBIBYTE);
  }

  /// More than today's limits allow: the format supports it.
  @Test
  void writesAnArchiveBeyondTheLimitsOfZip32() throws Exception {
    assertReadable(3, 4 * GIBIBYTE + 300_000_000, 5 * GIBIBYTE);
  }

  private void assertReadable(int attachments, long bytes, long limit) throws Exception {
    Path file = folder.resolve("archive.zip");
    System.out.print(run("java", "-Xmx64m", "-XX:+UseSerialGC", "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), Writing.class.getName(),
        file.toString(), "" + attachments, "" + bytes, "" + limit));
    try (ZipFile zip = new ZipFile(file.toFile())) {
      JsonNode manifest = Documents.mapper().readTree(zip.getInputStream(zip.getEntry("manifest.json")));
      assertThat(manifest.get("files")).hasSize(attachments + 1);
      assertThat(manifest.get("left_out")).hasSize(1);
      assertThat(zip.size()).isEqualTo(attachments + 2);
      long found = 0;
      for (JsonNode listed : manifest.get("files")) {
        found += listed.get("size_bytes").longValue();
        assertThat(sha256(zip.getInputStream(zip.getEntry(listed.get("name").textValue()))))
            .isEqualTo(listed.get("sha256").textValue());
      }
      assertThat(found).isEqualTo(bytes + Writing.REPORT.length);
    }
    assertThat(run("unzip", "-tqq", file.toString())).isEmpty();
    assertThat(run("python3", "-c", "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), "
        + "sum(e.file_size for e in z.infolist() if e.filename.startswith('attachments/')))", file.toString()).strip())
        .isEqualTo("None " + bytes);
  }

  /// Runs a program, which must succeed, and returns its output.
  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    return printed;
  }

  private static String sha256(InputStream in) throws IOException {
    MessageDigest digest = WorkflowFiles.sha256();
    byte[] buffer = new byte[1 << 16];
    try (in) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /// A program that writes an archive of generated attachments and prints the time and memory that it needed.
  static final class Writing {

    static final byte[] REPORT = "Aktivitets-ID\r\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOISE = new byte[1 << 20];
    private static final byte[] TEXT =
        "Referat fra møtet i Kárášjohka.\n".repeat(1 << 15).getBytes(StandardCharsets.UTF_8);

    private Writing() {}

    public static void main(String[] args) throws IOException {
      new Random(1).nextBytes(NOISE);
      int attachments = Integer.parseInt(args[1]);
      long bytes = Long.parseLong(args[2]);
      long began = System.nanoTime();
      var job = ExportJob.accepted(ExportKind.BUFDIR_EXPORT, "exp-20260301-0000000001", TaskRun.ORG, TaskRun.NOW, "key-1",
          TaskRun.anOrder("csv", true, false));
      var files = new WorkflowFiles(new GeneratedObjects(attachments, bytes), "bucket");
      try (OutputStream out = new BufferedOutputStream(java.nio.file.Files.newOutputStream(Path.of(args[0])), 1 << 16)) {
        // A missing attachment also counts.
        var archive = new ReportArchive(files, job, new ReportArchive.Limits(attachments + 1, Long.parseLong(args[3])),
            out);
        archive.report(report -> report.write(REPORT));
        for (int i = 0; i < attachments; i++) {
          archive.attachment("act-" + i % 50, i + ".bin");
        }
        archive.attachment("act-missing", "fins ikke.pdf");
        List<ReportArchive.LeftOut> leftOut = archive.finish();
        if (leftOut.size() != 1) {
          throw new IllegalStateException("Left out: " + leftOut);
        }
      }
      long cpu = ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory
          .getOperatingSystemMXBean()).getProcessCpuTime();
      System.out.printf("%,d attachments of %,d bytes: %.1f s, %.1f CPU-s, %s%n", attachments, bytes,
          (System.nanoTime() - began) / 1e9, cpu / 1e9, peak());
    }

    private static String peak() throws IOException {
      Path status = Path.of("/proc/self/status");
      if (!java.nio.file.Files.exists(status)) {
        return "";
      }
      try (var lines = java.nio.file.Files.lines(status)) {
        return lines.filter(line -> line.startsWith("VmHWM:")).findFirst().orElse("");
      }
    }
  }

  /// Objects of equal size with `bytes` in total. Every fourth one is a text.
  private record GeneratedObjects(int count, long bytes) implements S3Client {

    @Override
    public ResponseInputStream<GetObjectResponse> getObject(GetObjectRequest request) {
      String name = request.key().substring(request.key().lastIndexOf('/') + 1);
      if (!name.endsWith(".bin")) {
        throw NoSuchKeyException.builder().statusCode(404).message("no such key").build();
      }
      int index = Integer.parseInt(name.substring(0, name.length() - 4));
      long length = bytes * (index + 1) / count - bytes * index / count;
      return new ResponseInputStream<>(GetObjectResponse.builder().contentLength(length).build(),
          AbortableInputStream.create(new Generated(index % 4 == 3 ? Writing.TEXT : Writing.NOISE, length)));
    }

    @Override
    public String serviceName() {
      return "s3";
    }

    @Override
    public void close() {}
  }

  private static final class Generated extends InputStream {
    private final byte[] pattern;
    private long left;
    private int at;

    Generated(byte[] pattern, long length) {
      this.pattern = pattern;
      this.left = length;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (left == 0) {
        return -1;
      }
      int count = (int) Math.min(Math.min(length, left), pattern.length - at);
      System.arraycopy(pattern, at, bytes, offset, count);
      at = (at + count) % pattern.length;
      left -= count;
      return count;
    }
  }
}
