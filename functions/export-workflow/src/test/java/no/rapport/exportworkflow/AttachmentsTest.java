package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipInputStream;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportState;
import no.rapport.records.Documents;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Test;

class AttachmentsTest {

  private static final byte[] TEXT = "Referat fra møtet.\n".repeat(5_000).getBytes(StandardCharsets.UTF_8);
  private static final byte[] NOISE = noise(300_000);

  private final TaskRun run = new TaskRun();

  @Test
  void writesReportAttachmentsAndManifestToOneFile() throws IOException {
    run.inPartsOf(1).row("act-1", "referat.txt", "bilde æøå.jpg").row("act-2").row("act-3", "referat.txt")
        .attachment("act-1", "referat.txt", TEXT).attachment("act-1", "bilde æøå.jpg", NOISE)
        .attachment("act-3", "referat.txt", new byte[0]);
    ExportJob done = run.run(bufdirExport("xlsx"));

    assertThat(done.state()).isEqualTo(ExportState.COMPLETED);
    ExportFile file = done.file().orElseThrow();
    assertThat(file.contentType()).isEqualTo("application/zip");
    assertThat(file.key()).endsWith(".zip");
    byte[] zip = run.read(file.key());
    assertThat(file.sizeBytes()).isEqualTo(zip.length);
    assertThat(file.sha256()).isEqualTo(sha256(zip));

    Map<String, byte[]> entries = streamed(zip);
    assertThat(entries.keySet()).containsExactly("rapport_org-bufdir-042_2025.xlsx", "attachments/act-1/referat.txt",
        "attachments/act-1/bilde æøå.jpg", "attachments/act-3/referat.txt", "manifest.json");
    assertThat(entries.get("attachments/act-1/referat.txt")).isEqualTo(TEXT);
    assertThat(entries.get("attachments/act-1/bilde æøå.jpg")).isEqualTo(NOISE);
    assertThat(entries.get("attachments/act-3/referat.txt")).isEmpty();

    JsonNode manifest = manifest(entries);
    assertThat(manifest.at("/left_out")).isEmpty();
    assertThat(manifest.at("/files")).hasSize(4).allSatisfy(listed -> {
      byte[] content = entries.get(listed.get("name").textValue());
      assertThat(listed.get("size_bytes").longValue()).isEqualTo(content.length);
      assertThat(listed.get("sha256").textValue()).isEqualTo(sha256(content));
    });
    assertThat(manifest.at("/files/0").has("source")).isFalse();
    assertThat(manifest.at("/files/2/source").textValue()).isEqualTo("attachments/org-bufdir-042/act-1/bilde æøå.jpg");
    assertThat(done.leftOut()).isEmpty();
    assertThat(run.keysBelow("reports/")).hasSize(1).allMatch(key -> key.endsWith(".zip"));
  }

  @Test
  void containsTheSameReportAsAnExportWithoutAttachments() throws IOException {
    run.row("act-1", "referat.txt").attachment("act-1", "referat.txt", TEXT);
    byte[] alone = run.read(run.run(run.accept(ExportKind.BUFDIR_EXPORT, TaskRun.anOrder("csv", false, false))).file()
        .orElseThrow().key());
    assertThat(streamed(run.read(run.run(bufdirExport("csv")).file().orElseThrow().key())))
        .containsEntry("rapport_org-bufdir-042_2025.csv", alone);
  }

  @Test
  void reportContainsNoIdentityNumberOfARow() throws IOException {
    run.row("act-1", "fnr 01\u200B01-07.50160.pdf");
    for (String format : List.of("csv", "json")) {
      byte[] zip = run.read(run.run(bufdirExport(format)).file().orElseThrow().key());
      for (Map.Entry<String, byte[]> entry : streamed(zip).entrySet()) {
        String text = entry.getKey() + new String(entry.getValue(), StandardCharsets.UTF_8);
        assertThat(text.replaceAll("[^0-9]", "")).as(entry.getKey()).doesNotContain("01010750160");
      }
    }
  }

  @Test
  void givesTheSameBytesForAnotherJobWithTheSameRows() {
    run.row("act-1", "referat.txt", "fins ikke.pdf", "bilde.jpg").attachment("act-1", "referat.txt", TEXT)
        .attachment("act-1", "bilde.jpg", NOISE);
    ExportFile first = run.run(bufdirExport("xlsx")).file().orElseThrow();
    ExportFile second = run.run(bufdirExport("xlsx")).file().orElseThrow();
    assertThat(second.key()).isNotEqualTo(first.key());
    assertThat(second.sha256()).isEqualTo(first.sha256());
  }

