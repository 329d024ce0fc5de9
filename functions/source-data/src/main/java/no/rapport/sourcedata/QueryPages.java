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

/// Reads queries one after the other, a page or two ahead of whoever takes the rows.
///
/// Pages are decoded where they arrive, so that waiting for the table, decoding and working on rows overlap, and no
/// more than four pages (of at most 1 MiB in the table) are in memory.
final class QueryPages {

  private static final int AHEAD = 2;

  private final DynamoDbClient dynamoDb;

  QueryPages(DynamoDbClient dynamoDb) {
    this.dynamoDb = dynamoDb;
  }

  /// Hands over every row of the queries in order, on the calling thread.
  ///
  /// What the consumer throws stops the reading and is thrown on; so is what the table answers with.
  <T> void read(Iterable<QueryRequest> queries, Function<Map<String, AttributeValue>, T> decode, Consumer<T> consumer) {
    var pages = new ArrayBlockingQueue<Page<T>>(AHEAD);
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
        // An error too: otherwise the one who takes the rows would wait until the function's time is up.
        pages.put(new Page<>(List.of(), e, false));
      }
    } catch (InterruptedException e) {
      // The one who takes the rows has stopped: nobody is left to tell.
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
