package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import no.rapport.emulator.HeapS3;
import no.rapport.emulator.MovableClock;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportjobs.ExportQuota;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportjobs.FollowUps;
import no.rapport.records.Change;
import no.rapport.records.Cleanup;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Note;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/// Tests what the sweeper repairs, and how long it waits before it repairs it.
class SweepExportsTest {

  private static final Instant NOON = Instant.parse("2026-03-26T12:00:00Z");
  private static final S3Client S3 = HeapS3.newClient();
  private static final ExportFile FILE = new ExportFile("exports/org-1042/exp-1/1/f.csv", "f.csv", "text/csv", 3, "c0ffee");

  private final String bucket = "sweep-" + UUID.randomUUID();
  private final MovableClock clock = new MovableClock(NOON);
  private final RecordedExecutions executions = new RecordedExecutions();
  private final List<String> started = executions.started;
  private final ExportWorkflow workflow;

  SweepExportsTest() {
    S3.createBucket(create -> create.bucket(bucket));
    workflow = new ExportWorkflow(new InMemoryRecords(clock), S3, null, executions, bucket,
        "arn:aws:states:eu-north-1:1:stateMachine:export", "arn:aws:states:eu-north-1:1:stateMachine:retry", (_, _) -> null, clock);
  }

  private ExportJob accepted(ExportKind kind, String id, boolean notify) {
    var job = ExportJob.accepted(kind, id, "org-1042", clock.instant(), "key-1",
        new ExportOrder(new Period(LocalDate.of(2025, 1, 1), LocalDate.of(2025, 12, 31)), List.of(), "csv",
            ReportLocale.NB, true, false, Suppression.NONE, false, false, notify, Optional.of("rpt_1"), Optional.empty(),
            Optional.empty(), Optional.empty()));
    return workflow.jobs().accept(job).orElseThrow().job();
  }

  private ExportJob accepted(String id) {
    return accepted(ExportKind.BUFDIR_EXPORT, id, false);
  }

  private ExportJob job(String id) {
    return workflow.jobs().find(ExportKind.BUFDIR_EXPORT, id).orElseThrow().job();
  }

  private void works(String id) {
    workflow.jobs().move(ExportKind.BUFDIR_EXPORT, id, job -> job.started(job.attempt(), 1, Optional.empty())).orElseThrow();
  }

  /// Completes a job whose notification is then due.
  private void completes(String id) {
    workflow.jobs().move(ExportKind.BUFDIR_EXPORT, id, job -> job.completed(1, FILE, 1, Optional.empty(), 0, clock.instant()),
        job -> FollowUps.owe(job, clock.instant())).orElseThrow();
  }

  private Map<String, Object> sweep() {
    return new SweepExports(workflow).handleRequest(Map.of(), null);
  }

  private Map<String, Object> sweepAfter(long seconds) {
    clock.pass(Duration.ofSeconds(seconds));
    return sweep();
  }

  @ParameterizedTest
  @EnumSource(ExportKind.class)
  void startsAnAcceptedJobAfterTheGracePeriod(ExportKind kind) {
    accepted(kind, "exp-1", false);
    sweepAfter(45);
    assertThat(started).isEmpty();
    sweepAfter(1);
    assertThat(started).containsExactly("exp-1");
    sweepAfter(60);
    assertThat(started).as("not started again while it runs").containsExactly("exp-1");
  }

  @Test
  void startsProcessingJobThatHasNoExecution() {
    accepted("exp-1");
    works("exp-1");
    sweepAfter(46);
    assertThat(started).containsExactly("exp-1");
  }

  @Test
  void startsQueuedJobsUpToTheFreeSlots() {
    for (int i = 0; i < 13; i++) {
      accepted("exp-%02d".formatted(i));
      clock.pass(Duration.ofSeconds(1));
    }
    assertThat(sweepAfter(60)).containsEntry("jobs", 13);
    assertThat(started).containsExactlyElementsOf(
        IntStream.range(0, ExportQuota.MAX_RUNNING).mapToObj("exp-%02d"::formatted).toList());
    IntStream.range(0, ExportQuota.MAX_RUNNING).mapToObj("exp-%02d"::formatted).forEach(this::works);
    sweepAfter(60);
    assertThat(started).hasSize(ExportQuota.MAX_RUNNING);
  }

  @ParameterizedTest
  @CsvSource({"false, QUEUED", "true, PROCESSING"})
  void startsANewAttemptWhenItIsDue(boolean atWork, ExportState state) {
    accepted("exp-1");
    executions.statuses.put("exp-1", ExecutionStatus.FAILED);
    if (atWork) {
      works("exp-1");
    }
    FailExport.end(workflow, AttemptRef.of(job("exp-1")), new Failure("", "States.Timeout"));
    assertThat(job("exp-1").state()).isEqualTo(state);
    sweepAfter(14);
    assertThat(started).isEmpty();
    sweepAfter(1);
    assertThat(started).containsExactly("exp-1-r1");
  }

  @Test
  void reservesNoSlotForAnAttemptThatIsNotDue() {
    accepted("exp-1");
    FailExport.end(workflow, AttemptRef.of(job("exp-1")), new Failure("", "States.Timeout"));
    accepted("exp-2");
    workflow.quota().startQueued("org-1042");
    assertThat(started).containsExactly("exp-2");
    clock.pass(Duration.ofSeconds(15));
    workflow.quota().startQueued("org-1042");
    assertThat(started).contains("exp-1-r1");
  }