  @Test
  void hasTheSameContentInAnotherReader() throws IOException {
    run.row("act-1", "referat.txt", "bilde æøå.jpg").attachment("act-1", "referat.txt", TEXT)
        .attachment("act-1", "bilde æøå.jpg", NOISE);
    byte[] zip = run.read(run.run(bufdirExport("csv")).file().orElseThrow().key());
    Map<String, byte[]> streamed = streamed(zip);
    try (var other = ZipFile.builder().setSeekableByteChannel(new SeekableInMemoryByteChannel(zip)).get()) {
      var read = new LinkedHashMap<String, byte[]>();
      for (ZipArchiveEntry entry : java.util.Collections.list(other.getEntriesInPhysicalOrder())) {
        assertThat(entry.getGeneralPurposeBit().usesUTF8ForNames()).isTrue();
        assertThat(entry.getTime()).isEqualTo(java.util.Date.from(java.time.LocalDateTime.of(1980, 2, 1, 0, 0)
            .atZone(java.time.ZoneId.systemDefault()).toInstant()).getTime());
        read.put(entry.getName(), other.getInputStream(entry).readAllBytes());
      }
      assertThat(read.keySet()).containsExactlyElementsOf(streamed.keySet());
      read.forEach((name, content) -> assertThat(content).as(name).isEqualTo(streamed.get(name)));
    }
  }

  @Test
  void deflatesTextAndStoresContentThatDoesNotShrink() throws IOException {
    run.row("act-1", "referat.jpg", "bilde.txt").attachment("act-1", "referat.jpg", TEXT)
        .attachment("act-1", "bilde.txt", NOISE);
    byte[] zip = run.read(run.run(bufdirExport("xlsx")).file().orElseThrow().key());
    try (var other = ZipFile.builder().setSeekableByteChannel(new SeekableInMemoryByteChannel(zip)).get()) {
      assertThat(other.getEntry("attachments/act-1/referat.jpg").getCompressedSize()).isLessThan(TEXT.length / 20);
      assertThat(other.getEntry("attachments/act-1/bilde.txt").getCompressedSize())
          .isBetween((long) NOISE.length, NOISE.length + NOISE.length / 1_000L);
      ZipArchiveEntry report = other.getEntry("rapport_org-bufdir-042_2025.xlsx");
      assertThat(report.getCompressedSize()).isBetween(report.getSize(), report.getSize() + 100);
    }
  }

  @Test
  void findsAttachmentsInComposedAndDecomposedUnicodeForm() throws IOException {
    String composed = "m\u00f8te p\u00e5 h\u00f8yden.txt";
    String decomposed = java.text.Normalizer.normalize(composed, java.text.Normalizer.Form.NFD);
    assertThat(decomposed).isNotEqualTo(composed);
    run.row("act-1", composed).attachment("act-1", decomposed, TEXT)
        .row("act-2", decomposed).attachment("act-2", composed, NOISE)
        .row("act-3", composed, decomposed).attachment("act-3", composed, TEXT)
        .row("act-4", "å finnes ikke.txt");

    ExportJob done = run.run(bufdirExport("csv"));

    Map<String, byte[]> files = streamed(run.read(done.file().orElseThrow().key()));
    assertThat(files.keySet().stream().filter(name -> name.startsWith("attachments/"))).hasSize(3);
    assertThat(done.attachmentsMissing()).isEqualTo(1);
    JsonNode leftOut = Documents.mapper().readTree(run.read(done.leftOut().orElseThrow()));
    assertThat(leftOut).hasSize(1).extracting(left -> left.get("reason").textValue()).containsExactly("not_found");
  }

  @Test
  void listsMissingAttachmentsAndCompletes() throws IOException {
    run.row("act-1", "fins ikke.pdf", "../act-2/referat.txt", "..", "a\u0000b", "x".repeat(1_100), "fnr 01010750160.pdf",
            "fnr ****** *****.pdf")
        .row("act-2", "referat.txt", "referat.txt")
        .attachment("act-2", "referat.txt", TEXT);
    ExportJob done = run.run(run.accept(ExportKind.EXPORT_FILE, TaskRun.anOrder("csv", true, false)));

    assertThat(done.kind().statusOf(done)).isEqualTo("success_with_errors");
    assertThat(done.attachmentsMissing()).isEqualTo(7);
    JsonNode leftOut = Documents.mapper().readTree(run.read(done.leftOut().orElseThrow()));
    assertThat(leftOut).hasSize(7).extracting(left -> left.get("reason").textValue()).containsExactly("not_found",
        "invalid_name", "invalid_name", "invalid_name", "invalid_name", "not_found", "masked_name");
    assertThat(leftOut.get(0).get("activity_id").textValue()).isEqualTo("act-1");
    assertThat(leftOut.get(0).get("file").textValue()).isEqualTo("fins ikke.pdf");
    assertThat(leftOut.get(5).get("file").textValue()).isEqualTo("fnr ***********.pdf");
    Map<String, byte[]> entries = streamed(run.read(done.file().orElseThrow().key()));
    assertThat(entries.keySet()).containsExactly("rapport_org-bufdir-042_2025.csv", "attachments/act-2/referat.txt",
        "manifest.json");
    assertThat(manifest(entries).at("/left_out")).isEqualTo(leftOut);
    assertThat(done.leftOut().orElseThrow()).startsWith(done.attemptPrefix());
  }

