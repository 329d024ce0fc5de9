package no.rapport.reportrecords;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import no.rapport.records.Change;
import no.rapport.records.Cleanup;
import no.rapport.records.Entry;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Listing;
import no.rapport.records.Note;
import no.rapport.records.Records;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeleteReportRecordTest {

  private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");

  private final InMemoryRecords records = new InMemoryRecords();
  private final ReportRecords reports = new ReportRecords(records);
  private final TestFiles bucket = TestFiles.fresh();
  private final DeleteReportRecord delete = new DeleteReportRecord(reports, bucket.files());

  @Test
  void deletesFileAndSealedRowsAndWritesAuditLine() {
    var export = Reports.aCompletedExport("rpt_9");
    records.commit(ReportRecords.enter(export));
    bucket.put(export.fileRef(), "content");
    bucket.put(export.sealed().manifestKey(), "{}");
    bucket.put(export.sealed().prefix() + "1/rows-0", "rows");
    bucket.put("sealed/" + Reports.ORG + "/exp-other/1/rows-0", "another's");
    bucket.put("reports/" + Reports.ORG + "/2025-Q4/rpt_8.csv", "another's");

    assertThat(Call.delete("rpt_9").as("key_7", "org", Reports.ORG).to(delete).status()).isEqualTo(200);

    assertThat(bucket.keys()).containsExactly("reports/" + Reports.ORG + "/2025-Q4/rpt_8.csv",
        "sealed/" + Reports.ORG + "/exp-other/1/rows-0");
    assertThat(AuditLine.of(records, Reports.ORG, 10, LATER)).singleElement().satisfies(line -> {
      assertThat(line.reportId()).isEqualTo("rpt_9");
      assertThat(line.deletedBy()).isEqualTo("key_7");
      assertThat(line.fileSha256()).contains(export.fileSha256());
    });
    assertThat(Cleanup.open(records, "", 10, Instant.now())).singleElement().extracting(Cleanup.Due::of).satisfies(due ->
        assertThat(due.cleanup().prefixes()).containsExactly(export.fileRef(), export.sealed().prefix()));
    assertThat(Call.delete("rpt_9").to(delete).status()).isEqualTo(404);
  }

  @Test
  void keepsFileThatAClientOnlyNamed() {
    Reports.store(records, Reports.example());
    bucket.put(Reports.example().fileRef().orElseThrow(), "content");

    assertThat(Call.delete(Reports.example().reportId()).to(delete).status()).isEqualTo(200);

    assertThat(bucket.keys()).containsExactly(Reports.example().fileRef().orElseThrow());
    assertThat(Cleanup.open(records, "", 10, Instant.now())).isEmpty();
    assertThat(AuditLine.of(records, Reports.ORG, 10, LATER)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pending", "running"})
  void refusesDeletionWhileAReexportIsUnfinished(String status) {
    Reports.store(records, Reports.example());
    var reexport = Reports.aReexport("reexp_1", Reports.example().reportId(), status);
    records.commit(new Change.Create(reexport));

    var refused = Call.delete(Reports.example().reportId()).to(delete);
    records.commit(new Change.Replace(reexport, reexport.next("cancelled", reexport.filters(), "{}")));
    var done = Call.delete(Reports.example().reportId()).to(delete);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("detail")).contains("re-export");
    assertThat(done.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 47})
  void erasesFinishedReexportsWithFilesAndCountsThemInAuditLine(int count) {
    Reports.store(records, Reports.example());
    String id = Reports.example().reportId();
    String folder = "reports/" + Reports.ORG + "/reexports/";
    for (int i = 0; i < count; i++) {
      records.commit(new Change.Create(Reports.aReexport("reexp_" + i, id,
          List.of("completed", "failed", "cancelled").get(i % 3))));
      bucket.put(folder + id + "_reexp_" + i + "_1.csv", "content");
      records.commit(new Change.AddNote(Note.first(Note.about("report-reexports", "reexp_" + i), "answer", "{}", null)));
    }
    records.commit(new Change.Create(Reports.aReexport("reexp_other", "rpt_other", "completed")));
    bucket.put(folder + "rpt_other_reexp_other_1.csv", "another's");

    int requests = 1;
    for (var answer = Call.delete(id).header("If-Match", "\"1\"").to(delete); answer.status() != 200; requests++) {
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.text("detail")).contains("very many re-exports", "repeat the request");
      answer = Call.delete(id).to(delete);
    }

    assertThat(requests).as("requests, each of which takes 24 at most").isEqualTo(Math.ceilDiv(count, 24));
    assertThat(records.list(Listing.of("report-reexports", Reports.ORG, Set.of(), 100)).entries())
        .singleElement().extracting(Entry::id).isEqualTo("reexp_other");
    assertThat(records.notes(Note.about("report-reexports", "reexp_0"), "", 10, Instant.now())).isEmpty();
    assertThat(bucket.keys()).containsExactly(folder + "rpt_other_reexp_other_1.csv");
    assertThat(AuditLine.of(records, Reports.ORG, 10, LATER)).singleElement()
        .extracting(AuditLine::reexports).isEqualTo(count);
    assertThat(records.notes("report-deletions#" + Reports.ORG, "", 10, LATER)).isEmpty();
    assertThat(Cleanup.open(records, "", 100, Instant.now()).stream()
        .flatMap(note -> Cleanup.Due.of(note).cleanup().prefixes().stream())
        .filter(prefix -> prefix.startsWith("exports/"))).hasSize(count);
  }

  @Test
  void countsReexportsThatAnInterruptedDeletionErased() {
    Reports.store(records, Reports.example());
    String id = Reports.example().reportId();
    for (int i = 0; i < 25; i++) {
      records.commit(new Change.Create(Reports.aReexport("reexp_" + i, id, "completed")));
    }
    var lastSeen = new AtomicInteger();
    var dying = (Records) Proxy.newProxyInstance(Records.class.getClassLoader(), new Class<?>[] {Records.class},
        (_, method, arguments) -> {
          if (method.getName().equals("commit") && lastSeen.incrementAndGet() == 2) {
            throw new IllegalStateException("the function is gone");
          }
          return method.invoke(records, arguments);
        });

    assertThat(Call.delete(id).to(new DeleteReportRecord(new ReportRecords(dying), bucket.files())).status())
        .isEqualTo(500);
    assertThat(Call.delete(id).to(delete).status()).isEqualTo(200);

    assertThat(AuditLine.of(records, Reports.ORG, 10, LATER)).singleElement()
        .extracting(AuditLine::reexports).isEqualTo(25);
  }

  @Test
  void keepsNoFileNameOfAClientInTheAuditLine() {
    Reports.store(records, Reports.example());

    Call.delete(Reports.example().reportId()).to(delete);

    assertThat(records.notes("audit#" + Reports.ORG, "", 10, LATER)).singleElement()
        .satisfies(note -> assertThat(note.document()).doesNotContain("report_final"));
  }

  @Test
  void ignoresUnfinishedReexportOfAnotherReport() {
    Reports.store(records, Reports.example());
    records.commit(new Change.Create(Reports.aReexport("reexp_1", "rpt_other", "running")));

    assertThat(Call.delete(Reports.example().reportId()).to(delete).status()).isEqualTo(200);
  }

  @Test
  void refusesReexportOfDeletedReport() {
    Reports.store(records, Reports.example());
    var seen = reports.find(Reports.example().reportId()).orElseThrow();
    Call.delete(Reports.example().reportId()).to(delete);

    assertThat(records.commit(List.of(new Change.Create(
        Reports.aReexport("reexp_1", Reports.example().reportId(), "pending")), seen.hold()))).isFalse();
  }

  @Test
  void looksAgainIfAReexportBeginsDuringDeletion() {
    Reports.store(records, Reports.example());
    String id = Reports.example().reportId();
    var interrupted = new InterruptedRecords(records, () -> records.commit(
        new Change.Create(Reports.aReexport("reexp_1", id, "pending")), reports.find(id).orElseThrow().hold()));

    var answer = Call.delete(id).to(new DeleteReportRecord(new ReportRecords(interrupted), bucket.files()));

    assertThat(answer.status()).isEqualTo(409);
    assertThat(reports.find(id)).isPresent();
  }

  @Test
  void deletesRecordEvenIfTheBucketFails() {
    records.commit(ReportRecords.enter(Reports.aCompletedExport("rpt_9")));
    bucket.s3().deleteBucket(b -> b.bucket(bucket.bucket()));

    assertThat(Call.delete("rpt_9").to(delete).status()).isEqualTo(200);

    assertThat(reports.find("rpt_9")).isEmpty();
    assertThat(Cleanup.open(records, "", 10, Instant.now())).hasSize(1);
  }

  @Test
  void honoursIfMatchAndOrganisations() {
    Reports.store(records, Reports.example());
    String id = Reports.example().reportId();

    assertThat(Call.delete(id).as("k", "org", "org_2").to(delete).status()).isEqualTo(404);
    assertThat(Call.delete(id).header("If-Match", "\"7\"").to(delete).status()).isEqualTo(412);
    assertThat(reports.find(id)).isPresent();
    assertThat(Call.delete(id).header("If-Match", "\"1\"").to(delete).status()).isEqualTo(200);
  }

  @Test
  void storesCompletedExportWithParametersForReexport() {
    var export = Reports.aCompletedExport("rpt_9");
    assertThat(records.commit(ReportRecords.enter(export))).isTrue();
    assertThat(records.commit(ReportRecords.enter(export))).as("a second time").isFalse();

    ReportRecord report = reports.find("rpt_9").orElseThrow().report();
    assertThat(report.reportType()).isEqualTo("activity_export");
    assertThat(report.fileRef()).contains("reports/" + Reports.ORG + "/2025-Q4/rpt_9.csv");
    assertThat(report.parameters()).isEqualTo(Optional.of(export.parameters()));
    assertThat(report.sealed()).isEqualTo(Optional.of(export.sealed()));
    var shown = Call.get("rpt_9").to(new GetReportRecord(reports)).json();
    assertThat(shown.get("file_sha256").asText()).isEqualTo("aa55");
    assertThat(shown.get("export_id").asText()).isEqualTo(export.exportId());
    assertThat(shown.toString()).doesNotContain("sealed").doesNotContain("suppression");
  }
}
