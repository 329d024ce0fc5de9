package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportjobs.FollowUps;
import no.rapport.records.Cleanup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Tests the effects of each request of a caller: executions, files, duties and log lines.
class ExportRequestsTest {

  private final TaskRun run = new TaskRun();
  private final ExportRequests requests = run.workflow.services().requests();

  private static ExportJob anOrder(ExportKind kind, boolean notify) {
    ExportOrder order = TaskRun.anOrder("csv", false, false);
    return ExportJob.accepted(kind, "exp-1", TaskRun.ORG, TaskRun.NOW, "key-1", new ExportOrder(order.period(),
        order.activityTypes(), "csv", order.locale(), true, false, order.suppression(), false, false, notify,
        Optional.of("rpt_1"), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private ExportJob begun(ExportKind kind, boolean notify) {
    return requests.begin(anOrder(kind, notify)).orElseThrow().job();
  }

  private ExportJob job(ExportKind kind) {
    return run.workflow.jobs().find(kind, "exp-1").orElseThrow().job();
  }

  private void fails(ExportKind kind) {
    FailExport.end(run.workflow, AttemptRef.of(job(kind)), new Failure("RenderParts", "java.lang.IllegalStateException"));
  }

  private void writesEverywhere(ExportJob job) {
    job.leftovers().forEach(prefix -> run.object(prefix + "x", new byte[1]));
  }

  private List<String> keys() {
    return run.keysBelow("");
  }

  private int cleanups() {
    return Cleanup.open(run.workflow.records(), "", 10, TaskRun.NOW).size();
  }

  @ParameterizedTest
  @EnumSource(ExportKind.class)
  void startsAnAcceptedJobOnce(ExportKind kind) {
    begun(kind, false);
    assertThat(run.executions.started).containsExactly("exp-1");
    assertThat(job(kind).state()).isEqualTo(ExportState.QUEUED);
    begun(kind, false);
    assertThat(run.executions.started).containsExactly("exp-1");
  }

  @ParameterizedTest
  @CsvSource({"BUFDIR_EXPORT, QUEUED", "EXPORT_FILE, INITIALIZING"})
  void acceptsAJobThatCannotBeStartedNow(ExportKind kind, ExportState state) {
    run.executions.outOfReach = true;
    assertThat(Printed.lines(() -> begun(kind, false)))
        .anySatisfy(line -> assertThat(line).contains("\"left_to_sweeper\"", "\"start_execution\"", "exp-1"));
    assertThat(job(kind).state()).isEqualTo(state);
  }

  @Test
  void startsNothingForARepeatedOrderAfterTheEnd() {
    begun(ExportKind.BUFDIR_EXPORT, false);
    fails(ExportKind.BUFDIR_EXPORT);
    run.executions.statuses.clear();
    assertThat(begun(ExportKind.BUFDIR_EXPORT, false).state()).isEqualTo(ExportState.FAILED);
    assertThat(run.executions.started).containsExactly("exp-1");
  }

  @Test
  void cancelStopsTheExecutionAndRemovesFiles() {
    ExportJob job = begun(ExportKind.BUFDIR_EXPORT, false);
    writesEverywhere(job);
    assertThat(requests.cancel(job.kind(), job.id(), Optional.of("wrong dates"), _ -> true, TaskRun.NOW)).isInstanceOf(ExportRequests.Done.class);
    assertThat(run.executions.stopped).containsExactly("exp-1");
    assertThat(keys()).isEmpty();
    assertThat(cleanups()).as("a task may run on").isEqualTo(1);
    assertThat(requests.cancel(job.kind(), job.id(), Optional.of("again"), _ -> true, TaskRun.NOW))
        .isEqualTo(new ExportRequests.Refused("cancelled"));
  }

  @Test
  void cancelsAJobThatWasNeverStarted() {
    begun(ExportKind.BUFDIR_EXPORT, false);
    run.executions.statuses.clear();
    assertThat(requests.cancel(ExportKind.BUFDIR_EXPORT, "exp-1", Optional.of("wrong dates"), _ -> true, TaskRun.NOW))
        .isInstanceOf(ExportRequests.Done.class);
    assertThat(run.executions.stopped).isEmpty();
  }

  @Test
  void explainsWhyItRefusesARetry() {
    assertThat(requests.retry(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, TaskRun.NOW)).isEqualTo(new ExportRequests.Absent());
    begun(ExportKind.BUFDIR_EXPORT, false);
    assertThat(requests.retry(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, TaskRun.NOW))
        .isEqualTo(new ExportRequests.Refused("queued"));
    fails(ExportKind.BUFDIR_EXPORT);
    assertThat(requests.retry(ExportKind.BUFDIR_EXPORT, "exp-1", version -> version == 99, TaskRun.NOW))
        .isEqualTo(new ExportRequests.Changed());
  }

  @Test
  void deleteRemovesAllFilesExceptThoseOfTheHistory() {
    ExportJob failed = begun(ExportKind.BUFDIR_EXPORT, false);
    fails(failed.kind());
    writesEverywhere(failed);
    requests.delete(failed.kind(), failed.id(), _ -> true, TaskRun.NOW);
    assertThat(keys()).isEmpty();

    ExportJob job = run.row("act-1").accept(ExportKind.BUFDIR_EXPORT, TaskRun.anOrder("csv", false, false));
    run.run(job);
    requests.delete(job.kind(), job.id(), _ -> true, TaskRun.NOW);
    assertThat(run.keysBelow("exports/")).isEmpty();
    assertThat(run.keysBelow("reports/")).hasSize(1);
    assertThat(run.keysBelow("sealed/")).isNotEmpty();
  }

  @Test
  void keepsAJobRunningThatAWorkerReportsAsRunning() {
    ExportJob job = begun(ExportKind.REPORT_REEXPORT, true);
    writesEverywhere(job);
    List<String> before = keys();
    assertThat(requests.report(job.kind(), job.id(), _ -> true, now -> Optional.of(now.reported(ExportState.PROCESSING,
        Optional.empty(), Optional.empty(), Optional.empty(), TaskRun.NOW)), TaskRun.NOW)).isInstanceOf(ExportRequests.Done.class);
    assertThat(run.executions.stopped).isEmpty();
    assertThat(keys()).isEqualTo(before);
    assertThat(cleanups()).isZero();
    assertThat(FollowUps.open(run.workflow.records(), 10, TaskRun.NOW)).isEmpty();
  }

  @Test
  void endsAJobThatAWorkerReportsAsEndedAndKeepsTheWorkersFile() {
    ExportJob job = begun(ExportKind.REPORT_REEXPORT, true);
    writesEverywhere(job);
    ExportFile file = ExportFile.reported(job.fileKey(), "text/csv", Optional.of(1L));
    run.object(file.key(), new byte[1]);

    var outcome = requests.report(job.kind(), job.id(), _ -> true, now -> Optional.of(now.reported(ExportState.COMPLETED,
        Optional.of(file), Optional.empty(), Optional.empty(), TaskRun.NOW)), TaskRun.NOW);

    assertThat(outcome).isInstanceOf(ExportRequests.Done.class);
    assertThat(run.executions.stopped).containsExactly("exp-1");
    assertThat(keys()).contains(file.key()).allMatch(key -> key.startsWith("reports/"));
    assertThat(cleanups()).isEqualTo(1);
    assertThat(FollowUps.open(run.workflow.records(), 10, TaskRun.NOW)).hasSize(1);

    writesEverywhere(job);
    requests.report(job.kind(), job.id(), _ -> true, now -> Optional.of(now.reported(ExportState.COMPLETED, Optional.empty(),
        Optional.empty(), Optional.of(true), TaskRun.NOW)), TaskRun.NOW);
    assertThat(run.executions.stopped).as("it had ended before").hasSize(1);
    assertThat(run.keysBelow("exports/")).isNotEmpty();
    assertThat(requests.report(job.kind(), job.id(), _ -> true, _ -> Optional.empty(), TaskRun.NOW))
        .isEqualTo(new ExportRequests.Refused("completed"));
  }

  @Test
  void removesAllOwnFilesIfTheWorkersFileIsElsewhere() {
    ExportJob job = begun(ExportKind.REPORT_REEXPORT, false);
    writesEverywhere(job);
    ExportFile file = ExportFile.reported("reports/" + TaskRun.ORG + "/reexports/by-hand.csv", "text/csv", Optional.of(1L));
    run.object(file.key(), new byte[1]);
    requests.report(job.kind(), job.id(), _ -> true, now -> Optional.of(now.reported(ExportState.COMPLETED, Optional.of(file),
        Optional.empty(), Optional.empty(), TaskRun.NOW)), TaskRun.NOW);
    assertThat(keys()).containsExactly(file.key());
  }

  @Test
  void logsEveryRequestWithJobAndOrganisation() {
    List<String> log = Printed.lines(() -> {
      begun(ExportKind.BUFDIR_EXPORT, false);
      fails(ExportKind.BUFDIR_EXPORT);
      requests.retry(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, TaskRun.NOW.plusSeconds(1));
      requests.by("key-2").cancel(ExportKind.BUFDIR_EXPORT, "exp-1", Optional.of("wrong dates"), _ -> true, TaskRun.NOW);
      requests.by("key-3").delete(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, TaskRun.NOW);
    });
    for (String event : List.of("export_accepted", "export_failed", "export_retried", "export_cancelled", "export_deleted")) {
      String by = event.equals("export_cancelled") ? "key-2" : event.equals("export_deleted") ? "key-3" : "key-1";
      assertThat(log).filteredOn(line -> line.contains("\"" + event + "\"")).singleElement().asString()
          .contains("\"by\":\"" + by + "\"")
          .contains("\"job_id\":\"exp-1\"", TaskRun.ORG).doesNotContain("wrong dates");
    }
  }
}
