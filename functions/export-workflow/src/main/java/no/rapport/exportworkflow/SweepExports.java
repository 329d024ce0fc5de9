package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import no.rapport.api.Log;
import no.rapport.api.SweepBudget;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.FollowUps;
import no.rapport.exportjobs.TemplateFiles;
import no.rapport.records.Change;
import no.rapport.records.Cleanup;
import no.rapport.records.Note;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/// Repairs interrupted exports; runs every minute. First it starts accepted jobs that were not started, and ends or
/// restarts jobs whose execution failed. Then it repeats missed notifications and submissions. Then it removes files
/// that nothing refers to.
///
/// A sweep ends before the next one begins. Repairs may take half of its time; the rest is for the other duties. Within
/// each kind of work the organisations take turns, and the next sweep continues with the rest. All work is idempotent,
/// and a failure for one job does not affect the others.
public final class SweepExports implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final ExportWorkflow workflow;

  public SweepExports() {
    this(ExportWorkflow.fromEnvironment());
  }

  SweepExports(ExportWorkflow workflow) {
    this.workflow = workflow;
  }

  /// @return number of checked jobs and duties
  /// @throws SdkException the last error that prevented the check of jobs, follow-ups or removals; the others are
  /// checked
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    Instant now = workflow.now();
    SweepBudget budget = SweepBudget.of(context);
    var looked = new TreeMap<String, Object>();
    Optional<SdkException> failure = Optional.empty();
    for (var duty : List.<Map.Entry<String, IntSupplier>>of(
        Map.entry("jobs", () -> new JobRepairs(workflow, now, () -> budget.isSpent(50)).run()),
        Map.entry("follow_ups", () -> new Turns(workflow.records(), FollowUps.PARTITION, now, () -> budget.isSpent(75))
            .walk(note -> followUp(note, now))),
        Map.entry("template_files", () -> new Turns(workflow.records(), TemplateFiles.PARTITION, now,
            () -> budget.isSpent(85)).walk(note -> deleteFiles(note, now))),
        Map.entry("cleanups", () -> new Turns(workflow.records(), Cleanup.PARTITION, now, () -> budget.isSpent(100))
            .walk(note -> cleanUp(note, now))))) {
      try {
        looked.put(duty.getKey(), duty.getValue().getAsInt());
      } catch (SdkException e) {
        failure = Optional.of(e);
      }
    }
    failure.ifPresent(e -> {
      throw e;
    });
    return looked;
  }

  private Turns.Step followUp(Note note, Instant now) {
    boolean[] isDue = {true};
    safely("follow_up", note.sort(), () -> isDue[0] = followUpAgain(FollowUps.Due.of(note), now));
    return isDue[0] ? Turns.Step.HANDLED : Turns.Step.NOT_DUE;
  }

  private boolean followUpAgain(FollowUps.Due due, Instant now) {
    // The delay doubles with each round, up to an hour.
    Duration wait = Duration.ofSeconds(Math.min(3_600, 60L << Math.min(6, due.owed().rounds())));
    if (due.owed().since().plus(wait).isAfter(now)) {
      return false;
    }
    Optional<ExportJobs.Stored> stored = workflow.jobs().find(due.owed().kind(), due.owed().exportId());
    if (stored.map(ExportJobs.Stored::job).filter(job -> job.attempt() == due.owed().attempt()
        && !job.state().isUnfinished() && !job.isFollowedUp()).isEmpty()) {
      workflow.records().commit(new Change.RemoveNote(due.note()));
      return true;
    }
    ExportJob job = stored.get().job();
    if (workflow.executions().statusOf(job).filter(ExecutionStatus.RUNNING::equals).isEmpty()
        && workflow.records().commit(FollowUps.nextRound(due, now))) {
      workflow.executions().followUpAgain(job, due.owed().rounds() + 1);
    }
    return true;
  }

  private Turns.Step deleteFiles(Note note, Instant now) {
    safely("template_files", note.sort(), () -> TemplateFiles.deleteSome(workflow.records(), note, now));
    return Turns.Step.HANDLED;
  }

  private Turns.Step cleanUp(Note note, Instant now) {
    if (!Cleanup.isDue(note, now)) {
      return Turns.Step.NONE_DUE;
    }
    safely("cleanup", note.sort(), () -> {
      Cleanup.Due due = Cleanup.Due.of(note);
      due.cleanup().prefixes().forEach(workflow.objects()::removeBelow);
      workflow.records().commit(Cleanup.done(due, now));
    });
    return Turns.Step.HANDLED;
  }

  /// Runs one unit of work. A failure is logged and does not affect the others.
  static void safely(String what, String id, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      Log.error("sweep_failed", Map.of("what", what, "id", id), e);
    }
  }
}
