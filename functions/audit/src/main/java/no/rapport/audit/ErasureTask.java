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

/// A task of the erasure. It removes data until its time runs out; the state machine then calls it again. The state
/// machine retries failures, and every task may be repeated.
final class ErasureTask {

  /// Reserved for the batch in progress when a task stops.
  private static final int RESERVE_MILLIS = 20_000;
  private static final TypeReference<Map<String, Object>> STATE = new TypeReference<>() {};

  private ErasureTask() {}

  /// @param tally the tally of earlier runs of this task
  record Input(String orgId, Optional<Tally> tally) {

    Tally tallySoFar() {
      return tally.orElse(Tally.NOTHING);
    }
  }

  /// @param done whether nothing is left
  record Output(boolean done, Tally tally) {}

  /// Runs a task with its input and converts its output for the state machine.
  ///
  /// @throws TransientFailure as in [#runTransiently]
  static Map<String, Object> perform(Map<String, Object> input, Context context,
      BiFunction<Input, BooleanSupplier, Output> task) {
    Input order = Documents.mapper().convertValue(input, Input.class);
    BooleanSupplier isOutOfTime = () -> context != null && context.getRemainingTimeInMillis() < RESERVE_MILLIS;
    Output output = runTransiently(() ->
        Log.about(Map.of("organization", order.orgId()), () -> task.apply(order, isOutOfTime)));
    return Documents.mapper().convertValue(output, STATE);
  }

  /// Runs `work` and marks temporary failures as such.
  ///
  /// @throws TransientFailure for load, network errors, server errors and concurrent transactions
  static <T> T runTransiently(Supplier<T> work) {
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