  @ParameterizedTest
  @EnumSource(value = ExecutionStatus.class, names = {"RUNNING", "PENDING_REDRIVE"})
  void doesNotTouchRunningJobs(ExecutionStatus status) {
    accepted("exp-1");
    works("exp-1");
    executions.statuses.put("exp-1", status);
    sweepAfter(3_600);
    assertThat(job("exp-1").attempt()).isEqualTo(1);
    assertThat(started).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = ExecutionStatus.class, names = {"FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED"})
  void restartsAJobWhoseExecutionFailed(ExecutionStatus status) {
    accepted("exp-1");
    works("exp-1");
    executions.statuses.put("exp-1", status);
    sweepAfter(45);
    assertThat(job("exp-1").attempt()).isEqualTo(1);
    sweepAfter(1);
    assertThat(job("exp-1").attempt()).isEqualTo(2);
    assertThat(job("exp-1").state()).isEqualTo(ExportState.PROCESSING);
    assertThat(job("exp-1").restartDue()).contains(clock.instant().plusSeconds(15));
  }

  @Test
  void repeatsFollowUpsWithDoublingDelaysUpToAnHour() {
    accepted(ExportKind.BUFDIR_EXPORT, "exp-1", true);
    executions.statuses.put("exp-1", ExecutionStatus.SUCCEEDED);
    completes("exp-1");
    int rounds = 0;
    for (long wait : new long[] {60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600}) {
      assertThat(sweepAfter(wait - 1)).containsEntry("follow_ups", 1);
      assertThat(started).as("before " + wait + " s").hasSize(rounds);
      sweepAfter(1);
      rounds++;
      assertThat(started).as("after " + wait + " s").hasSize(rounds).last().isEqualTo("exp-1-n" + rounds);
    }
  }

  @Test
  void doesNotRepeatFollowUpsWhileTheirExecutionRuns() {
    accepted(ExportKind.BUFDIR_EXPORT, "exp-1", true);
    executions.statuses.put("exp-1", ExecutionStatus.RUNNING);
    completes("exp-1");
    sweepAfter(60);
    assertThat(started).isEmpty();
    executions.statuses.put("exp-1", ExecutionStatus.FAILED);
    sweep();
    assertThat(started).containsExactly("exp-1-n1");
  }

  @Test
  void removesFollowUpsOfAnEarlierAttempt() {
    for (String id : List.of("settled", "retried", "deleted", "at work again")) {
      accepted(ExportKind.BUFDIR_EXPORT, id, true);
      ExportJob job = job(id);
      FailExport.end(workflow, AttemptRef.of(job), new Failure("RenderParts", "java.lang.IllegalStateException"));
    }
    workflow.jobs().move(ExportKind.BUFDIR_EXPORT, "settled", job -> Optional.of(job.withNotified(true)));
    for (String id : List.of("retried", "at work again")) {
      workflow.jobs().move(ExportKind.BUFDIR_EXPORT, id, job -> job.retried(clock.instant()));
    }
    workflow.jobs().move(ExportKind.BUFDIR_EXPORT, "retried", job -> job.failed(2, "No.", clock.instant()));
    workflow.services().requests().delete(ExportKind.BUFDIR_EXPORT, "deleted", _ -> true, clock.instant());
    assertThat(sweepAfter(59)).containsEntry("follow_ups", 4);
    assertThat(sweepAfter(1)).containsEntry("follow_ups", 4);
    assertThat(FollowUps.open(workflow.records(), 10, clock.instant())).isEmpty();
    assertThat(started).as("only the retry itself").containsExactly("at work again-r1");
  }

  @Test
  void removesFilesAtOnceAndAgainAfterTheTasksTimeLimit() {
    workflow.records().commit(new Cleanup(List.of("exports/org-1042/exp-9/"), NOON.plus(ExportRequests.MAX_TASK_DURATION))
        .duty("exp-9#cancelled"));
    for (int minutes : new int[] {0, 16}) {
      S3.putObject(put -> put.bucket(bucket).key("exports/org-1042/exp-9/1/late"), RequestBody.fromString("left"));
      clock.pass(Duration.ofMinutes(minutes));
      sweep();
      assertThat(S3.listObjectsV2(list -> list.bucket(bucket)).contents()).as("after " + minutes + " minutes").isEmpty();
      assertThat(sweep()).as("done").containsEntry("cleanups", minutes == 0 ? 1 : 0);
    }
    assertThat(Cleanup.open(workflow.records(), "", 10, clock.instant())).isEmpty();
  }

  @Test
  void checksEveryDuty() {
    List<Change> duties = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      duties.add(new Change.AddNote(Note.first("cleanup", "%04d".formatted(i), "no duty", null)));
    }
    duties.add(new Cleanup(List.of("exports/org-1042/exp-9/"), NOON).duty("9999"));
    workflow.records().commit(duties);
    assertThat(sweep()).containsEntry("cleanups", 1_001);
    assertThat(sweep()).containsEntry("cleanups", 1_000);
  }

  @Test
  void emitsTheNumberAndAgeOfUnfinishedJobs() {
    accepted("exp-1");
    works("exp-1");
    executions.statuses.put("exp-1", ExecutionStatus.RUNNING);
    clock.pass(Duration.ofSeconds(100));
    accepted("exp-2");
    accepted("exp-3");
    assertThat(Printed.lines(() -> sweepAfter(20))).filteredOn(line -> line.contains("OldestUnfinishedSeconds"))
        .anySatisfy(line -> assertThat(line).contains("\"Kind\":\"bufdir-exports\"", "\"Queued\":2", "\"Processing\":1",
            "\"OldestUnfinishedSeconds\":120"))
        .anySatisfy(line -> assertThat(line).contains("\"Kind\":\"report-reexports\"", "\"Pending\":0", "\"Running\":0",
            "\"OldestUnfinishedSeconds\":0"));
  }
}
