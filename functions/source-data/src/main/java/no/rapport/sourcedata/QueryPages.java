package no.rapport.sourcedata;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/// Reads the pages of queries one after the other, ahead of the consumer.
///
/// A reader thread fetches and decodes pages while the consumer works on earlier ones. At most four pages (of at most
/// 1 MiB in the table) are in memory.
final class QueryPages {

  private static final int MAX_QUEUED_PAGES = 2;

  private final DynamoDbClient dynamoDb;

  QueryPages(DynamoDbClient dynamoDb) {
    this.dynamoDb = dynamoDb;
  }

  /// Passes every row of the queries to the consumer in order, on the calling thread.
  ///
  /// Exceptions of the consumer and of DynamoDB stop the reading and are rethrown.
  <T> void read(Iterable<QueryRequest> queries, Function<Map<String, AttributeValue>, T> decode, Consumer<T> consumer) {
    var pages = new ArrayBlockingQueue<Page<T>>(MAX_QUEUED_PAGES);
    Thread reader = Thread.ofVirtual().start(() -> fill(queries, decode, pages));
    try {
      for (Page<T> page = pages.take(); !page.last(); page = pages.take()) {
        page.rows().forEach(consumer);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while reading source data", e);
    } finally {
      reader.interrupt();
    }
  }

  private <T> void fill(
      Iterable<QueryRequest> queries, Function<Map<String, AttributeValue>, T> decode,
      ArrayBlockingQueue<Page<T>> pages) {
    try {
      try {
        for (QueryRequest query : queries) {
          QueryRequest next = query;
          while (next != null) {
            QueryResponse response = dynamoDb.query(next);
            if (!response.items().isEmpty()) {
              pages.put(new Page<>(response.items().stream().map(decode).toList(), null, false));
            }
            next = response.hasLastEvaluatedKey() && !response.lastEvaluatedKey().isEmpty()
                ? query.toBuilder().exclusiveStartKey(response.lastEvaluatedKey()).build()
                : null;
          }
        }
        pages.put(new Page<>(List.of(), null, true));
      } catch (RuntimeException | Error e) {
        // Also passes an Error on: otherwise the consumer would wait for a page until the function times out.
        pages.put(new Page<>(List.of(), e, false));
      }
    } catch (InterruptedException e) {
      // The consumer has stopped and interrupted this thread.
      Thread.currentThread().interrupt();
    }
  }

  private record Page<T>(List<T> content, Throwable failure, boolean last) {

    List<T> rows() {
      switch (failure) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null, default -> {
          return content;
        }
      }
    }
  }
}
