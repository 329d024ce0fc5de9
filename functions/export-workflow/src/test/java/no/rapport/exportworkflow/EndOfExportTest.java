package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportjobs.FollowUps;
import no.rapport.records.Cleanup;
import no.rapport.records.Documents;
import no.rapport.records.Listing;
import no.rapport.reportrecords.ReportRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests the outputs and effects of the tasks that end an attempt.
class EndOfExportTest {

  private final TaskRun run = new TaskRun().row("act-1", "vedtak.pdf").row("act-2").attachment("act-1", "vedtak.pdf", new byte[9]);
  private final CompleteExport complete = new CompleteExport(run.workflow);
  private final FailExport fail = new FailExport(run.workflow);
  private final PrepareRetry prepare = new PrepareRetry(run.workflow);
  private final MarkNotified mark = new MarkNotified(run.workflow);

  private ExportJob accepted(ExportKind kind, boolean attachments, boolean notify) {
    ExportOrder order = TaskRun.anOrder("csv", attachments, false);
    return run.accept(kind, new ExportOrder(order.period(), order.activityTypes(), "csv", order.locale(), true, attachments,
        order.suppression(), false, false, notify,
        kind == ExportKind.REPORT_REEXPORT ? Optional.of("rpt_1") : Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty()));
  }

  private ExportJob accepted(boolean notify) {
    return accepted(ExportKind.BUFDIR_EXPORT, false, notify);
  }

  private List<?> duties() {
    return FollowUps.open(run.workflow.records(), 10, TaskRun.NOW);
  }

  private Map<String, Object> failed(ExportJob job, String error) {
    return fail.handleRequest(TaskRun.with(TaskRun.with(TaskRun.claim(job), "step", "RenderParts"), "error", error), null);
  }

  private List<ReportRecord> history() {
    return run.workflow.records().list(Listing.of("report-records", TaskRun.ORG, Set.of(), 10)).entries().stream()
        .map(entry -> Documents.read(entry.document(), ReportRecord.class)).toList();
  }

