package no.rapport.reportreexports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import no.rapport.emulator.EmbeddedS3;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportworkflow.WorkflowRun;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Listing;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ReportLocale;
import no.rapport.reportrecords.ReportDeletion;
import no.rapport.reportrecords.ReportStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Exports a report into the history and re-exports it, through the real tasks and a real bucket.
class ReexportJourneyTest {

  private final InMemoryRecords records = new InMemoryRecords();
  private final S3Client s3 = EmbeddedS3.shared().client();
  private final String bucket = "journey-" + UUID.randomUUID();
  private final WorkflowRun run = new WorkflowRun(records, s3, EmbeddedS3.shared().presigner(), bucket);
  private final ReportReexports reexports = new ReportReexports(run.services());

  @BeforeEach
  void createBucketAndRows() {
    s3.createBucket(create -> create.bucket(bucket));
    for (int i = 0; i < 7; i++) {
      run.rows.add(activity(i, "Møte nr. " + i));
    }
  }

  private static Activity activity(int i, String title) {
    return new Activity("act-" + i, Reexports.ORG, i % 2 == 0 ? "course" : "group_session",
        LocalDate.parse("2025-10-01").plusDays(i), 3 + i, 60, "Čáhppil", "0301", "Oslo", "Barn", title, "",
        List.of(), Instant.parse("2025-12-01T00:00:00Z"));
  }

  /// Completes an export and returns the id of its report in the history.
  private String aReport(String format) {
    var order = ExportOrder.of(Reexports.Q4, List.of(), format, ReportLocale.NN);
    var job = ExportJob.accepted(ExportKind.BUFDIR_EXPORT, "exp-20260105-abcdefghij", Reexports.ORG,
        Instant.parse("2026-01-05T08:00:00Z"), "key_1", order);
    run.services().jobs().accept(job);
    run.run(ExportKind.BUFDIR_EXPORT, job.id());
    return records.list(Listing.of("report-records", Reexports.ORG, Set.of("completed"), 1)
        .where("export_id", job.id())).entries().getFirst().id();
  }

  private String begin(String reportId, String params) {
    var answer = Call.post("{\"report_id\": \"" + reportId + "\", \"export_params\": " + params
        + ", \"notify_on_completion\": true}").to(new CreateReportReexport(reexports));
    assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    return answer.text("reexport_id");
  }

  private Call.Answer show(String id) {
    return Call.get(id).to(new GetReportReexport(reexports));
  }

