package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import no.rapport.aggregatedreportdata.Snapshots.Stored;
import no.rapport.api.Log;
import no.rapport.api.Metrics;
import no.rapport.records.Entry;

/// Every minute: starts aggregations that were stored but not started, and fails those whose execution has ended
/// without telling (aborted, timed out). The one owner of repairs; the state machine itself ends all others.
public final class SweepAggregations implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// Younger ones are left to the request that made them.
  private static final Duration GRACE = Duration.ofSeconds(10);
  /// After this long, what could not be started fails.
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
    return Task.perform(event, context, Object.class, _ -> sweep(data.clock().instant()));
  }

  private Output sweep(Instant now) {
    int started = 0;
    int failed = 0;
    List<Entry> processing = data.snapshots().processing(AT_ONCE);
    Instant oldest = processing.stream().map(Entry::created).min(Comparator.naturalOrder()).orElse(now);
    Metrics.put(Snapshots.COLLECTION, Map.of("Processing", (long) processing.size(),
        "OldestUnfinishedSeconds", Math.max(0, Duration.between(oldest, now).toSeconds())));
    for (Entry entry : processing) {
      try {
        Snapshot snapshot = Stored.of(entry).snapshot();
        Snapshot.Run run = snapshot.run();
        if (run.requestedAt().plus(GRACE).isAfter(now)) {
          continue;
        }
        Claim claim = snapshot.claim();
        switch (data.executions().standingOf(run.jobId())) {
          case RUNNING -> { }
          case NEVER_STARTED -> {
            if (run.requestedAt().plus(GIVEN_UP).isAfter(now)) {
              data.executions().start(claim);
              started++;
            } else if (data.snapshots().fail(claim)) {
              failed++;
            }
          }
          // A no-op where it has published: then the index that listed it was behind.
          case ENDED -> failed += data.snapshots().fail(claim) ? 1 : 0;
        }
      } catch (RuntimeException e) {
        // One that cannot be repaired now must not keep the others waiting; the next sweep tries it again.
        Log.error("aggregation_not_swept", Map.of("snapshot_id", entry.id()), e);
      }
    }
    if (started + failed > 0) {
      Log.warn("aggregations_swept", Map.of("started", started, "failed", failed));
    }
    return new Output(started, failed);
  }
}
