package no.rapport.aggregatedreportdata;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.Map;
import java.util.function.Function;
import no.rapport.records.Documents;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/// A task of the state machine: a record in, a record out; the state machine owns retries and failures.
final class Task {

  private static final TypeReference<Map<String, Object>> STATE = new TypeReference<>() {};

  private Task() {}

  /// @throws PassingFailure for load, networks and the services' own faults
  static <I, O> Map<String, Object> perform(Map<String, Object> input, Class<I> type, Function<I, O> task) {
    try {
      return Documents.mapper().convertValue(task.apply(Documents.mapper().convertValue(input, type)), STATE);
    } catch (SdkClientException | TransactionCanceledException e) {
      throw new PassingFailure(e);
    } catch (AwsServiceException e) {
      throw e.isThrottlingException() || e.statusCode() >= 500 || e.statusCode() == 429 ? new PassingFailure(e) : e;
    }
  }
}
