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
import no.rapport.records.OrderRate;
import software.amazon.awssdk.core.exception.SdkException;

/// Limits how many exports an organisation may order within an hour and how many of them run at once, so that no
/// organisation slows another. Further jobs wait in `queued`. The oldest starts when another export of the organisation
/// ends, or when the sweeper finds a free slot.
///
/// The limit of running exports is soft: two exports that begin at the same moment may both take the last slot.
public final class ExportQuota {

  /// Exports of one organisation that run at once. More would not be faster: a few already use the Lambda concurrency
  /// of their parts.
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

  /// The reason why an order is refused.
  ///
  /// @param reason a sentence for the caller
  public record Exceeded(String reason, Duration retryAfter) {}

  /// Checks both limits and counts the order.
  ///
  /// @return empty if the organisation may order now
  Optional<Exceeded> order(String orgId, Instant now) {
    if (count(orgId, ExportKind::unfinished) >= MAX_RUNNING + MAX_QUEUED) {
      return Optional.of(new Exceeded("The organisation has " + (MAX_RUNNING + MAX_QUEUED)
          + " unfinished exports, the maximum; wait until some have ended", Duration.ofSeconds(30)));
    }
    return new OrderRate(jobs.records(), "order-rate", maxPerHour).take(orgId, now).map(wait -> new Exceeded("The organisation has ordered "
        + maxPerHour + " exports within an hour, the maximum; order again after the time in Retry-After", wait));
  }

  /// Starts a job that has just been accepted, if the organisation has a free slot.
  public void startOrQueue(ExportJob job) {
    if (count(job.orgId(), ExportKind::unfinished) <= MAX_RUNNING) {
      executions.start(job);
    }
  }

  /// Starts the longest waiting jobs until no slot is free. Does nothing for a job whose execution is running.
  ///
  /// @return the waiting jobs whose execution has already ended
  public List<ExportJob> startQueued(String orgId) {
    long free = MAX_RUNNING - count(orgId, kind -> List.of(kind.processing()));
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

  /// Starts queued jobs after another job has ended. A failure is only logged, because the sweeper repeats the start.
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
