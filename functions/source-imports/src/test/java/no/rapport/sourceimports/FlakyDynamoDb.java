package no.rapport.sourceimports;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/// A DynamoDB client that simulates faults that DynamoDB Local does not produce: transactions conflict, are throttled,
/// or are committed although the answer is an error, and batch reads leave keys out.
final class FlakyDynamoDb implements DynamoDbClient {

  final AtomicInteger failures = new AtomicInteger();

  private final DynamoDbClient real;
  private final Random random;

  FlakyDynamoDb(DynamoDbClient real, long seed) {
    this.real = real;
    this.random = new Random(seed);
  }

  @Override
  public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
    int day;
    synchronized (random) {
      day = random.nextInt(8);
    }
    if (day == 0) {
      throw canceled("TransactionConflict");
    }
    if (day == 1) {
      throw canceled("ThrottlingError");
    }
    TransactWriteItemsResponse response = real.transactWriteItems(request);
    if (day == 2) {
      throw canceled("ConditionalCheckFailed");
    }
    return response;
  }

  @Override
  public BatchGetItemResponse batchGetItem(BatchGetItemRequest request) {
    String table = request.requestItems().keySet().iterator().next();
    KeysAndAttributes asked = request.requestItems().get(table);
    if (asked.keys().size() < 2) {
      return real.batchGetItem(request);
    }
    int half = asked.keys().size() / 2;
    BatchGetItemResponse response = real.batchGetItem(request.toBuilder()
        .requestItems(Map.of(table, asked.toBuilder().keys(asked.keys().subList(0, half)).build()))
        .build());
    failures.incrementAndGet();
    return response.toBuilder()
        .unprocessedKeys(Map.of(
            table, asked.toBuilder().keys(asked.keys().subList(half, asked.keys().size())).build()))
        .build();
  }

  @Override
  public GetItemResponse getItem(GetItemRequest request) {
    return real.getItem(request);
  }

  @Override
  public String serviceName() {
    return real.serviceName();
  }

  @Override
  public void close() {
    real.close();
  }

  private TransactionCanceledException canceled(String code) {
    failures.incrementAndGet();
    return TransactionCanceledException.builder()
        .message("Transaction cancelled")
        .cancellationReasons(List.of(
            CancellationReason.builder().code("None").build(), CancellationReason.builder().code(code).build()))
        .statusCode(400)
        .build();
  }
}