  private byte[] reexport(String reportId, String params) {
    String id = begin(reportId, params);
    ExportJob job = run.run(ExportKind.REPORT_REEXPORT, id);
    var shown = show(id);
    byte[] bytes = s3.getObjectAsBytes(get -> get.bucket(bucket).key(shown.text("output_file_ref"))).asByteArray();
    assertThat(shown.text("status")).isEqualTo("completed");
    assertThat(shown.text("output_file_ref")).isEqualTo("reports/" + Reexports.ORG + "/reexports/" + reportId + "_"
        + id + "_1." + job.order().format().extension());
    assertThat(shown.json().get("output_file_size_bytes").longValue()).isEqualTo(bytes.length);
    assertThat(job.file().orElseThrow().sha256()).isEqualTo(sha256(bytes));
    return bytes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> keysBelow(String prefix) {
    return s3.listObjectsV2(list -> list.bucket(bucket).prefix(prefix)).contents().stream().map(S3Object::key).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "json", "xlsx", "pdf"})
  void givesTheSameBytesAfterTheSourceHasChanged(String format) {
    String reportId = aReport(format);
    byte[] original = s3.getObjectAsBytes(get -> get.bucket(bucket)
        .key("reports/" + Reexports.ORG + "/2025-Q4/" + reportId + "." + format)).asByteArray();

    byte[] before = reexport(reportId, "{}");
    run.rows.set(3, activity(3, "Changed afterwards"));
    run.rows.removeFirst();
    byte[] changed = reexport(reportId, "{\"format\": \"" + format + "\"}");
    run.rows.clear();
    byte[] cleared = reexport(reportId, "{\"locale\": \"nn-NO\", \"include_annexes\": true}");

    assertThat(before).isEqualTo(original);
    assertThat(changed).isEqualTo(original);
    assertThat(cleared).isEqualTo(original);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"format\": \"json\", \"locale\": \"se-NO\"}", "{\"format\": \"pdf\", \"locale\": \"en\"}",
      "{\"format\": \"excel\", \"include_annexes\": false}"})
  void givesTheSameBytesTwiceWithOtherParameters(String params) {
    String reportId = aReport("csv");

    byte[] once = reexport(reportId, params);
    run.rows.clear();

    assertThat(reexport(reportId, params)).isEqualTo(once);
  }

  @Test
  void readsCurrentRowsOnRequestAndShowsTheirTime() {
    String reportId = aReport("csv");
    byte[] fromSealedRows = reexport(reportId, "{}");
    run.rows.set(3, activity(3, "Changed afterwards"));

    String id = begin(reportId, "{\"refresh\": true}");
    ExportJob job = run.run(ExportKind.REPORT_REEXPORT, id);

    byte[] fromCurrentRows =
        s3.getObjectAsBytes(get -> get.bucket(bucket).key(job.file().orElseThrow().key())).asByteArray();
    assertThat(Arrays.equals(fromCurrentRows, fromSealedRows)).isFalse();
    assertThat(new String(fromCurrentRows, StandardCharsets.UTF_8)).contains("Changed afterwards");
    assertThat(show(id).json().get("data_as_of").isNull()).isFalse();
  }

  @Test
  void readsCurrentRowsForAReportWithoutSealedRows() {
    Reexports.enterReport(records, "rpt_by_hand", ReportStatus.COMPLETED);

    String id = begin("rpt_by_hand", "{\"format\": \"csv\"}");
    assertThat(show(id).headers()).containsKey("Retry-After");
    run.run(ExportKind.REPORT_REEXPORT, id);

    assertThat(show(id).json().get("data_as_of").isNull()).isFalse();
    assertThat(show(id).headers()).doesNotContainKey("Retry-After");
  }

  @Test
  void removesAllFilesOfACancelledReexport() {
    String reportId = aReport("csv");
    String id = begin(reportId, "{}");
    var assembled = run.assemble(ExportKind.REPORT_REEXPORT, id);
    assertThat(show(id).text("status")).isEqualTo("running");

    var cancelled = Call.delete(id).to(new DeleteReportReexport(reexports));
    boolean completed = run.complete(assembled);
    run.sweep();

    assertThat(cancelled.status()).isEqualTo(200);
    assertThat(completed).isFalse();
    assertThat(run.stopped).contains(id);
    assertThat(show(id).text("status")).isEqualTo("cancelled");
    assertThat(show(id).json().get("output_file_ref").isNull()).isTrue();
    assertThat(show(id).json().get("notified").asBoolean()).isFalse();
    assertThat(keysBelow("reports/" + Reexports.ORG + "/reexports/")).isEmpty();
    assertThat(keysBelow("exports/" + Reexports.ORG + "/" + id + "/")).isEmpty();
    assertThat(Call.get(id).to(new DownloadReportReexport(reexports)).status()).isEqualTo(404);
    assertThat(Call.delete(id).to(new DeleteReportReexport(reexports)).status()).isEqualTo(409);
  }

  @Test
  void setsNotifiedOnlyAfterTheNotificationWasSent() {
    String id = begin(aReport("csv"), "{}");

    run.complete(run.assemble(ExportKind.REPORT_REEXPORT, id));
    assertThat(show(id).text("status")).isEqualTo("completed");
    assertThat(show(id).json().get("notified").asBoolean()).isFalse();
    run.notified(ExportKind.REPORT_REEXPORT, id);

    assertThat(show(id).json().get("notified").asBoolean()).isTrue();
  }

  @Test
  void explainsAFailureInASentence() {
    String id = begin(aReport("csv"), "{}");

    run.fail(ExportKind.REPORT_REEXPORT, id, "java.lang.IllegalStateException");

    assertThat(show(id).text("status")).isEqualTo("failed");
    assertThat(show(id).text("error_message")).endsWith(".").doesNotContain("java");
    assertThat(show(id).json().get("output_file_ref").isNull()).isTrue();
  }

  @Test
  void keepsSealedRowsUntilTheReportIsDeleted() {
    String reportId = aReport("csv");
    reexport(reportId, "{}");
    assertThat(keysBelow("sealed/")).isNotEmpty();

    var deleted = Call.of("DELETE", "report_id", reportId).to(ReportDeletion.in(records, s3, bucket));

    assertThat(deleted.status()).isEqualTo(200);
    assertThat(keysBelow("sealed/")).isEmpty();
    assertThat(keysBelow("reports/" + Reexports.ORG + "/2025-Q4/")).isEmpty();
    assertThat(Call.post("{\"report_id\": \"" + reportId + "\"}").to(new CreateReportReexport(reexports)).status())
        .isEqualTo(404);
  }

  @Test
  void refusesTamperedSealedRows() {
    String reportId = aReport("csv");
    String part = keysBelow("sealed/").stream().filter(key -> key.endsWith(".gz")).findFirst().orElseThrow();
    byte[] bytes = s3.getObjectAsBytes(get -> get.bucket(bucket).key(part)).asByteArray();
    bytes[4] ^= 1; // changes only MTIME in the gzip header (RFC 1952): the rows stay the same
    s3.putObject(put -> put.bucket(bucket).key(part), RequestBody.fromBytes(bytes));
    String id = begin(reportId, "{}");

    assertThatThrownBy(() -> run.assemble(ExportKind.REPORT_REEXPORT, id))
        .hasMessageContaining("changed since they were sealed");
  }

  @Test
  void refusesATamperedManifestOfSealedRows() {
    String reportId = aReport("csv");
    String manifest = keysBelow("sealed/").stream().filter(key -> key.endsWith(".json")).findFirst().orElseThrow();
    String text = s3.getObjectAsBytes(get -> get.bucket(bucket).key(manifest)).asUtf8String();
    s3.putObject(put -> put.bucket(bucket).key(manifest), RequestBody.fromString(text.replace("Oslo", "Bergen")));
    String id = begin(reportId, "{}");

    assertThatThrownBy(() -> run.assemble(ExportKind.REPORT_REEXPORT, id)).hasMessageContaining("changed since");
  }
}
