package no.rapport.emulator;

import static no.rapport.emulator.DynamoDbStore.key;
import static no.rapport.emulator.DynamoDbStore.number;
import static no.rapport.emulator.DynamoDbStore.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.Select;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/// Compares the answers of the heap's DynamoDB and of DynamoDB Local to the same random requests, generated from a
/// seed: values, pages, errors and their contents.
///
/// `-Drapport.answers=<n>` sets the number of requests; `-Drapport.answers.seed=<seed>` repeats those of a seed.
class DynamoDbAnswersTest {

  private static final int REQUESTS = Integer.getInteger("rapport.answers", 500);
  private static final List<String> PARTITIONS = List.of("a", "b");
  private static final List<String> STATUSES = List.of("open", "done");

  private final long seed = Long.getLong("rapport.answers.seed", 1);
  private final Random random = new Random(seed);
  private final Map<DynamoDbStore, String> tables = new HashMap<>();
  private final List<String> tokens = new ArrayList<>();

  /// A request, without the table's name.
  private record Request(String description, Function<String, Function<DynamoDbClient, Object>> of) {}

  @Test
  void givesSameAnswersToSameRequests() {
    for (DynamoDbStore store : DynamoDbStore.values()) {
      tables.put(store, EmbeddedDynamoDb.newTable(store.client(), "RecordsTable"));
    }
    var answered = new HashMap<String, Integer>();
    for (int i = 0; i < REQUESTS; i++) {
      Request request = request();
      Object local = outcome(request, DynamoDbStore.LOCAL);
      Object heap = outcome(request, DynamoDbStore.HEAP);
      answered.merge(local instanceof String refusal ? refusal.split(" ")[0] : "answer", 1, Integer::sum);
      assertThat(isSame(local, heap)).as("%s%n  DynamoDB Local: %s%n  heap: %s%nRepeat it with: %s", request.description(), local, heap,
          Replay.of(getClass(), "rapport.answers.seed=" + seed, "rapport.answers=" + (i + 1))).isTrue();
    }
    assertThat(answered).as("number of answers by kind, seed " + seed).containsKeys("answer",
        "ConditionalCheckFailedException", "TransactionCanceledException", "DynamoDbException");
  }

  private static boolean isSame(Object a, Object b) {
    return members(a).equals(members(b));
  }

  /// Returns the content of an answer without consumed capacity.
  private static Object members(Object answer) {
    if (!(answer instanceof SdkPojo pojo)) {
      return answer;
    }
    return pojo.sdkFields().stream().filter(field -> !field.memberName().equals("ConsumedCapacity"))
        .collect(HashMap::new, (members, field) -> members.put(field.memberName(), field.getValueOrDefault(pojo)),
            HashMap::putAll);
  }

  private Object outcome(Request request, DynamoDbStore store) {
    try {
      return request.of().apply(tables.get(store)).apply(store.client());
    } catch (TransactionCanceledException e) {
      return "TransactionCanceledException " + e.cancellationReasons().stream()
          .map(reason -> reason.code() + " " + (reason.hasItem() ? sorted(reason.item()) : "")).toList();
    } catch (ConditionalCheckFailedException e) {
      return "ConditionalCheckFailedException " + (e.hasItem() ? sorted(e.item()) : "");
    } catch (DynamoDbException e) {
      return "DynamoDbException " + e.awsErrorDetails().errorCode();
    }
  }

  private static Map<String, AttributeValue> sorted(Map<String, AttributeValue> item) {
    return new java.util.TreeMap<>(item);
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /// Returns names that differ in each partition, so that an index across partitions has a unique order.
  private Map<String, AttributeValue> anyKey() {
    String partition = any(PARTITIONS);
    return key(partition, place(partition));
  }

  private String place(String partition) {
    // The last two sort differently by UTF-16 units than by bytes.
    return List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "\uFB01", "\uD83D\uDE00").get(random.nextInt(11)) + "-" + partition;
  }

