package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import no.rapport.aggregatedreportdata.Snapshots.Stored;
import no.rapport.api.Log;
import no.rapport.api.Metrics;
import no.rapport.api.SweepBudget;
import no.rapport.records.Entry;
import software.amazon.awssdk.core.exception.SdkException;

/// Runs every minute. Starts aggregations that were stored but not started, and fails those whose execution was aborted
/// or timed out. All other endings are handled by the state machine.
public final class SweepAggregations implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// Younger aggregations are left to the request that stored them.
  private static final Duration GRACE = Duration.ofSeconds(10);
  /// An aggregation that cannot be started within this time fails.
  private static final Duration GIVEN_UP = Duration.ofMinutes(15);
  private static final int AT_ONCE = 5_000;

  private final AggregatedReportData data;

  public SweepAggregations() {
    this(AggregatedReportData.fromEnvironment());
  }

  SweepAggregations(AggregatedReportData data) {
    this.data = data;
  }

  record Output(int started, int failed) {}

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    SweepBudget budget = SweepBudget.of(context);
    return Task.perform(event, context, Object.class, _ -> sweep(data.clock().instant(), budget));
  }

  private Output sweep(Instant now, SweepBudget budget) {
    List<Entry> processing = data.snapshots().processing(AT_ONCE);
    Instant oldest = processing.stream().map(Entry::created).min(Comparator.naturalOrder()).orElse(now);
    Metrics.put(Snapshots.COLLECTION, Map.of("Processing", (long) processing.size(),
        "OldestUnfinishedSeconds", Math.max(0, Duration.between(oldest, now).toSeconds())));
    Map<String, Deque<Entry>> work = overdue(processing, now);
    int started = 0;
    int failed = 0;
    while (!work.isEmpty() && !budget.isSpent(100)) {
      for (var turn = work.values().iterator(); turn.hasNext() && !budget.isSpent(100);) {
        Deque<Entry> own = turn.next();
        switch (repair(own.removeFirst(), now)) {
          case STARTED -> started++;
          case FAILED -> failed++;
          case NOTHING -> { }
        }
        if (own.isEmpty()) {
          turn.remove();
        }
      }
    }
    if (started + failed > 0) {
      Log.warn("aggregations_swept", Map.of("started", started, "failed", failed));
    }
    return new Output(started, failed);
  }

  private enum Repair { STARTED, FAILED, NOTHING }

  /// Returns the snapshots without a running execution, alternating between organisations.
  private Map<String, Deque<Entry>> overdue(List<Entry> processing, Instant now) {
    Map<String, Deque<Entry>> work = new TreeMap<>();
    Set<String> running = processing.isEmpty() ? Set.of() : running();
    for (Entry entry : processing) {
      safely(entry, () -> {
        Snapshot.Run run = Stored.of(entry).snapshot().run();
        if (!run.requestedAt().plus(GRACE).isAfter(now) && !running.contains(run.jobId())) {
          work.computeIfAbsent(entry.orgId(), _ -> new ArrayDeque<>()).addLast(entry);
        }
        return Repair.NOTHING;
      });
    }
    return work;
  }

  /// Without the list, every execution is looked at by itself.
  private Set<String> running() {
    try {
      return data.executions().runningJobs();
    } catch (SdkException e) {
      Log.error("running_executions_not_listed", Map.of(), e);
      return Set.of();
    }
  }

  private Repair repair(Entry entry, Instant now) {
    return safely(entry, () -> {
      Snapshot snapshot = Stored.of(entry).snapshot();
      Claim claim = snapshot.claim();
      return switch (data.executions().standingOf(snapshot.run().jobId())) {
        case RUNNING -> Repair.NOTHING;
        case NEVER_STARTED -> {
          if (snapshot.run().requestedAt().plus(GIVEN_UP).isAfter(now)) {
            data.executions().start(claim);
            yield Repair.STARTED;
          }
          yield failed(claim);
        }
        case ENDED -> failed(claim);
      };
    });
  }

  /// Does nothing if the aggregation has completed: the index that listed it was stale.
  private Repair failed(Claim claim) {
    return data.snapshots().fail(claim) ? Repair.FAILED : Repair.NOTHING;
  }

  /// A failed repair must not block the others; the next sweep retries it.
  private static Repair safely(Entry entry, Supplier<Repair> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      Log.error("aggregation_not_swept", Map.of("snapshot_id", entry.id()), e);
      return Repair.NOTHING;
    }
  }
}
