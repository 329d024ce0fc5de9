package no.rapport.emulator;

import static no.rapport.emulator.DynamoDbStore.key;
import static no.rapport.emulator.DynamoDbStore.number;
import static no.rapport.emulator.DynamoDbStore.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/// Tests the behaviour of DynamoDB that the functions rely on under concurrent writes. [DynamoDbAnswersTest] compares
/// the answers to single requests.
@ParameterizedClass
@EnumSource(DynamoDbStore.class)
class DynamoDbContractTest {

  private static final int WRITERS = 4;
  private static final int ROUNDS = 8;

  @Parameter
  DynamoDbStore store;

  private DynamoDbClient client;
  private String table;

  @BeforeEach
  void makeTable() {
    client = store.client();
    table = EmbeddedDynamoDb.newTable(client, "RecordsTable");
  }

  /// Returns an item that is in every index, with its number as its position.
  private static Map<String, AttributeValue> item(int number) {
    String place = "%03d".formatted(number);
    return Map.of("pk", text("org"), "sk", text(place), "by_status", text("open#" + place), "collection", text("all"),
        "collection_status", text("all#open"), "n", number(number));
  }

  private void put(int number) {
    client.putItem(put -> put.tableName(table).item(item(number)));
  }

  private void delete(int number) {
    client.deleteItem(delete -> delete.tableName(table).key(key("org", "%03d".formatted(number))));
  }

  /// Returns a query of all items, by the table or one of its indexes.
  private QueryRequest everything(String index, boolean forward) {
    String hash = switch (index) {
      case "", "ByStatus" -> "pk";
      case "ByCollection" -> "collection";
      default -> "collection_status";
    };
    String value = switch (hash) {
      case "pk" -> "org";
      case "collection" -> "all";
      default -> "all#open";
    };
    return QueryRequest.builder().tableName(table).indexName(index.isEmpty() ? null : index).scanIndexForward(forward)
        .keyConditionExpression("#hash = :hash").expressionAttributeNames(Map.of("#hash", hash))
        .expressionAttributeValues(Map.of(":hash", text(value))).limit(4).build();
  }

  private static List<Integer> numbers(List<Map<String, AttributeValue>> items) {
    return items.stream().map(item -> Integer.valueOf(item.get("n").n())).toList();
  }

  private List<Integer> walk(QueryRequest query) {
    var found = new ArrayList<Integer>();
    Map<String, AttributeValue> last = null;
    do {
      QueryResponse page = client.query(query.toBuilder().exclusiveStartKey(last).build());
      found.addAll(numbers(page.items()));
      last = page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : null;
    } while (last != null);
    return found;
  }

  @Test
  void continuesAfterDeletedItem() {
    for (String index : List.of("", "ByStatus", "ByCollection", "ByCollectionStatus")) {
      for (boolean forward : List.of(true, false)) {
        IntStream.rangeClosed(1, 9).forEach(this::put);
        QueryRequest query = everything(index, forward);
        QueryResponse first = client.query(query);
        assertThat(numbers(first.items())).isEqualTo(forward ? List.of(1, 2, 3, 4) : List.of(9, 8, 7, 6));

        int last = numbers(first.items()).getLast();
        delete(last);
        delete(forward ? last + 1 : last - 1);
        QueryResponse second = client.query(query.toBuilder().exclusiveStartKey(first.lastEvaluatedKey()).build());

        assertThat(numbers(second.items())).as(index + " " + forward)
            .isEqualTo(forward ? List.of(6, 7, 8, 9) : List.of(4, 3, 2, 1));
      }
    }
  }

  @Test
  void pagesReturnEachItemOnceDuringWritesAndDeletes() throws Exception {
    // Every third item stays; the others are written and deleted.
    List<Integer> stable = IntStream.range(0, 20).map(i -> 3 * i).boxed().toList();
    stable.forEach(this::put);
    for (String index : List.of("", "ByStatus", "ByCollection", "ByCollectionStatus")) {
      for (boolean forward : List.of(true, false)) {
        whileOthersWrite(writer -> {
          for (int i = 0; i < ROUNDS; i++) {
            put(3 * i + 1 + writer % 2);
            delete(3 * i + 1 + writer % 2);
          }
          return null;
        }, () -> assertThat(walk(everything(index, forward))).as(index + " " + forward).doesNotHaveDuplicates()
            .isSortedAccordingTo(forward ? Integer::compare : (a, b) -> Integer.compare(b, a))
            .containsSubsequence(forward ? stable : stable.reversed()));
      }
    }
  }

  @Test
  void scansReturnEachItemOnceDuringWritesAndDeletes() throws Exception {
    List<Integer> stable = IntStream.range(0, 20).map(i -> 3 * i).boxed().toList();
    stable.forEach(this::put);
    whileOthersWrite(writer -> {
      for (int i = 0; i < ROUNDS; i++) {
        put(3 * i + 1 + writer % 2);
        delete(3 * i + 1 + writer % 2);
      }
      return null;
    }, () -> {
      var found = new ArrayList<Integer>();
      for (ScanResponse page : client.scanPaginator(scan -> scan.tableName(table).limit(4))) {
        found.addAll(numbers(page.items()));
      }
      assertThat(found).doesNotHaveDuplicates().containsAll(stable);
    });
  }

