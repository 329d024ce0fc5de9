package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import no.rapport.aggregatedreportdata.Snapshots.Published;
import no.rapport.aggregatedreportdata.Snapshots.Superseded;
import no.rapport.api.Log;
import no.rapport.api.Metrics;

/// Last task of the aggregation: computes the figures, completes the snapshot and tells the followers of the period
/// which of them changed, all in one transaction.
public final class PublishChanges implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final AggregatedReportData data;

  public PublishChanges() {
    this(AggregatedReportData.fromEnvironment());
  }

  PublishChanges(AggregatedReportData data) {
    this.data = data;
  }

  record Input(String organizationId, String periodId, String snapshotId, String jobId, String mark, Tally total) {

    Claim claim() {
      return new Claim(organizationId, periodId, snapshotId, jobId);
    }
  }

  record Output(String snapshotId, List<String> changedFieldKeys) {}

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Task.perform(input, context, Input.class, this::publish);
  }

  /// @throws SupersededRun if this is not the aggregation that the snapshot waits for
  private Output publish(Input input) {
    var aggregate = new Snapshot.Aggregate(data.clock().instant().truncatedTo(ChronoUnit.SECONDS), input.mark(),
        FigureRules.figures(input.total()), input.total().register(), input.total().ruleVersion());
    return switch (data.snapshots().publish(input.claim(), aggregate)) {
      case Published(var changed, var seconds) -> {
        Metrics.put(Snapshots.COLLECTION, Map.of("Completed", 1L, "DurationSeconds", seconds,
            "ChangedFigures", (long) changed.size()));
        Log.info("aggregation_completed", Map.of("snapshot_id", input.snapshotId(), "seconds", seconds,
            "changed_figures", changed.size()));
        yield new Output(input.snapshotId(), changed);
      }
      case Superseded() -> throw new SupersededRun(input.jobId());
    };
  }
}
