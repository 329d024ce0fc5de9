package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;
import no.rapport.api.Log;

/// A task of the aggregation that counts the records of some parts. Its result can be added to the results of other
/// parts and contains nothing about single children.
public final class AggregatePart implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final AggregatedReportData data;

  public AggregatePart() {
    this(AggregatedReportData.fromEnvironment());
  }

  AggregatePart(AggregatedReportData data) {
    this.data = data;
  }

  record Input(String organizationId, String periodId, String jobId, int firstPart, int lastPart) {}

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Task.perform(input, context, Input.class, this::count);
  }

  private Tally count(Input input) {
    var tallying = new Tallying(ReportingPeriod.of(input.periodId()));
    for (int part = input.firstPart(); part <= input.lastPart(); part++) {
      data.cases().readPart(input.organizationId(), part, tallying);
      data.cases().readRegisterPart(input.organizationId(), part, tallying::acceptRegisterCase);
    }
    Log.info("parts_aggregated", Map.of("job_id", input.jobId(), "first_part", input.firstPart(), "last_part",
        input.lastPart(), "records", tallying.records()));
    return tallying.total();
  }
}
