package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;
import no.rapport.api.Log;
import no.rapport.api.Metrics;

/// Ends an aggregation after a task has failed permanently: the snapshot becomes `failed` and keeps its last good
/// figures.
public final class FailAggregation implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final AggregatedReportData data;

  public FailAggregation() {
    this(AggregatedReportData.fromEnvironment());
  }

  FailAggregation(AggregatedReportData data) {
    this.data = data;
  }

  /// @param step the state that failed
  /// @param error the error's name
  record Input(String organizationId, String periodId, String snapshotId, String jobId, String step, String error) {}

  /// @param failed false where the aggregation was superseded meanwhile
  record Output(String snapshotId, boolean failed) {}

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Task.perform(input, context, Input.class, this::fail);
  }

  private Output fail(Input input) {
    boolean failed = data.snapshots().fail(
        new Claim(input.organizationId(), input.periodId(), input.snapshotId(), input.jobId()));
    if (failed) {
      Metrics.put(Snapshots.COLLECTION, Map.of("Failed", 1L));
    }
    Log.warn(failed ? "aggregation_failed" : "aggregation_superseded", Map.of("job_id", input.jobId(), "snapshot_id", input.snapshotId(), "step",
        input.step(), "error", input.error()));
    return new Output(input.snapshotId(), failed);
  }
}
