package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.core.type.TypeReference;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import no.rapport.api.Log;
import no.rapport.api.TransientFailure;
import no.rapport.records.Documents;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/// A task of the state machine: a record in, a record out; the state machine owns retries and failures.
final class Task {

  private static final TypeReference<Map<String, Object>> STATE = new TypeReference<>() {};

  private Task() {}

  /// @throws TransientFailure for load, networks and the services' own faults
  static <I, O> Map<String, Object> perform(Map<String, Object> input, Context context, Class<I> type,
      Function<I, O> task) {
    var about = new TreeMap<String, String>();
    about.put("request_id", context == null ? "" : context.getAwsRequestId());
    if (input.get("job_id") != null) {
      about.put("job_id", String.valueOf(input.get("job_id")));
      about.put("organization", String.valueOf(input.get("organization_id")));
    }
    try {
      return Log.about(about, () ->
          Documents.mapper().convertValue(task.apply(Documents.mapper().convertValue(input, type)), STATE));
    } catch (SdkClientException | TransactionCanceledException e) {
      throw new TransientFailure(e);
    } catch (AwsServiceException e) {
      throw e.isThrottlingException() || e.statusCode() >= 500 || e.statusCode() == 429 ? new TransientFailure(e) : e;
    }
  }
}
