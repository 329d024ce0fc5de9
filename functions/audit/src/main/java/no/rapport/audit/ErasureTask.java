package no.rapport.audit;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.core.type.TypeReference;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import no.rapport.api.Log;
import no.rapport.api.TransientFailure;
import no.rapport.records.Documents;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;

/// A task of the erasure: removes what it finds until its time runs out, and is then called again. The state machine owns
/// retries; every task may be repeated.
final class ErasureTask {

  /// Left for the batch that is under way when a task stops.
  private static final int RESERVE_MILLIS = 20_000;
  private static final TypeReference<Map<String, Object>> STATE = new TypeReference<>() {};

  private ErasureTask() {}

  /// @param tally of earlier runs of this task
  record Input(String orgId, Optional<Tally> tally) {

    Tally soFar() {
      return tally.orElse(Tally.NOTHING);
    }
  }

  /// @param done whether nothing is left
  record Output(boolean done, Tally tally) {}

  /// @throws TransientFailure as in [#attempt]
  static Map<String, Object> perform(Map<String, Object> input, Context context,
      BiFunction<Input, BooleanSupplier, Output> task) {
    Input order = Documents.mapper().convertValue(input, Input.class);
    BooleanSupplier isOutOfTime = () -> context != null && context.getRemainingTimeInMillis() < RESERVE_MILLIS;
    Output output = attempt(() ->
        Log.about(Map.of("organization", order.orgId()), () -> task.apply(order, isOutOfTime)));
    return Documents.mapper().convertValue(output, STATE);
  }

  /// @throws TransientFailure for load, networks, the services' own faults and others' concurrent transactions
  static <T> T attempt(Supplier<T> work) {
    try {
      return work.get();
    } catch (SdkClientException | TransactionCanceledException | TransactionConflictException
        | TransactionInProgressException e) {
      throw new TransientFailure(e);
    } catch (AwsServiceException e) {
      throw e.isThrottlingException() || e.statusCode() >= 500 || e.statusCode() == 429 ? new TransientFailure(e) : e;
    }
  }
}