  @Test
  void endsPageAfterOneMegabyte() {
    IntStream.range(0, 12).forEach(number -> {
      var item = new HashMap<>(item(number));
      item.put("document", text("x".repeat(150_000)));
      client.putItem(put -> put.tableName(table).item(item));
    });

    QueryResponse first = client.query(everything("", true).toBuilder().limit(null).build());

    assertThat(numbers(first.items())).isEqualTo(List.of(0, 1, 2, 3, 4, 5, 6));
    assertThat(first.lastEvaluatedKey()).isEqualTo(key("org", "006"));
    assertThat(walk(everything("", true).toBuilder().limit(null).build())).hasSize(12);
  }

  @Test
  void acceptsOneOfManyWritersPerVersion() throws Exception {
    client.putItem(put -> put.tableName(table).item(versioned("doc", 0)));
    var wins = new ConcurrentLinkedQueue<Long>();
    together(writer -> {
      for (int round = 0; round < ROUNDS; round++) {
        long seen = version("doc");
        try {
          client.putItem(put -> put.tableName(table).item(versioned("doc", seen + 1))
              .conditionExpression("version = :seen").expressionAttributeValues(Map.of(":seen", number(seen))));
          wins.add(seen);
        } catch (ConditionalCheckFailedException e) {
          // Another writer replaced that version.
        }
      }
      return null;
    });

    assertThat(wins).doesNotHaveDuplicates();
    assertThat(version("doc")).isEqualTo(wins.size());
  }

  @Test
  void sumsAdditionsOfManyWriters() throws Exception {
    together(writer -> {
      for (int round = 0; round < ROUNDS; round++) {
        client.updateItem(update -> update.tableName(table).key(key("org", "total")).updateExpression("ADD version :one")
            .expressionAttributeValues(Map.of(":one", number(1))));
      }
      return null;
    });

    assertThat(version("total")).isEqualTo((long) ROUNDS * WRITERS);
  }

  @Test
  void writesAllOrNoneOfTransaction() throws Exception {
    client.putItem(put -> put.tableName(table).item(versioned("left", 0)));
    client.putItem(put -> put.tableName(table).item(versioned("right", 0)));
    var wins = new ConcurrentLinkedQueue<Long>();
    together(writer -> {
      for (int round = 0; round < ROUNDS; round++) {
        // Half of the writers read one item and half the other, so that a partial transaction would be visible.
        long seen = version(writer % 2 == 0 ? "left" : "right");
        try {
          client.transactWriteItems(transaction -> transaction.transactItems(
              replace("left", seen), replace("right", seen)));
          wins.add(seen);
        } catch (TransactionCanceledException e) {
          assertThat(e.cancellationReasons()).extracting(reason -> reason.code())
              .isSubsetOf("None", "ConditionalCheckFailed", "TransactionConflict").doesNotContainSequence("None", "None");
        }
      }
      return null;
    });

    assertThat(wins).doesNotHaveDuplicates();
    assertThat(version("left")).isEqualTo(version("right")).isEqualTo(wins.size());
  }

  @Test
  void appliesRepeatedTransactionOnce() throws Exception {
    for (int round = 0; round < 5; round++) {
      String token = UUID.randomUUID().toString();
      together(_ -> {
        client.transactWriteItems(transaction -> transaction.clientRequestToken(token).transactItems(
            TransactWriteItem.builder().update(update -> update.tableName(table).key(key("org", "total"))
                .updateExpression("ADD version :one").expressionAttributeValues(Map.of(":one", number(1)))).build()));
        return null;
      });

      assertThat(version("total")).isEqualTo(round + 1);
    }
  }

  @Test
  void acceptsRetryOfRefusedTransactionUnderItsToken() {
    String token = UUID.randomUUID().toString();
    var transaction = TransactWriteItem.builder().put(put -> put.tableName(table).item(versioned("new", 1))
        .conditionExpression("attribute_not_exists(pk)")).build();
    client.putItem(put -> put.tableName(table).item(versioned("new", 7)));
    assertThatThrownBy(() -> client.transactWriteItems(t -> t.clientRequestToken(token).transactItems(transaction)))
        .isInstanceOf(TransactionCanceledException.class);
    client.deleteItem(delete -> delete.tableName(table).key(key("org", "new")));

    client.transactWriteItems(t -> t.clientRequestToken(token).transactItems(transaction));

    assertThat(version("new")).isEqualTo(1);
  }

  private static Map<String, AttributeValue> versioned(String sk, long version) {
    return Map.of("pk", text("org"), "sk", text(sk), "version", number(version));
  }

  private long version(String sk) {
    return Long.parseLong(client.getItem(get -> get.tableName(table).key(key("org", sk)).consistentRead(true)).item()
        .get("version").n());
  }

  private TransactWriteItem replace(String sk, long seen) {
    return TransactWriteItem.builder().put(put -> put.tableName(table).item(versioned(sk, seen + 1))
        .conditionExpression("version = :seen").expressionAttributeValues(Map.of(":seen", number(seen)))).build();
  }

  /// Runs several writers, and reads the table until they are done, at least twice.
  private static void whileOthersWrite(IntFunction<Void> writes, Runnable look) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> writers = IntStream.range(0, WRITERS).mapToObj(writer ->
          threads.submit(() -> writes.apply(writer))).toList();
      look.run();
      while (!writers.stream().allMatch(Future::isDone)) {
        look.run();
      }
      for (Future<Void> writer : writers) {
        writer.get();
      }
    }
    look.run();
  }

  private static void together(IntFunction<Void> work) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> tasks = IntStream.range(0, WRITERS).<Callable<Void>>mapToObj(writer ->
          () -> work.apply(writer)).toList();
      for (Future<Void> task : threads.invokeAll(tasks)) {
        task.get();
      }
    }
  }
}
