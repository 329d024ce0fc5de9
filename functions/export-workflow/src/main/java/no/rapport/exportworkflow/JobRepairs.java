package no.rapport.exportworkflow;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import no.rapport.api.Log;
import no.rapport.api.Metrics;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportState;
import no.rapport.records.Entry;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/// Finds unfinished jobs without a running execution, and starts, restarts or ends them. Lists the running executions
/// once; only the other jobs are checked one by one, with the organisations in turn.
final class JobRepairs {

  /// How long a start may take before the sweeper repeats it.
  private static final Duration GRACE = Duration.ofSeconds(45);
  /// Jobs of one status that a sweep lists. Enough for many organisations, each of which may have at most 100
  /// unfinished jobs.
  private static final int MAX_JOBS = 5_000;

  private final ExportWorkflow workflow;
  private final Instant now;
  private final BooleanSupplier isTimeSpent;

  JobRepairs(ExportWorkflow workflow, Instant now, BooleanSupplier isTimeSpent) {
    this.workflow = workflow;
    this.now = now;
    this.isTimeSpent = isTimeSpent;
  }

  /// @return number of listed unfinished jobs
  int run() {
    List<ExportJob> unfinished = unfinished();
    Set<String> running = unfinished.stream().anyMatch(this::isOverdue) ? running() : Set.of();
    // The repairs of each organisation; starting its queue comes first.
    Map<String, Deque<Runnable>> work = new TreeMap<>();
    for (ExportJob job : unfinished) {
      if (!isOverdue(job) || running.contains(job.executionName())) {
        continue;
      }
      boolean waits = job.state() != ExportState.PROCESSING;
      Deque<Runnable> own = work.computeIfAbsent(job.orgId(), _ -> new ArrayDeque<>());
      if (!waits) {
        own.addLast(() -> SweepExports.safely("job", job.id(), () -> repair(job.kind(), job.id())));
      } else if (!(own.peekFirst() instanceof StartQueued)) {
        own.addFirst(new StartQueued(job.orgId()));
      }
    }
    inTurn(work);
    return unfinished.size();
  }

  /// Starts an organisation's queued jobs while it has free slots.
  private final class StartQueued implements Runnable {
    private final String orgId;

    StartQueued(String orgId) {
      this.orgId = orgId;
    }

    @Override
    public void run() {
      SweepExports.safely("queue", orgId, () -> workflow.quota().startQueued(orgId).forEach(this::end));
    }

    private void end(ExportJob job) {
      SweepExports.safely("job", job.id(), () -> endIfDead(job));
    }
  }

  private void inTurn(Map<String, Deque<Runnable>> work) {
    while (!work.isEmpty()) {
      for (var turn = work.values().iterator(); turn.hasNext();) {
        if (isTimeSpent.getAsBoolean()) {
          Log.warn("repairs_left_to_next_sweep", Map.of("organizations", work.size()));
          return;
        }
        Deque<Runnable> own = turn.next();
        own.removeFirst().run();
        if (own.isEmpty()) {
          turn.remove();
        }
      }
    }
  }

  private List<ExportJob> unfinished() {
    List<ExportJob> jobs = new ArrayList<>();
    for (ExportKind kind : ExportKind.values()) {
      Instant oldest = now;
      var gauges = new TreeMap<String, Long>();
      for (String status : kind.unfinished()) {
        List<Entry> entries = workflow.records().inStatus(kind.collection(), status, MAX_JOBS);
        gauges.put(status.substring(0, 1).toUpperCase(Locale.ROOT) + status.substring(1), (long) entries.size());
        for (Entry entry : entries) {
          SweepExports.safely("job", entry.id(), () -> jobs.add(ExportJobs.Stored.of(entry).job()));
          oldest = entry.created().isBefore(oldest) ? entry.created() : oldest;
        }
      }
      // Jobs by state, at most MAX_JOBS of each.
      gauges.put("OldestUnfinishedSeconds", Duration.between(oldest, now).toSeconds());
      Metrics.put(kind.collection(), gauges);
    }
    return jobs;
  }

  private boolean isOverdue(ExportJob job) {
    return job.state().isUnfinished()
        && job.restartDue().map(due -> !due.isAfter(now)).orElse(job.queuedAt().plus(GRACE).isBefore(now));
  }

  /// Returns the running executions, or empty if they could not be listed. Then every job is checked.
  private Set<String> running() {
    try {
      return workflow.executions().running();
    } catch (SdkException e) {
      Log.error("running_executions_not_listed", Map.of(), e);
      return Set.of();
    }
  }

  private void repair(ExportKind kind, String id) {
    // The index may lag, so the decision uses the job itself.
    Optional<ExportJob> found = workflow.jobs().find(kind, id).map(ExportJobs.Stored::job).filter(this::isOverdue);
    if (found.isEmpty()) {
      return;
    }
    ExportJob job = found.get();
    Optional<ExecutionStatus> status = job.restartDue().isPresent() ? Optional.empty()
        : workflow.executions().statusOf(job);
    if (status.isPresent()) {
      endIfDead(job, status.get());
    } else if (workflow.executions().start(job)) {
      Log.warn("execution_started_by_sweeper", Map.of("job_id", job.id(), "organization", job.orgId()));
    } else {
      endIfDead(job);
    }
  }

  private void endIfDead(ExportJob job) {
    workflow.executions().statusOf(job).ifPresent(status -> endIfDead(job, status));
  }

  private void endIfDead(ExportJob job, ExecutionStatus status) {
    if (status != ExecutionStatus.RUNNING && status != ExecutionStatus.PENDING_REDRIVE) {
      FailExport.end(workflow, AttemptRef.of(job), new Failure("", "States.Timeout"));
    }
  }
}
