package no.rapport.exportjobs;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import no.rapport.api.Log;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import software.amazon.awssdk.core.exception.SdkException;

/// Limits how many exports of one organisation run at once, so that no organisation slows another. Further jobs wait in
/// `queued`, oldest first, and are started when another export of the organisation ends, or by the sweeper.
///
/// The limit is soft: two exports that begin at the same moment may both take the last slot.
public final class ExportQuota {

  /// Exports that run at once. A few use the Lambda concurrency of their parts; more would only share it.
  public static final int MAX_RUNNING = 10;
  /// Exports that may wait. Further orders are refused.
  public static final int MAX_QUEUED = 90;

  private final ExportJobs jobs;
  private final Executions executions;
  private final Clock clock;

  ExportQuota(ExportJobs jobs, Executions executions, Clock clock) {
    this.jobs = jobs;
    this.executions = executions;
    this.clock = clock;
  }

  /// Returns whether the organisation's queue is full.
  public boolean isFull(String orgId) {
    return count(orgId, ExportKind::unfinished) >= MAX_RUNNING + MAX_QUEUED;
  }

  /// Starts a job that has just been accepted, if the organisation has a free slot.
  public void startOrQueue(ExportJob job) {
    if (count(job.orgId(), ExportKind::unfinished) <= MAX_RUNNING) {
      executions.start(job);
    }
  }

  /// Starts the jobs that have waited longest, as many as there are free slots. A job that was started before is unchanged.
  public void startQueued(String orgId) {
    long free = MAX_RUNNING - count(orgId, kind -> List.of(kind.atWork()));
    if (free <= 0) {
      return;
    }
    List<Entry> waiting = new ArrayList<>();
    for (ExportKind kind : ExportKind.values()) {
      waiting.addAll(jobs.records().list(Listing.of(kind.collection(), orgId, Set.copyOf(kind.waiting()), 100)).entries());
    }
    waiting.stream().sorted(Comparator.comparing(Entry::created).thenComparing(Entry::id))
        .map(entry -> ExportJobs.Stored.of(entry).job())
        .filter(job -> job.restartDue().map(due -> !due.isAfter(clock.instant())).orElse(true))
        .limit(free)
        .forEach(executions::start);
  }

  /// Does the same after a job has ended. A failure is only logged: the sweeper repeats the start.
  public void startQueuedAfterwards(String orgId) {
    try {
      startQueued(orgId);
    } catch (SdkException e) {
      Log.error("left_to_sweeper", Map.of("what", "start_queued", "organization", orgId), e);
    }
  }

  private long count(String orgId, Function<ExportKind, List<String>> statuses) {
    long count = 0;
    for (ExportKind kind : ExportKind.values()) {
      for (String status : statuses.apply(kind)) {
        count += jobs.records().countInStatus(kind.collection(), orgId, status);
      }
    }
    return count;
  }
}
