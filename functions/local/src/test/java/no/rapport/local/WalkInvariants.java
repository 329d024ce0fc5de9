package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportworkflow.ExportFunctions;
import no.rapport.exportworkflow.ExportWorkflow;
import no.rapport.records.Documents;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.reportrecords.ReportRecord;
import no.rapport.reportrecords.ReportRecordFunctions;
import no.rapport.stepfunctions.ExecutionStatus;
import no.rapport.stepfunctions.StepFunctions;
import no.rapport.stepfunctions.TopicMessage;

/// Checks the invariants after a walk, by their numbers in docs/architecture.md, over the tables, the bucket, the
/// executions, the published messages and the answers to callers.
///
/// @param observed the export workflow without faults
/// @param asks sends a reading request to a function, without faults
record WalkInvariants(WalkServices services, WalkMemory memory, StepFunctions stepFunctions, ExportWorkflow observed,
    Clock clock, Asks asks) {

  private static final String OTHER_ORG = "org-2001";

  /// Requests a resource as an organisation's caller.
  interface Asks {
    WalkFunctions.Answer answer(String function, Map<String, String> path, String organization);
  }

  /// Returns the accepted jobs that have not ended.
  static List<String> unfinished(WalkServices services) {
    var found = new ArrayList<String>();
    var entries = services.everything();
    WalkServices.jobsAmong(entries).stream().filter(job -> job.state() == ExportState.INITIALIZING
        || job.state() == ExportState.QUEUED || job.state() == ExportState.PROCESSING)
        .forEach(job -> found.add(job.id() + " is " + job.state()));
    entries.stream().filter(entry -> entry.collection().equals("aggregated-report-data")
        && entry.status().equals("processing")).forEach(entry -> found.add(entry.id() + " is processing"));
    return found;
  }

  /// Checks every invariant.
  void check() {
    assertThat(memory.illegal()).as("3: terminal states absorb").isEmpty();
    assertThat(unfinished(services)).as("1: all that was accepted ends").isEmpty();
    assertThat(stepFunctions.executions().stream().filter(e -> e.status() == ExecutionStatus.RUNNING).toList())
        .as("1: no execution runs on").isEmpty();
    assertThat(ExportFunctions.duties(observed, clock.instant())).as("1: no duty left").isEmpty();
    memory.answersByKey().forEach((key, answers) -> assertThat(answers).as("2: one answer for " + key).hasSize(1));
    var wanted = new TreeSet<String>();
    Map<String, byte[]> objects = services.objects();
    var entries = services.everything();
    WalkServices.jobsAmong(entries).forEach(job -> checkJob(job, entries, wanted, objects));
    for (Entry entry : entries) {
      if (!entry.collection().equals("report-records")) {
        continue;
      }
      var report = Documents.read(entry.document(), ReportRecord.class);
      checkFile(report.fileRef().orElseThrow(), report.fileSizeBytes().orElseThrow(),
          report.fileSha256().orElseThrow(), wanted, objects);
      ReportRecordFunctions.sealedPrefix(report).ifPresent(prefix -> objects.keySet().stream()
          .filter(key -> key.startsWith(prefix)).forEach(wanted::add));
    }
    assertThat(objects.keySet()).as("4, 5, 12: no file that nothing names").isEqualTo(wanted);
    assertThat(services.uploads()).as("no upload left").isEmpty();
    checkLists();
    memory.deleted().forEach((how, resource) -> {
      String[] parts = how.split("\\?");
      assertThat(asks.answer(parts[0], Map.of(parts[1], resource), FaultyWorld.ORG).status())
          .as("12: deleted stays deleted: " + resource).isEqualTo(404);
    });
  }

  private void checkJob(ExportJob job, List<Entry> entries, Set<String> wanted, Map<String, byte[]> objects) {
    if (job.state() == ExportState.COMPLETED) {
      var file = job.file().orElseThrow();
      checkFile(file.key(), file.sizeBytes(), file.sha256(), wanted, objects);
    } else {
      assertThat(job.state()).as("1: ends as it should").isIn(ExportState.FAILED, ExportState.CANCELLED);
    }
    if (memory.isCancelled(job.kind().collection(), job.id())) {
      assertThat(job.state()).as("4: cancelled stays cancelled").isEqualTo(ExportState.CANCELLED);
    }
    List<TopicMessage> told = memory.publishedAbout(job.id());
    boolean owed = job.order().notifyOnCompletion() && job.state() != ExportState.CANCELLED;
    assertThat(job.notified()).as("notified exactly where it is owed").isEqualTo(owed);
    if (owed) {
      String word = job.kind().statusOf(job);
      assertThat(told).as("told what it is").anyMatch(message -> word.equals(message.attributes().get("status")));
    } else {
      assertThat(told).as("4: nothing told").isEmpty();
    }
    long inHistory = entries.stream().filter(entry -> entry.collection().equals("report-records")
        && entry.document().contains("\"" + job.id() + "\"")).count();
    boolean reportDeleted = memory.deleted().keySet().stream().anyMatch(how -> how.startsWith("GetReportRecord"));
    if (job.kind() == ExportKind.BUFDIR_EXPORT && !reportDeleted) {
      assertThat(inHistory).as("5: in the history once").isEqualTo(job.state() == ExportState.COMPLETED ? 1 : 0);
    }
  }

  private static void checkFile(String key, long size, String sha256, Set<String> wanted, Map<String, byte[]> objects) {
    wanted.add(key);
    assertThat(objects).as("6: the file is there").containsKey(key);
    assertThat(objects.get(key)).as("6: its size").hasSize(Math.toIntExact(size));
    try {
      assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(objects.get(key))))
          .as("6: its SHA-256").isEqualTo(sha256);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void checkLists() {
    for (String collection : List.of("bufdir-exports", "report-reexports", "export-files", "report-records",
        "aggregated-report-data")) {
      var page = observed.services().records().list(Listing.of(collection, FaultyWorld.ORG, Set.of(), 100));
      assertThat(page.total()).as("9: total of " + collection).isEqualTo(page.entries().size());
      Map<String, Long> byStatus = new TreeMap<>();
      page.entries().forEach(entry -> byStatus.merge(entry.status(), 1L, Long::sum));
      byStatus.forEach((status, count) -> assertThat(observed.services().records().countInStatus(collection, FaultyWorld.ORG, status))
          .as("9: " + status + " of " + collection).isEqualTo(count));
      assertThat(observed.services().records().list(Listing.of(collection, OTHER_ORG, Set.of(), 100)).total())
          .as("10: the other organisation's " + collection).isZero();
    }
    for (ExportJob job : WalkServices.jobsAmong(services.everything())) {
      if (job.kind() == ExportKind.BUFDIR_EXPORT) {
        assertThat(asks.answer("GetBufdirExport", Map.of("export_id", job.id()), OTHER_ORG).status())
            .as("10: another organisation").isEqualTo(404);
        String link = asks.answer("GetBufdirExport", Map.of("export_id", job.id()), FaultyWorld.ORG).text("/file_url");
        if (!link.isEmpty() && !link.equals("null")) {
          assertThat(link).as("7: a link of 25 seconds").contains("X-Amz-Expires=25");
        }
      }
    }
  }
}
