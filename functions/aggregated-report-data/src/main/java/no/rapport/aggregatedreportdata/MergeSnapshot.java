package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.List;
import java.util.Map;

/// A task of the aggregation: adds up what the parts counted.
public final class MergeSnapshot implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  record Input(List<Tally> tallies) {}

  record Merged(Tally total) {}

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Task.perform(input, context, Input.class, parts -> new Merged(Tally.total(parts.tallies())));
  }
}
