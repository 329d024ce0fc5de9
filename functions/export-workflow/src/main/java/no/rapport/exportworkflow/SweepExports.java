package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import no.rapport.api.Log;
import no.rapport.api.Metrics;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportjobs.FollowUps;
import no.rapport.records.Change;
import no.rapport.records.Cleanup;
import no.rapport.records.Entry;
import no.rapport.records.Note;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/// The one repair owner of exports, run every minute: starts what was accepted but not started, ends or restarts what
/// died outside its own catch, repeats missed notifications and submissions, and removes files that nobody may see.
///
/// Whatever it does may be done twice; what fails for one job does not keep it from the next.
public final class SweepExports implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// How long a start may take by itself before it counts as missed.
  private static final Duration GRACE = Duration.ofSeconds(45);
  /// More than a few organisations can have unfinished: none of them hides another's jobs.
  private static final int MAX_JOBS = 5_000;
  private static final int BATCH = 500;

  private final ExportWorkflow workflow;

  public SweepExports() {
    this(ExportWorkflow.fromEnvironment());
  }

  SweepExports(ExportWorkflow workflow) {
    this.workflow = workflow;
  }

  /// @return how many jobs and duties were looked at
  /// @throws SdkException the last one that kept it from looking at jobs, follow-ups or removals; the others are done
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    Instant now = workflow.now();
    var looked = new TreeMap<String, Object>();
    Optional<SdkException> failure = Optional.empty();
    for (var duty : List.<Map.Entry<String, IntSupplier>>of(Map.entry("cleanups", () -> cleanUp(now)),
        Map.entry("follow_ups", () -> followUp(now)), Map.entry("jobs", () -> repairJobs(now)))) {
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

  private int repairJobs(Instant now) {
    int jobs = 0;
    var startedFor = new HashSet<String>();
    for (ExportKind kind : ExportKind.values()) {
      Instant oldest = now;
      var gauges = new TreeMap<String, Long>();
      for (String status : kind.unfinished()) {
        List<Entry> unfinished = workflow.records().inStatus(kind.collection(), status, MAX_JOBS);
        gauges.put(status.substring(0, 1).toUpperCase(Locale.ROOT) + status.substring(1), (long) unfinished.size());
        for (Entry entry : unfinished) {
          safely("job", entry.id(), () -> repair(kind, entry.id(), now, startedFor));
          oldest = entry.created().isBefore(oldest) ? entry.created() : oldest;
          jobs++;
        }
      }
      // Jobs by state, at most as many as are looked at in one sweep.
      gauges.put("OldestUnfinishedSeconds", Duration.between(oldest, now).toSeconds());
      Metrics.put(kind.collection(), gauges);
    }
    return jobs;
  }

  private int followUp(Instant now) {
    List<Note> open = FollowUps.due(workflow.records(), MAX_JOBS, now);
    open.forEach(note -> safely("follow_up", note.sort(), () -> followUpAgain(FollowUps.Due.of(note), now)));
    return open.size();
  }

  /// @param startedFor the organisations whose waiting jobs this sweep has started
  private void repair(ExportKind kind, String id, Instant now, Set<String> startedFor) {
    // The index may lag: what is done is decided by the job itself.
    Optional<ExportJob> found = workflow.jobs().find(kind, id).map(ExportJobs.Stored::job)
        .filter(job -> job.state().isUnfinished())
        .filter(job -> job.restartDue().map(due -> !due.isAfter(now)).orElse(job.queuedAt().plus(GRACE).isBefore(now)));
    if (found.isEmpty()) {
      return;
    }
    ExportJob job = found.get();
    Optional<ExecutionStatus> status = workflow.executions().statusOf(job);
    if (status.isEmpty() && job.state() != ExportState.PROCESSING) {
      if (startedFor.add(job.orgId())) {
        workflow.quota().startQueued(job.orgId());
      }
    } else if (status.isEmpty()) {
      workflow.executions().start(job);
      Log.warn("execution_started_by_sweeper", Map.of("job_id", job.id(), "organization", job.orgId()));
    } else if (status.get() != ExecutionStatus.RUNNING && status.get() != ExecutionStatus.PENDING_REDRIVE) {
      FailExport.end(workflow, AttemptRef.of(job), new Failure("", "States.Timeout"));
    }
  }

  private void followUpAgain(FollowUps.Due due, Instant now) {
    // Each round waits twice as long as the one before, up to an hour.
    Duration wait = Duration.ofSeconds(Math.min(3_600, 60L << Math.min(6, due.owed().rounds())));
    if (due.owed().since().plus(wait).isAfter(now)) {
      return;
    }
    Optional<ExportJobs.Stored> stored = workflow.jobs().find(due.owed().kind(), due.owed().exportId());
    if (stored.map(ExportJobs.Stored::job).filter(job -> job.attempt() == due.owed().attempt()
        && !job.state().isUnfinished() && !job.isFollowedUp()).isEmpty()) {
      workflow.records().commit(new Change.RemoveNote(due.note()));
    } else if (workflow.executions().statusOf(stored.get().job()).filter(ExecutionStatus.RUNNING::equals).isEmpty()
        && workflow.records().commit(FollowUps.another(due, now))) {
      workflow.executions().followUpAgain(stored.get().job(), due.owed().rounds() + 1);
    }
  }

  private int cleanUp(Instant now) {
    int count = 0;
    String after = "";
    List<Note> page;
    do {
      page = Cleanup.due(workflow.records(), after, BATCH, now);
      for (Note note : page) {
        safely("cleanup", note.sort(), () -> cleanUp(Cleanup.Due.of(note), now));
        after = note.sort();
        count++;
      }
    } while (page.size() == BATCH);
    return count;
  }

  private void cleanUp(Cleanup.Due due, Instant now) {
    due.cleanup().prefixes().forEach(workflow.objects()::removeBelow);
    Cleanup.done(due, now).ifPresent(workflow.records()::commit);
  }

  private static void safely(String what, String id, Runnable repair) {
    try {
      repair.run();
    } catch (RuntimeException e) {
      Log.error("sweep_failed", Map.of("what", what, "id", id), e);
    }
  }
}