  @Test
  void completesOnceAndRepeatsItsAnswer() {
    ExportJob job = accepted(true);
    Map<String, Object> assembled = run.assembled(job);

    Map<String, Object> first = complete.handleRequest(assembled, null);

    assertThat(first).containsAllEntriesOf(TaskRun.claim(job)).containsEntry("outcome", "completed").containsEntry("submit", false)
        .containsEntry("notify", true).containsEntry("notification", Map.of("organization", TaskRun.ORG, "kind",
            "bufdir-exports", "id", job.id(), "status", "completed"));
    assertThat(complete.handleRequest(assembled, null)).isEqualTo(first);
    ExportJob done = run.job(job);
    assertThat(run.read(done.file().orElseThrow().key())).hasSize((int) done.file().orElseThrow().sizeBytes());
    assertThat(done.rowCount()).isEqualTo(2);
    assertThat(run.keysBelow(job.partsPrefix())).isEmpty();
    assertThat(duties()).hasSize(1);
    assertThat(history()).singleElement().satisfies(report -> {
      assertThat(run.read(report.fileRef().orElseThrow())).isEqualTo(run.read(done.file().orElseThrow().key()));
      assertThat(run.read(report.sealed().orElseThrow().manifestKey())).isNotEmpty();
    });
    assertThat(Cleanup.open(run.workflow.records(), "", 10, TaskRun.NOW)).as("removal of parts that a task writes late")
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"EXPORT_FILE, available", "REPORT_REEXPORT, completed"})
  void addsOnlyBufdirExportsToTheHistory(ExportKind kind, String status) {
    ExportJob job = accepted(kind, false, true);
    Map<String, Object> answer = complete.handleRequest(run.assembled(job), null);
    assertThat(answer.get("notification")).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("status", status);
    assertThat(history()).isEmpty();
  }

  @Test
  void keepsTheListOfMissingAttachments() {
    run.row("act-3", "borte.pdf");
    ExportJob job = accepted(ExportKind.EXPORT_FILE, true, false);
    complete.handleRequest(run.assembled(job), null);
    ExportJob done = run.job(job);
    assertThat(done.leftOut()).contains(job.leftOutKey());
    assertThat(new String(run.read(job.leftOutKey()), java.nio.charset.StandardCharsets.UTF_8)).contains("act-3");
    assertThat(done.kind().statusOf(done)).isEqualTo("success_with_errors");
  }

  @Test
  void emitsMetricsForEveryEnd() {
    ExportJob job = accepted(false);
    Map<String, Object> assembled = run.assembled(job);
    assertThat(Printed.lines(() -> complete.handleRequest(assembled, null)))
        .anySatisfy(line -> assertThat(line).contains("\"_aws\"", "\"Kind\":\"bufdir-exports\"", "\"Completed\":1", "\"Rows\":2",
            "\"Attempts\":1", "\"DurationSeconds\":0"))
        .anySatisfy(line -> assertThat(line).contains("\"export_completed\"", job.id(), TaskRun.ORG));
    ExportJob other = accepted(false);
    assertThat(Printed.lines(() -> failed(other, "States.Timeout")))
        .anySatisfy(line -> assertThat(line).contains("\"_aws\"", "\"Restarted\":1"))
        .anySatisfy(line -> assertThat(line).contains("\"export_restarted\"", other.id()));
    assertThat(Printed.lines(() -> failed(run.job(other), "java.lang.IllegalStateException")))
        .anySatisfy(line -> assertThat(line).contains("\"_aws\"", "\"Failed\":1"))
        .anySatisfy(line -> assertThat(line).contains("\"export_failed\"", other.id(),
            "\"error\":\"java.lang.IllegalStateException\""));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void startsAQueuedJobWhenAnotherEnds(boolean completes) {
    ExportJob job = accepted(false);
    Map<String, Object> assembled = run.assembled(job);
    ExportJob waiting = accepted(false);
    if (completes) {
      complete.handleRequest(assembled, null);
    } else {
      failed(job, "java.lang.IllegalStateException");
    }
    assertThat(run.executions.started).containsExactly(waiting.id());
  }

  @Test
  void completesNoJobThatWasCancelledOrRestartedInTheMeantime() {
    ExportJob job = accepted(true);
    Map<String, Object> assembled = run.assembled(job);
    failed(job, "States.Timeout");
    assertThatThrownBy(() -> complete.handleRequest(assembled, null)).isInstanceOf(StaleAttempt.class);
    assertThat(run.job(job).state()).isEqualTo(ExportState.PROCESSING);
    assertThat(history()).isEmpty();

    ExportJob other = accepted(true);
    Map<String, Object> late = run.assembled(other);
    run.workflow.jobs().move(other.kind(), other.id(), now -> now.cancelled(Optional.of("wrong dates"), TaskRun.NOW));
    assertThatThrownBy(() -> complete.handleRequest(late, null)).isInstanceOf(StaleAttempt.class);
    assertThat(run.job(other).state()).isEqualTo(ExportState.CANCELLED);
  }

  @Test
  void restartsAfterATransientFailureAndRemovesTheAttemptsFiles() {
    ExportJob job = accepted(true);
    run.assembled(job);
    assertThat(run.keysBelow(job.workPrefix())).isNotEmpty();

    Map<String, Object> answer = failed(job, "States.Timeout");

    assertThat(answer).containsAllEntriesOf(TaskRun.claim(job)).containsEntry("outcome", "restarted").containsEntry("notify", false);
    assertThat(run.keysBelow(job.workPrefix())).isEmpty();
    assertThat(run.keysBelow(job.sealedPrefix())).isEmpty();
    assertThat(duties()).isEmpty();
    assertThat(Cleanup.open(run.workflow.records(), "", 10, TaskRun.NOW)).hasSize(1);
    assertThat(failed(job, "States.Timeout")).as("error of an older attempt").containsEntry("outcome", "superseded")
        .containsEntry("notify", false);
    assertThat(run.job(job).attempt()).isEqualTo(2);
  }

  @Test
  void failsOnAPermanentErrorAndNamesTheStep() {
    ExportJob job = accepted(true);
    run.assembled(job);

    Map<String, Object> answer = failed(job, "java.lang.IllegalStateException");

    assertThat(answer).containsEntry("outcome", "failed").containsEntry("notify", true).containsEntry("submit", false)
        .containsEntry("notification", Map.of("organization", TaskRun.ORG, "kind", "bufdir-exports", "id", job.id(), "status",
            "failed"));
    assertThat(run.job(job).errorMessage().orElseThrow()).startsWith("A part of the file could not be made.");
    assertThat(run.keysBelow(job.workPrefix())).isEmpty();
    assertThat(duties()).hasSize(1);
  }

  @Test
  void acceptsAnErrorWithoutStepOrName() {
    ExportJob job = accepted(false);
    assertThat(fail.handleRequest(TaskRun.claim(job), null)).containsEntry("outcome", "failed").containsEntry("notify", false);
    assertThat(run.job(job).errorMessage().orElseThrow()).startsWith("The export stopped before it was complete.");
  }

  @Test
  void removesFilesOfEarlierAttemptsButNotOfTheCurrentOne() {
    ExportJob job = accepted(true);
    run.workflow.jobs().move(job.kind(), job.id(), now -> now.restarted(1, TaskRun.NOW));
    run.workflow.jobs().move(job.kind(), job.id(), now -> now.restarted(2, TaskRun.NOW));
    for (int attempt = 1; attempt <= 3; attempt++) {
      run.object(job.workPrefix() + attempt + "/parts/0", new byte[1]).object(job.sealedPrefix() + attempt + "/0", new byte[1]);
    }
    ExportJob third = run.job(job);

    assertThat(prepare.handleRequest(TaskRun.claim(third), null)).containsAllEntriesOf(TaskRun.claim(third))
        .containsEntry("action", "export");

    assertThat(run.keysBelow(job.workPrefix())).containsExactly(job.workPrefix() + "3/parts/0");
    assertThat(run.keysBelow(job.sealedPrefix())).containsExactly(job.sealedPrefix() + "3/0");
    assertThat(prepare.handleRequest(TaskRun.claim(job), null)).as("older attempt")
        .containsEntry("action", "none");
  }

  @Test
  void runsOnlyFollowUpsOfAnEndedJob() {
    ExportJob job = accepted(true);
    run.run(job);
    assertThat(prepare.handleRequest(TaskRun.claim(job), null)).containsEntry("action", "follow_up")
        .containsEntry("outcome", "completed").containsEntry("notify", true);
    mark.handleRequest(TaskRun.claim(job), null);
    assertThat(prepare.handleRequest(TaskRun.claim(job), null)).containsEntry("action", "none").containsEntry("notify", false);
    assertThat(run.read(run.job(job).file().orElseThrow().key())).as("the completed file").isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"completed", "failed"})
  void recordsANotificationAndRemovesItsDuty(String outcome) {
    ExportJob job = accepted(true);
    if (outcome.equals("completed")) {
      run.run(job);
    } else {
      failed(job, "java.lang.IllegalStateException");
    }
    assertThat(duties()).hasSize(1);
    assertThat(mark.handleRequest(TaskRun.with(TaskRun.claim(job), "outcome", outcome), null))
        .containsAllEntriesOf(TaskRun.claim(job)).containsEntry("outcome", outcome);
    assertThat(run.job(job).notified()).isTrue();
    assertThat(duties()).isEmpty();
    assertThat(mark.handleRequest(TaskRun.with(TaskRun.claim(job), "outcome", outcome), null)).as("repeated")
        .containsEntry("outcome", outcome);
  }

  @Test
  void recordsNoNotificationOfAnOlderOrUnfinishedAttempt() {
    ExportJob job = accepted(true);
    mark.handleRequest(TaskRun.claim(job), null);
    assertThat(run.job(job).notified()).as("at work").isFalse();
    failed(job, "java.lang.IllegalStateException");
    run.workflow.jobs().move(job.kind(), job.id(), now -> now.retried(TaskRun.NOW));
    run.workflow.jobs().move(job.kind(), job.id(), now -> now.failed(2, "No.", TaskRun.NOW));
    mark.handleRequest(TaskRun.claim(job), null);
    assertThat(run.job(job).notified()).as("previous attempt").isFalse();
  }

  @ParameterizedTest
  @CsvSource({
      "BUFDIR_EXPORT, queued, processing, completed, failed, cancelled",
      "REPORT_REEXPORT, pending, running, completed, failed, cancelled",
      "EXPORT_FILE, initializing, in_progress, empty_list, failed, failed"})
  void usesEachContractsStatusWords(ExportKind kind, String first, String atWork, String completed, String failed,
      String cancelled) {
    ExportJob job = accepted(kind, false, false);
    ExportFile file = new ExportFile("k", "f.csv", "text/csv", 3, "c0ffee");
    assertThat(kind.statusOf(job)).isEqualTo(first);
    assertThat(kind.statusOf(job.started(1, 7, Optional.empty()).orElseThrow())).isEqualTo(atWork)
        .isEqualTo(kind.processing());
    assertThat(kind.statusOf(job.completed(1, file, 0, Optional.empty(), 0, TaskRun.NOW).orElseThrow())).isEqualTo(completed);
    assertThat(kind.statusOf(job.failed(1, "No.", TaskRun.NOW).orElseThrow())).isEqualTo(failed);
    assertThat(kind.statusOf(job.cancelled(Optional.of("wrong"), TaskRun.NOW).orElseThrow())).isEqualTo(cancelled);
    assertThat(kind.waiting()).contains(first).doesNotContain(atWork);
    assertThat(kind.unfinished()).containsAll(kind.waiting()).contains(atWork);
  }
}
