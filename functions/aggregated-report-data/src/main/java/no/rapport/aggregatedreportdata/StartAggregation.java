package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import no.rapport.reporting.Period;

/// First task of the aggregation: takes the source's mark before anything is read, and shares out the parts.
public final class StartAggregation implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// How many tasks read the parts.
  private static final int RANGES = 16;

  private final AggregatedReportData data;

  public StartAggregation() {
    this(AggregatedReportData.fromEnvironment());
  }

  StartAggregation(AggregatedReportData data) {
    this.data = data;
  }

  /// @param firstPart first part to read
  /// @param lastPart last part to read, included
  record Range(int firstPart, int lastPart) {}

  /// @param mark the state of the source before its first record is read
  record Plan(String organizationId, String periodId, String snapshotId, String jobId, String mark,
      List<Range> ranges) {}

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Task.perform(input, context, Claim.class, this::plan);
  }

  /// @throws SupersededRun if this is not the aggregation that the snapshot waits for
  private Plan plan(Claim claim) {
    if (data.snapshots().find(claim.snapshotId()).filter(s -> s.snapshot().isProcessing(claim.jobId())).isEmpty()) {
      throw new SupersededRun(claim.jobId());
    }
    String mark = data.cases().marks(claim.organizationId()).apply(Period.ofId(claim.periodId()).orElseThrow());
    int parts = data.cases().parts();
    List<Range> ranges = IntStream.range(0, RANGES)
        .mapToObj(i -> new Range(i * parts / RANGES, (i + 1) * parts / RANGES - 1))
        .filter(range -> range.firstPart() <= range.lastPart())
        .toList();
    return new Plan(claim.organizationId(), claim.periodId(), claim.snapshotId(), claim.jobId(), mark, ranges);
  }
}
