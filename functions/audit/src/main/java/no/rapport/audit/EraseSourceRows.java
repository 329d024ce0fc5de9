package no.rapport.audit;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import no.rapport.sourcedata.SourceDataTable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/// Removes an organisation's activities, case records and related rows. Before the first deletion it writes the mark
/// that prevents late imports from restoring rows ([SourceDataTable#erased]).
public final class EraseSourceRows implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// The range of months that imports accept.
  private static final YearMonth FIRST_MONTH = YearMonth.of(1901, 1);
  private static final YearMonth LAST_MONTH = YearMonth.of(2199, 12);
  /// DynamoDB's limit of requests in one batch write.
  private static final int MAX_ROWS_PER_BATCH = 25;
  private static final int MAX_ROUNDS = 20;
  /// One after the other, the queries of all months take some 20 seconds.
  private static final int MAX_CONCURRENT_QUERIES = 16;

  private final DynamoDbClient client;
  private final String table;
  private final YearMonth firstMonth;
  private final YearMonth lastMonth;

  public EraseSourceRows() {
    this(SourceDataTable.client(), SourceDataTable.nameFromEnvironment(), FIRST_MONTH, LAST_MONTH);
  }

  EraseSourceRows(DynamoDbClient client, String table, YearMonth firstMonth, YearMonth lastMonth) {
    this.client = client;
    this.table = table;
    this.firstMonth = firstMonth;
    this.lastMonth = lastMonth;
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return ErasureTask.perform(input, context, this::erase);
  }

  private ErasureTask.Output erase(ErasureTask.Input order, BooleanSupplier isOutOfTime) {
    client.putItem(put -> put.tableName(table).item(SourceDataTable.erased(order.orgId())));
    Tally tally = order.tallySoFar();
    for (Iterator<Range> ranges = ranges(order.orgId()).iterator(); ranges.hasNext();) {
      Range range = ranges.next();
      List<Map<String, AttributeValue>> keys = keys(range, MAX_ROWS_PER_BATCH);
      while (!keys.isEmpty()) {
        if (isOutOfTime.getAsBoolean()) {
          return new ErasureTask.Output(false, tally);
        }
        delete(keys);
        for (var key : keys) {
          tally = tally.plus(range.partition() + "/" + key.get(SourceDataTable.SK).s());
        }
        keys = keys(range, MAX_ROWS_PER_BATCH);
      }
    }
    return new ErasureTask.Output(true, tally);
  }

  /// @param prefix the prefix of the sort keys
  private record Range(String partition, String prefix) {}

  private Stream<Range> ranges(String orgId) {
    return Stream.of(Stream.of(new Range(SourceDataTable.WAITING_IMPORTS, orgId + "#")),
        partitions(orgId).map(partition -> new Range(partition, "")), monthsWithRows(orgId).stream())
        .flatMap(stream -> stream);
  }

  /// Returns the ranges of the months that have activities. It asks for every month rather than trust an index, so that
  /// no row is missed.
  private List<Range> monthsWithRows(String orgId) {
    List<Callable<Optional<Range>>> queries =
        Stream.iterate(firstMonth, month -> !month.isAfter(lastMonth), month -> month.plusMonths(1))
            .map(month -> new Range(SourceDataTable.activities(orgId, month), ""))
            .<Callable<Optional<Range>>>map(range -> () -> Optional.of(range).filter(this::hasRows)).toList();
    List<Range> found = new ArrayList<>();
    try (ExecutorService executor =
        Executors.newFixedThreadPool(MAX_CONCURRENT_QUERIES, Thread.ofVirtual().factory())) {
      for (Future<Optional<Range>> query : executor.invokeAll(queries)) {
        query.get().ifPresent(found::add);
      }
      return found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while searching months", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    }
  }

  private boolean hasRows(Range range) {
    return !keys(range, 1).isEmpty();
  }

  private Stream<String> partitions(String orgId) {
    Stream<String> parts = IntStream.range(0, SourceDataTable.PARTS).boxed().flatMap(part -> Stream.of(
        SourceDataTable.activityIds(orgId, part), SourceDataTable.cases(orgId, part),
        SourceDataTable.caseIds(orgId, part), SourceDataTable.registerCases(orgId, part)));
    return Stream.concat(parts, Stream.of(SourceDataTable.caseChanges(orgId), SourceDataTable.organization(orgId)));
  }

  private List<Map<String, AttributeValue>> keys(Range range, int limit) {
    var partition = AttributeValue.fromS(range.partition());
    return client.query(query -> {
      query.tableName(table).consistentRead(true).limit(limit).keyConditionExpression("pk = :pk")
          .expressionAttributeValues(Map.of(":pk", partition));
      if (!range.prefix().isEmpty()) {
        query.keyConditionExpression("pk = :pk AND begins_with(sk, :prefix)").expressionAttributeValues(
            Map.of(":pk", partition, ":prefix", AttributeValue.fromS(range.prefix())));
      }
    }).items().stream()
        .map(item -> SourceDataTable.key(range.partition(), item.get(SourceDataTable.SK).s())).toList();
  }

  private void delete(List<Map<String, AttributeValue>> keys) {
    Map<String, List<WriteRequest>> left = Map.of(table, keys.stream()
        .map(key -> WriteRequest.builder().deleteRequest(request -> request.key(key)).build()).toList());
    for (int round = 0; round < MAX_ROUNDS && !left.isEmpty(); round++) {
      if (round > 0) {
        LockSupport.parkNanos(Math.min(1_000_000_000L, 10_000_000L << round));
      }
      Map<String, List<WriteRequest>> rest = left;
      left = client.batchWriteItem(batch -> batch.requestItems(rest)).unprocessedItems();
    }
  }
}