  @Test
  void neverReadsAnotherOrganisationsAttachments() throws IOException {
    run.row("act-1", "../../org-other/act-9/hemmelig.pdf", "..\\..\\org-other\\act-9\\hemmelig.pdf")
        .row("../../org-other/act-9", "hemmelig.pdf")
        .object("attachments/org-other/act-9/hemmelig.pdf", NOISE);
    ExportJob done = run.run(bufdirExport("csv"));
    assertThat(streamed(run.read(done.file().orElseThrow().key())).keySet())
        .containsExactly("rapport_org-bufdir-042_2025.csv", "manifest.json");
  }

  @Test
  void completesWithoutRowsOrAttachments() throws IOException {
    ExportJob done = run.run(bufdirExport("xlsx"));
    assertThat(streamed(run.read(done.file().orElseThrow().key())).keySet())
        .containsExactly("rapport_org-bufdir-042_2025.xlsx", "manifest.json");
    assertThat(done.rowCount()).isZero();
  }

  @Test
  void refusesMoreAttachmentsThanItsLimit() {
    run.inPartsOf(1).row("act-1", "1.txt", "2.txt").row("act-2", "3.txt");
    ExportJob job = bufdirExport("csv");
    var rendered = run.rendered(job);
    var assemble = new AssembleFile(run.workflow, new ReportArchive.Limits(2, Long.MAX_VALUE));
    assertThatThrownBy(() -> assemble.handleRequest(rendered, null)).isInstanceOf(AttachmentsExceedLimit.class);
    assertThat(run.keysBelow(job.attemptPrefix())).allMatch(key -> key.startsWith(job.partsPrefix()));
  }

  @Test
  void explainsThatTheAttachmentsAreTooLarge() {
    run.row("act-1", "1.bin", "2.bin").attachment("act-1", "1.bin", NOISE).attachment("act-1", "2.bin", NOISE);
    ExportJob job = bufdirExport("csv");
    var rendered = run.rendered(job);
    var exactly = new AssembleFile(run.workflow, new ReportArchive.Limits(2, 2L * NOISE.length));
    assertThat(exactly.handleRequest(rendered, null)).containsKey("assembled");
    var assemble = new AssembleFile(run.workflow, new ReportArchive.Limits(2, 2L * NOISE.length - 1));
    assertThatThrownBy(() -> assemble.handleRequest(rendered, null)).isInstanceOf(AttachmentsExceedLimit.class);

    new FailExport(run.workflow).handleRequest(TaskRun.with(TaskRun.with(TaskRun.claim(job), "step", "AssembleFile"),
        "error", AttachmentsExceedLimit.class.getName()), null);
    assertThat(run.job(job).state()).isEqualTo(ExportState.FAILED);
    assertThat(run.job(job).errorMessage()).contains("The attachments are more than one file may hold "
        + "(5,000 attachments, 2 GiB). A retry does not help: choose a shorter period or fewer activity types, or leave "
        + "attachments out.");
    assertThat(run.keysBelow("exports/")).isEmpty();
  }

  @Test
  void stopsWhenTheJobIsCancelled() {
    for (int i = 0; i < 60; i++) {
      run.row("act-" + i, "1.txt").attachment("act-" + i, "1.txt", TEXT);
    }
    ExportJob job = bufdirExport("csv");
    var rendered = run.rendered(job);
    run.workflow.jobs().move(job.kind(), job.id(), current -> current.cancelled(Optional.of("Feil periode"), TaskRun.NOW));
    assertThatThrownBy(() -> new AssembleFile(run.workflow, ReportArchive.Limits.DEFAULT).handleRequest(rendered, null))
        .isInstanceOf(StaleAttempt.class);
    assertThat(run.keysBelow(job.attemptPrefix())).allMatch(key -> key.startsWith(job.partsPrefix()));
  }

  private ExportJob bufdirExport(String format) {
    return run.accept(ExportKind.BUFDIR_EXPORT, TaskRun.anOrder(format, true, false));
  }

  private static Map<String, byte[]> streamed(byte[] zip) throws IOException {
    var entries = new LinkedHashMap<String, byte[]>();
    try (var in = new ZipInputStream(new ByteArrayInputStream(zip), StandardCharsets.UTF_8)) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.put(entry.getName(), in.readAllBytes());
      }
    }
    return entries;
  }

  private static JsonNode manifest(Map<String, byte[]> entries) throws IOException {
    return Documents.mapper().readTree(entries.get("manifest.json"));
  }

  private static String sha256(byte[] content) {
    return HexFormat.of().formatHex(WorkflowFiles.sha256().digest(content));
  }

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(42).nextBytes(noise);
    return noise;
  }
}
