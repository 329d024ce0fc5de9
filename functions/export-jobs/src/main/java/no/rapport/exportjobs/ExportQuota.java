package no.rapport.exportjobs;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import no.rapport.api.Log;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import software.amazon.awssdk.core.exception.SdkException;

/// Limits how many exports an organisation may order within an hour, and how many of them run at once, so that no
/// organisation slows another. Further jobs wait in
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
  private final int maxPerHour;
  private final Clock clock;

  /// @param maxPerHour how many exports an organisation may order within an hour
  ExportQuota(ExportJobs jobs, Executions executions, int maxPerHour, Clock clock) {
    this.jobs = jobs;
    this.executions = executions;
    this.maxPerHour = maxPerHour;
    this.clock = clock;
  }

  /// Why an order is refused.
  ///
  /// @param reason a sentence for the caller
  public record Exceeded(String reason, Duration retryAfter) {}

  /// Counts an order.
  ///
  /// @return empty where the organisation may order now
  Optional<Exceeded> order(String orgId, Instant now) {
    if (count(orgId, ExportKind::unfinished) >= MAX_RUNNING + MAX_QUEUED) {
      return Optional.of(new Exceeded("The organisation has " + (MAX_RUNNING + MAX_QUEUED)
          + " unfinished exports, which is the most; wait for some to end", Duration.ofSeconds(30)));
    }
    return new OrderRate(jobs.records(), maxPerHour).take(orgId, now).map(wait -> new Exceeded("The organisation has ordered "
        + maxPerHour + " exports within an hour, which is the most; order again when the time in Retry-After is over", wait));
  }

  /// Starts a job that has just been accepted, if the organisation has a free slot.
  public void startOrQueue(ExportJob job) {
    if (count(job.orgId(), ExportKind::unfinished) <= MAX_RUNNING) {
      executions.start(job);
    }
  }

  /// Starts the jobs that have waited longest, as many as there are free slots. A job that was started before is unchanged.
  ///
  /// @return the jobs whose execution has ended although they wait
  public List<ExportJob> startQueued(String orgId) {
    long free = MAX_RUNNING - count(orgId, kind -> List.of(kind.atWork()));
    if (free <= 0) {
      return List.of();
    }
    List<Entry> waiting = new ArrayList<>();
    for (ExportKind kind : ExportKind.values()) {
      waiting.addAll(jobs.records().list(Listing.of(kind.collection(), orgId, Set.copyOf(kind.waiting()), 100)).entries());
    }
    return waiting.stream().sorted(Comparator.comparing(Entry::created).thenComparing(Entry::id))
        .map(entry -> ExportJobs.Stored.of(entry).job())
        .filter(job -> job.restartDue().map(due -> !due.isAfter(clock.instant())).orElse(true))
        .limit(free)
        .filter(job -> !executions.start(job)).toList();
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
