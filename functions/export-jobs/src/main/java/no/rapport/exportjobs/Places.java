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

/// How many exports of one organisation are at work at once, so that none slows another. What finds no place waits in
/// `queued`, oldest first, and is started when another export of the organisation ends, or by the sweeper.
///
/// The limit is soft by design: two exports that begin at the same moment may both see the last place.
public final class Places {

  /// Exports at work at once: a few use the Lambda concurrency of their parts, more would only share it.
  public static final int AT_WORK = 10;
  /// Exports that may wait; more are refused.
  public static final int WAITING = 90;

  private final ExportJobs jobs;
  private final Executions executions;
  private final Clock clock;

  Places(ExportJobs jobs, Executions executions, Clock clock) {
    this.jobs = jobs;
    this.executions = executions;
    this.clock = clock;
  }

  /// Whether the organisation's queue takes no more.
  public boolean areFull(String orgId) {
    return count(orgId, ExportKind::unfinished) >= AT_WORK + WAITING;
  }

  /// Starts a job that has just been accepted, where there is a place for it.
  public void startOrWait(ExportJob job) {
    if (count(job.orgId(), ExportKind::unfinished) <= AT_WORK) {
      executions.start(job);
    }
  }

  /// Starts what has waited longest, as far as there are places; a job that is started already stays as it is.
  public void startWaiting(String orgId) {
    long free = AT_WORK - count(orgId, kind -> List.of(kind.atWork()));
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

  /// The same after a job has ended, when nobody's answer may depend on it: the sweeper repeats it.
  public void startWaitingAfterwards(String orgId) {
    try {
      startWaiting(orgId);
    } catch (SdkException e) {
      Log.error("left_to_sweeper", Map.of("what", "start_waiting", "organization", orgId), e);
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