  private Map<String, AttributeValue> anyItem() {
    var item = new HashMap<>(anyKey());
    String status = any(STATUSES);
    if (random.nextInt(4) > 0) {
      item.put("by_status", text(status + "#" + item.get("sk").s()));
    }
    if (random.nextInt(4) > 0) {
      item.put("collection", text("all"));
      item.put("collection_status", text("all#" + status));
    }
    item.put("version", AttributeValue.fromN(any(List.of("0", "1", "2", "3", "1.0", "0.50", "-7", "1e2"))));
    if (random.nextBoolean()) {
      item.put("note", any(List.of(text("x"), text(""), text("yæ"), AttributeValue.fromBool(true), AttributeValue.fromNul(true),
          AttributeValue.fromL(List.of(number(1), text("z"))), AttributeValue.fromM(Map.of("n", AttributeValue.fromN("2"))))));
    }
    return item;
  }

  private Request request() {
    return switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> put();
      case 4, 5 -> update();
      case 6 -> delete();
      case 7 -> get();
      case 8 -> batchGet();
      case 9 -> batchWrite();
      case 10, 11 -> transaction();
      case 12 -> wrong();
      case 13 -> scan();
      default -> query();
    };
  }

  /// An expression and the values that it uses.
  private record Condition(String text, Map<String, AttributeValue> values) {

    Map<String, AttributeValue> valuesOrNull() {
      return values.isEmpty() ? null : values;
    }

    Condition and(Map<String, AttributeValue> others) {
      var all = new HashMap<>(values);
      all.putAll(others);
      return new Condition(text, all);
    }
  }

  private Condition anyCondition() {
    AttributeValue one = number(random.nextInt(4));
    AttributeValue two = number(random.nextInt(4));
    return switch (random.nextInt(13)) {
      case 0 -> new Condition("attribute_not_exists(pk)", Map.of());
      case 1 -> new Condition("attribute_exists(note)", Map.of());
      case 2 -> new Condition("version = :one", Map.of(":one", one));
      case 3 -> new Condition("version <> :one", Map.of(":one", one));
      case 4 -> new Condition("version < :one OR version >= :two", Map.of(":one", one, ":two", two));
      case 5 -> new Condition("attribute_not_exists(pk) OR version <= :one", Map.of(":one", one));
      case 6 -> new Condition("version BETWEEN :one AND :two AND attribute_exists(collection_status)",
          Map.of(":one", number(0), ":two", two));
      case 7 -> new Condition("version IN (:one, :two)", Map.of(":one", one, ":two", two));
      case 8 -> new Condition("NOT version > :one", Map.of(":one", one));
      case 9 -> new Condition("(version > :one OR note = :x) AND pk = :pk",
          Map.of(":one", one, ":x", text("x"), ":pk", text(any(PARTITIONS))));
      case 10 -> new Condition("begins_with(collection_status, :begin)", Map.of(":begin", text("all#" + any(List.of("", "o", "d")))));
      case 11 -> new Condition("note = :x AND version = :one OR collection_status = :status",
          Map.of(":x", text("x"), ":one", one, ":status", text("all#done")));
      default -> new Condition(null, Map.of());
    };
  }

  private ReturnValuesOnConditionCheckFailure shown() {
    return random.nextBoolean() ? ReturnValuesOnConditionCheckFailure.ALL_OLD : ReturnValuesOnConditionCheckFailure.NONE;
  }

  private Request put() {
    Map<String, AttributeValue> item = anyItem();
    Condition condition = anyCondition();
    ReturnValue values = any(List.of(ReturnValue.NONE, ReturnValue.ALL_OLD));
    ReturnValuesOnConditionCheckFailure shown = shown();
    return new Request("put " + item + " if " + condition, table -> client -> client.putItem(put -> put.tableName(table)
        .item(item).conditionExpression(condition.text()).expressionAttributeValues(condition.valuesOrNull())
        .returnValues(values).returnValuesOnConditionCheckFailure(shown)));
  }

  private Condition anyUpdate() {
    AttributeValue value = number(random.nextInt(4));
    return switch (random.nextInt(8)) {
      case 0 -> new Condition("ADD version :v, times :v", Map.of(":v", value));
      case 1 -> new Condition("SET note = :v", Map.of(":v", text("x")));
      case 2 -> new Condition("SET version = version + :v", Map.of(":v", value));
      case 3 -> new Condition("SET version = if_not_exists(version, :v), copied = version", Map.of(":v", value));
      case 4 -> new Condition("REMOVE note, collection_status", Map.of());
      case 5 -> new Condition("SET by_status = :v REMOVE note ADD times :w",
          Map.of(":v", text("done#" + random.nextInt(1_000_000)), ":w", value));
      case 6 -> new Condition("ADD note :v", Map.of(":v", value));
      default -> new Condition("SET times = :v - version", Map.of(":v", value));
    };
  }

  private Request update() {
    Map<String, AttributeValue> key = anyKey();
    Condition condition = random.nextBoolean() ? anyCondition() : new Condition(null, Map.of());
    Condition update = anyUpdate();
    ReturnValue values = any(List.of(ReturnValue.NONE, ReturnValue.ALL_OLD, ReturnValue.ALL_NEW, ReturnValue.UPDATED_NEW));
    ReturnValuesOnConditionCheckFailure shown = shown();
    return new Request("update " + key + " " + update + " if " + condition + " " + values, table -> client ->
        client.updateItem(request -> request.tableName(table).key(key).conditionExpression(condition.text())
            .updateExpression(update.text()).expressionAttributeValues(update.and(condition.values()).valuesOrNull())
            .returnValues(values).returnValuesOnConditionCheckFailure(shown)));
  }

  private Request delete() {
    Map<String, AttributeValue> key = anyKey();
    Condition condition = anyCondition();
    ReturnValue values = any(List.of(ReturnValue.NONE, ReturnValue.ALL_OLD));
    return new Request("delete " + key + " if " + condition, table -> client -> client.deleteItem(delete -> delete
        .tableName(table).key(key).conditionExpression(condition.text())
        .expressionAttributeValues(condition.valuesOrNull()).returnValues(values)));
  }

  private Request get() {
    Map<String, AttributeValue> key = anyKey();
    String projection = any(java.util.Arrays.asList(null, "pk, version", "note", "#n, absent"));
    return new Request("get " + key + " " + projection, table -> client -> client.getItem(get -> get.tableName(table)
        .key(key).projectionExpression(projection)
        .expressionAttributeNames("#n, absent".equals(projection) ? Map.of("#n", "note") : null)));
  }

  private Request batchGet() {
    var keys = IntStream.range(0, 1 + random.nextInt(4)).mapToObj(_ -> anyKey()).toList();
    return new Request("batch get " + keys, table -> client -> {
      var response = client.batchGetItem(get -> get.requestItems(Map.of(table, KeysAndAttributes.builder().keys(keys).build())));
      return List.of(response.unprocessedKeys(), new HashSet<>(response.responses().get(table)));
    });
  }

  private Request batchWrite() {
    var writes = IntStream.range(0, 1 + random.nextInt(4)).mapToObj(_ -> {
      Map<String, AttributeValue> item = anyItem();
      return random.nextBoolean() ? WriteRequest.builder().putRequest(put -> put.item(item)).build()
          : WriteRequest.builder().deleteRequest(delete -> delete.key(key(item.get("pk").s(), item.get("sk").s()))).build();
    }).toList();
    return new Request("batch write " + writes, table -> client ->
        client.batchWriteItem(write -> write.requestItems(Map.of(table, writes))).unprocessedItems());
  }

  private Request transaction() {
    String token = tokens.isEmpty() || random.nextInt(4) > 0 ? UUID.randomUUID().toString() : any(tokens);
    tokens.add(token);
    Action first = action();
    List<Action> actions = random.nextInt(10) == 0 ? List.of(add(first.key()), add(first.key()))
        : List.copyOf(IntStream.range(0, random.nextInt(4)).mapToObj(_ -> action())
            .collect(() -> new HashMap<>(Map.of(first.key(), first)), (all, one) -> all.put(one.key(), one), Map::putAll)
            .values());
    return new Request("transaction " + token + actions.stream().map(Action::description).toList(), table -> client ->
        client.transactWriteItems(transaction -> transaction.clientRequestToken(token)
            .transactItems(actions.stream().map(action -> action.of().apply(table)).toList())));
  }

  /// @param key the key of the action's item; a transaction has one action per item
  private record Action(Map<String, AttributeValue> key, String description, Function<String, TransactWriteItem> of) {}

  private Action action() {
    Condition condition = random.nextInt(3) > 0 ? new Condition(null, Map.of()) : anyCondition();
    ReturnValuesOnConditionCheckFailure shown = shown();
    Map<String, AttributeValue> item = anyItem();
    Map<String, AttributeValue> key = anyKey();
    switch (random.nextInt(4)) {
      case 0 -> {
        return new Action(key(item.get("pk").s(), item.get("sk").s()), "put " + item + " if " + condition, table -> TransactWriteItem.builder().put(put -> put
            .tableName(table).item(item).conditionExpression(condition.text())
            .expressionAttributeValues(condition.valuesOrNull()).returnValuesOnConditionCheckFailure(shown)).build());
      }
      case 1 -> {
        return new Action(key, "delete " + key + " if " + condition, table -> TransactWriteItem.builder().delete(delete -> delete
            .tableName(table).key(key).conditionExpression(condition.text())
            .expressionAttributeValues(condition.valuesOrNull()).returnValuesOnConditionCheckFailure(shown)).build());
      }
      case 2 -> {
        Condition check = condition.text() == null ? new Condition("attribute_exists(pk)", Map.of()) : condition;
        return new Action(key, "check " + key + " " + check, table -> TransactWriteItem.builder().conditionCheck(one -> one
            .tableName(table).key(key).conditionExpression(check.text())
            .expressionAttributeValues(check.valuesOrNull()).returnValuesOnConditionCheckFailure(shown)).build());
      }
      default -> {
        return add(key);
      }
    }
  }

  private Action add(Map<String, AttributeValue> key) {
    AttributeValue added = number(random.nextInt(3));
    return new Action(key, "add " + key + " " + added, table -> TransactWriteItem.builder().update(update -> update
        .tableName(table).key(key).updateExpression("ADD #times :added")
        .expressionAttributeNames(Map.of("#times", "times"))
        .expressionAttributeValues(Map.of(":added", added))).build());
  }

  private Request scan() {
    return new Request("scan", table -> client -> {
      Set<Map<String, AttributeValue>> found = new HashSet<>();
      client.scanPaginator(scan -> scan.tableName(table).limit(3).filterExpression("version >= :one")
          .expressionAttributeValues(Map.of(":one", number(1)))).items().forEach(item -> assertThat(found.add(item)).isTrue());
      return found;
    });
  }

  private Request query() {
    String index = any(List.of("", "", "ByStatus", "ByStatus", "ByCollection", "ByCollectionStatus"));
    String partition = any(PARTITIONS);
    String hash = switch (index) {
      case "ByCollection" -> "collection";
      case "ByCollectionStatus" -> "collection_status";
      default -> "pk";
    };
    String hashValue = switch (hash) {
      case "collection" -> "all";
      case "collection_status" -> "all#" + any(STATUSES);
      default -> partition;
    };
    String range = index.equals("ByStatus") ? "by_status" : "sk";
    String prefix = index.equals("ByStatus") ? any(STATUSES) + "#" : "";
    var values = new HashMap<String, AttributeValue>(Map.of(":hash", text(hashValue)));
    String low = prefix + random.nextInt(9);
    String high = prefix + random.nextInt(9);
    String condition = "#hash = :hash" + switch (random.nextInt(8)) {
      case 0 -> " AND #range > :low";
      case 1 -> " AND #range >= :low";
      case 2 -> " AND #range < :low";
      case 3 -> " AND #range <= :low";
      case 4 -> " AND begins_with(#range, :low)";
      case 5 -> low.compareTo(high) <= 0 ? " AND #range BETWEEN :low AND :high" : "";
      case 6 -> " AND #range = :low";
      default -> "";
    };
    if (condition.contains(":low")) {
      values.put(":low", text(condition.contains("<= :low") || condition.contains("= :low") ? prefix + place(partition) : low));
    }
    if (condition.contains(":high")) {
      values.put(":high", text(high));
    }
    var names = new HashMap<>(Map.of("#hash", hash));
    if (condition.contains("#range")) {
      names.put("#range", range);
    }
    var query = QueryRequest.builder().indexName(index.isEmpty() ? null : index).keyConditionExpression(condition)
        .expressionAttributeNames(names)
        .scanIndexForward(any(java.util.Arrays.asList(null, true, false)))
        .consistentRead(hash.equals("pk") ? random.nextBoolean() : random.nextInt(8) == 0);
    if (random.nextInt(3) == 0) {
      query.filterExpression("version >= :least OR attribute_exists(note)");
      values.put(":least", number(random.nextInt(4)));
    }
    if (random.nextInt(3) > 0) {
      query.limit(1 + random.nextInt(5));
    }
    if (random.nextInt(4) == 0) {
      query.select(Select.COUNT);
    } else if (random.nextInt(4) == 0) {
      query.projectionExpression("sk, version");
    }
    if (random.nextInt(3) == 0) {
      String of = random.nextInt(6) == 0 ? any(PARTITIONS) : partition;
      var start = new HashMap<>(key(of, place(of)));
      if (!index.isEmpty()) {
        start.put(range, text(index.equals("ByStatus") ? prefix + start.get("sk").s() : start.get("sk").s()));
        start.put(hash, text(hash.equals("pk") ? of : hashValue));
      }
      // DynamoDB Local rejects some keys at the bound of a range, although its own pages can end with them.
      if (!values.containsValue(start.get(range))) {
        query.exclusiveStartKey(start);
      }
    }
    query.expressionAttributeValues(values);
    return new Request(query.build().toString(), table -> client -> {
      QueryRequest request = query.tableName(table).build();
      var page = client.query(request);
      // A page that ends with the last item may or may not have a last key.
      boolean isLast = page.hasLastEvaluatedKey() && client.query(request.toBuilder().select(Select.COUNT)
          .projectionExpression(null).exclusiveStartKey(page.lastEvaluatedKey()).build()).scannedCount() == 0;
      return isLast ? page.toBuilder().lastEvaluatedKey(null).build() : page;
    });
  }

  /// Requests that the service rejects regardless of the table's content.
  private Request wrong() {
    Map<String, AttributeValue> key = anyKey();
    List<Request> wrong = List.of(
        new Request("get by half a key", table -> client -> client.getItem(get -> get.tableName(table)
            .key(Map.of("pk", text("a"))))),
        new Request("get by a key with more", table -> client -> client.getItem(get -> get.tableName(table).key(anyItem()))),
        new Request("get by an empty key", table -> client -> client.getItem(get -> get.tableName(table).key(key("", "a")))),
        new Request("put without a key", table -> client -> client.putItem(put -> put.tableName(table)
            .item(Map.of("pk", text("a"))))),
        new Request("put with a number for an index's key", table -> client -> client.putItem(put -> put.tableName(table)
            .item(Map.of("pk", text("a"), "sk", text("a"), "by_status", number(1))))),
        new Request("put that is too large", table -> client -> client.putItem(put -> put.tableName(table)
            .item(Map.of("pk", text("a"), "sk", text("a"), "note", text("x".repeat(410_000)))))),
        new Request("put that is too large with its copy in the local index", table -> client -> client.putItem(put -> put
            .tableName(table).item(Map.of("pk", text("a"), "sk", text("a"), "by_status", text("open#a"),
                "note", text("x".repeat(210_000)))))),
        new Request("put that is as large without the index", table -> client -> client.putItem(put -> put
            .tableName(table).item(Map.of("pk", text("large"), "sk", text("a"), "note", text("x".repeat(210_000)))))),
        new Request("update of a key", table -> client -> client.updateItem(update -> update.tableName(table).key(key)
            .updateExpression("SET sk = :v").expressionAttributeValues(Map.of(":v", text("b"))))),
        new Request("unused value", table -> client -> client.deleteItem(delete -> delete.tableName(table).key(key)
            .conditionExpression("attribute_exists(pk)").expressionAttributeValues(Map.of(":v", text("b"))))),
        new Request("unused name", table -> client -> client.getItem(get -> get.tableName(table).key(key)
            .projectionExpression("pk").expressionAttributeNames(Map.of("#n", "note")))),
        new Request("undefined value", table -> client -> client.deleteItem(delete -> delete.tableName(table).key(key)
            .conditionExpression("version = :seen"))),
        new Request("undefined name", table -> client -> client.deleteItem(delete -> delete.tableName(table).key(key)
            .conditionExpression("attribute_exists(#n)"))),
        new Request("no such index", table -> client -> client.query(query -> query.tableName(table).indexName("None")
            .keyConditionExpression("pk = :pk").expressionAttributeValues(Map.of(":pk", text("a"))))),
        new Request("key of another index", table -> client -> client.query(query -> query.tableName(table)
            .indexName("ByCollection").keyConditionExpression("pk = :pk")
            .expressionAttributeValues(Map.of(":pk", text("a"))))),
        new Request("start key of the table in an index", table -> client -> client.query(query -> query.tableName(table)
            .indexName("ByCollection").keyConditionExpression("#c = :c").expressionAttributeNames(Map.of("#c", "collection"))
            .expressionAttributeValues(Map.of(":c", text("all"))).exclusiveStartKey(key))),
        new Request("start key of an index in the table", table -> client -> client.query(query -> query.tableName(table)
            .keyConditionExpression("pk = :pk").expressionAttributeValues(Map.of(":pk", text("a")))
            .exclusiveStartKey(Map.of("pk", text("a"), "sk", text("a"), "by_status", text("x"))))),
        new Request("no partition", table -> client -> client.query(query -> query.tableName(table)
            .keyConditionExpression("sk > :sk").expressionAttributeValues(Map.of(":sk", text("a"))))),
        new Request("many partitions", table -> client -> client.query(query -> query.tableName(table)
            .keyConditionExpression("pk > :pk").expressionAttributeValues(Map.of(":pk", text("a"))))),
        new Request("two ranges", table -> client -> client.query(query -> query.tableName(table)
            .keyConditionExpression("pk = :pk AND sk > :a AND sk < :b")
            .expressionAttributeValues(Map.of(":pk", text("a"), ":a", text("1"), ":b", text("5"))))),
        new Request("filter on the range key", table -> client -> client.query(query -> query.tableName(table)
            .keyConditionExpression("pk = :pk").filterExpression("sk > :sk")
            .expressionAttributeValues(Map.of(":pk", text("a"), ":sk", text("1"))))),
        new Request("limit of nothing", table -> client -> client.query(query -> query.tableName(table).limit(0)
            .keyConditionExpression("pk = :pk").expressionAttributeValues(Map.of(":pk", text("a"))))),
        new Request("no such table", _ -> client -> client.getItem(get -> get.tableName("None").key(key))),
        new Request("a table that is there", table -> client -> client.createTable(
            TableDefinition.of(table, TemplateDocument.section(TemplateDocument.section(TEMPLATE, "SourceDataTable"), "Properties"))
                .create())),
        new Request("too many in a batch", table -> client -> client.batchGetItem(get -> get.requestItems(Map.of(table,
            KeysAndAttributes.builder().keys(IntStream.range(0, 101).mapToObj(i -> key("a", "k" + i)).toList()).build())))),
        new Request("too many actions", table -> client -> client.transactWriteItems(transaction -> transaction.transactItems(
            IntStream.range(0, 101).mapToObj(i -> TransactWriteItem.builder().delete(delete -> delete.tableName(table)
                .key(key("a", "k" + i))).build()).toList()))));
    return any(wrong);
  }

  private static final Map<String, Object> TEMPLATE = template();

  private static Map<String, Object> template() {
    try {
      return TemplateDocument.section(TemplateDocument.read(
          java.nio.file.Path.of(System.getProperty("rapport.home"), "template.yaml")), "Resources");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
