package no.rapport.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import no.rapport.emulator.HeapTable.Index;
import no.rapport.emulator.HeapTable.Position;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// Implements the part of DynamoDB that Rapport uses on the heap. As the HTTP client of an SDK client it answers at
/// once, without a connection. It is for tests that repeat the same steps thousands of times. [EmbeddedDynamoDb] is
/// Amazon's own; one contract test requires the same answers of both, also under concurrent writes.
///
/// Supported: tables whose keys are strings, local and global indexes with all attributes, the expressions of
/// [DynamoDbExpressions], pages of at most 1 MB, and transactions with their tokens. Everything else fails by name.
///
/// Relevant differences from the service: global indexes never lag, nothing expires or is throttled, transactions wait
/// for each other instead of failing with a conflict, and reserved words are accepted as attribute names. Safe for use
/// by many threads.
public final class HeapDynamoDb extends HeapHttpClient {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_TOKENS = 1_000;
  private static final int MAX_ACTIONS = 100;
  private static final int MAX_BATCH_GETS = 100;
  private static final int MAX_BATCH_WRITES = 25;
  private static final int MAX_PAGE_BYTES = 1024 * 1024;

  private final Map<String, HeapTable> tables = new HashMap<>();
  private final Map<String, JsonNode> transactions = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, JsonNode> eldest) {
      return size() > MAX_TOKENS;
    }
  };

  /// Returns a client of a new, empty DynamoDB.
  public static DynamoDbClient newClient() {
    return DynamoDbClient.builder().region(Loopback.REGION).credentialsProvider(Loopback.CREDENTIALS)
        .endpointOverride(Loopback.uri(1)).httpClient(new HeapDynamoDb()).build();
  }

  @Override
  Reply reply(SdkHttpRequest request, byte[] body) throws IOException {
    String target = request.firstMatchingHeader("X-Amz-Target").orElseThrow();
    int status = 200;
    ObjectNode answer;
    try {
      answer = answer(target.substring(target.indexOf('.') + 1), JSON.readTree(body));
    } catch (DynamoDbRefusal refusal) {
      status = 400;
      answer = refusal.body();
    }
    return new Reply(status, Map.of("Content-Type", "application/x-amz-json-1.0"), JSON.writeValueAsBytes(answer));
  }

  private synchronized ObjectNode answer(String operation, JsonNode request) {
    return switch (operation) {
      case "CreateTable" -> createTable(request);
      case "DeleteTable" -> {
        table(request);
        tables.remove(request.path("TableName").asText());
        yield JSON.createObjectNode();
      }
      case "GetItem" -> getItem(request);
      case "PutItem", "UpdateItem", "DeleteItem" -> writeOne(operation.replace("Item", ""), request);
      case "Query" -> query(request);
      case "Scan" -> scan(request);
      case "BatchGetItem" -> batchGet(request);
      case "BatchWriteItem" -> batchWrite(request);
      case "TransactWriteItems" -> transact(request);
      default -> throw new UnsupportedOperationException("Not supported by the heap's DynamoDB: " + operation);
    };
  }

  private HeapTable table(JsonNode request) {
    return table(request.path("TableName").asText());
  }

  private HeapTable table(String name) {
    HeapTable table = tables.get(name);
    if (table == null) {
      throw new DynamoDbRefusal("ResourceNotFoundException", "Cannot do operations on a non-existent table: " + name);
    }
    return table;
  }

  private ObjectNode createTable(JsonNode request) {
    String name = request.path("TableName").asText();
    if (tables.containsKey(name)) {
      throw new DynamoDbRefusal("ResourceInUseException", "Table already exists: " + name);
    }
    tables.put(name, new HeapTable(request));
    ObjectNode answer = JSON.createObjectNode();
    answer.putObject("TableDescription").put("TableName", name).put("TableStatus", "ACTIVE");
    return answer;
  }

  // --- reading ---------------------------------------------------------------------------------------------------

  private ObjectNode getItem(JsonNode request) {
    var expressions = new DynamoDbExpressions(request);
    Set<String> projection = expressions.projection();
    expressions.requireAllUsed();
    HeapTable table = table(request);
    table.requireKey(request.path("Key"));
    ObjectNode item = table.get(request.path("Key"));
    ObjectNode answer = JSON.createObjectNode();
    if (item != null) {
      answer.set("Item", projected(item, projection));
    }
    return answer;
  }

  private static JsonNode projected(ObjectNode item, Set<String> names) {
    return names.isEmpty() ? item : item.deepCopy().retain(names);
  }

  private ObjectNode batchGet(JsonNode request) {
    ObjectNode answer = JSON.createObjectNode();
    ObjectNode responses = answer.putObject("Responses");
    answer.putObject("UnprocessedKeys");
    int count = 0;
    for (var asked : request.path("RequestItems").properties()) {
      HeapTable table = table(asked.getKey());
      var expressions = new DynamoDbExpressions(asked.getValue());
      Set<String> projection = expressions.projection();
      expressions.requireAllUsed();
      ArrayNode found = responses.putArray(asked.getKey());
      var keys = new HashSet<Position>();
      for (JsonNode key : asked.getValue().path("Keys")) {
        table.requireKey(key);
        requireOnce(keys.add(table.position(key)));
        requireAtMost(++count, MAX_BATCH_GETS);
        ObjectNode item = table.get(key);
        if (item != null) {
          found.add(projected(item, projection));
        }
      }
    }
    return answer;
  }

  private static void requireOnce(boolean added) {
    if (!added) {
      throw DynamoDbRefusal.invalid("Provided list of item keys contains duplicates");
    }
  }

  private static void requireAtMost(int count, int max) {
    if (count > max) {
      throw DynamoDbRefusal.invalid("Too many items requested, at most " + max);
    }
  }

  private ObjectNode query(JsonNode request) {
    HeapTable table = table(request);
    Index index = table.index(request.path("IndexName").asText());
    if (request.path("ConsistentRead").asBoolean() && !index.consistent()) {
      throw DynamoDbRefusal.invalid("Consistent reads are not supported on global secondary indexes");
    }
    var expressions = new DynamoDbExpressions(request);
    KeyCondition keys = KeyCondition.of(expressions.condition("KeyConditionExpression")
        .orElseThrow(() -> DynamoDbRefusal.invalid("KeyConditionExpression must be specified")), index);
    ItemCondition filter = expressions.condition("FilterExpression").orElse(new ItemCondition.All(List.of()));
    if (filter.names().anyMatch(index.names()::contains)) {
      throw DynamoDbRefusal.invalid("Filter Expression can only contain non-primary key attributes");
    }
    Set<String> projection = expressions.projection();
    expressions.requireAllUsed();
    JsonNode after = request.path("ExclusiveStartKey");
    if (!after.isMissingNode()) {
      requireStart(table, index, after);
      if (!after.path(index.hash()).path("S").asText().equals(keys.hash()) || !keys.range().matches(after)) {
        throw DynamoDbRefusal.invalid("The provided starting key is outside query boundaries");
      }
    }
    boolean forward = request.path("ScanIndexForward").asBoolean(true);
    NavigableMap<Position, ObjectNode> partition = table.partition(index, keys.hash());
    partition.values().removeIf(item -> !keys.range().matches(item));
    return page(request, table, index, forward ? partition : partition.descendingMap(), filter, projection);
  }

  private ObjectNode scan(JsonNode request) {
    if (request.has("Segment")) {
      throw new UnsupportedOperationException("Not supported by the heap's DynamoDB: a scan in segments");
    }
    HeapTable table = table(request);
    Index index = table.index(request.path("IndexName").asText());
    var expressions = new DynamoDbExpressions(request);
    ItemCondition filter = expressions.condition("FilterExpression").orElse(new ItemCondition.All(List.of()));
    Set<String> projection = expressions.projection();
    expressions.requireAllUsed();
    if (request.has("ExclusiveStartKey")) {
      requireStart(table, index, request.path("ExclusiveStartKey"));
    }
    return page(request, table, index, table.in(index), filter, projection);
  }

  private static void requireStart(HeapTable table, Index index, JsonNode after) {
    List<String> names = table.keyNames(index);
    if (after.size() != names.size() || !names.stream().allMatch(name -> after.path(name).has("S"))) {
      throw DynamoDbRefusal.invalid("The provided starting key is invalid");
    }
  }

  /// Returns one page after the position of `ExclusiveStartKey`, whether or not that item still exists.
  private static ObjectNode page(JsonNode request, HeapTable table, Index index, NavigableMap<Position, ObjectNode> items,
      ItemCondition filter, Set<String> projection) {
    JsonNode after = request.path("ExclusiveStartKey");
    int limit = request.path("Limit").asInt(Integer.MAX_VALUE);
    if (limit < 1) {
      throw DynamoDbRefusal.invalid("Limit must be at least 1");
    }
    var left = after.isMissingNode() ? items : items.tailMap(table.position(index, after), false);
    boolean counts = request.path("Select").asText().equals("COUNT");
    ObjectNode answer = JSON.createObjectNode();
    var shown = new ArrayList<JsonNode>();
    int read = 0;
    int bytes = 0;
    for (ObjectNode item : left.values()) {
      read++;
      bytes += HeapTable.size(item);
      if (filter.matches(item)) {
        shown.add(projected(item, projection));
      }
      if (read == limit || bytes > MAX_PAGE_BYTES) {
        answer.set("LastEvaluatedKey", item.deepCopy().retain(table.keyNames(index)));
        break;
      }
    }
    answer.put("Count", shown.size()).put("ScannedCount", read);
    if (!counts) {
      answer.putArray("Items").addAll(shown);
    }
    return answer;
  }

  // --- writing ---------------------------------------------------------------------------------------------------

  /// A parsed and checked write whose condition is not yet evaluated.
  ///
  /// @param before the current item, or null
  /// @param after the item after the write, or null
  private record Write(HeapTable table, JsonNode key, ItemCondition condition, ObjectNode before, ObjectNode after,
      boolean writes, Set<String> changed, boolean showsItem) {

    boolean isAllowed() {
      return condition.matches(before == null ? JSON.createObjectNode() : before);
    }

    void apply() {
      if (!writes) {
        return;
      }
      if (after == null) {
        table.remove(key);
      } else {
        table.put(after);
      }
    }
  }

  private Write write(String what, JsonNode request) {
    HeapTable table = table(request);
    var expressions = new DynamoDbExpressions(request);
    ItemCondition condition = expressions.condition("ConditionExpression").orElse(new ItemCondition.All(List.of()));
    DynamoDbExpressions.Update update = expressions.update();
    expressions.requireAllUsed();
    JsonNode key = what.equals("Put") ? request.path("Item") : request.path("Key");
    ObjectNode after = null;
    if (what.equals("Put")) {
      after = table.stored(key);
    } else {
      table.requireKey(key);
    }
    ObjectNode before = table.get(key);
    boolean showsItem = request.path("ReturnValuesOnConditionCheckFailure").asText().equals("ALL_OLD");
    var write = new Write(table, key, condition, before, after, !what.equals("ConditionCheck"), update.names(), showsItem);
    if (!what.equals("Update") || !write.isAllowed()) {
      return write;
    }
    if (update.names().stream().anyMatch(table.primary().names()::contains)) {
      throw DynamoDbRefusal.invalid("Cannot update attribute. This attribute is part of the key");
    }
    ObjectNode base = before == null ? key.deepCopy() : before;
    ObjectNode updated = base.deepCopy();
    update.steps().forEach(step -> step.apply(base, updated));
    return new Write(table, key, condition, before, table.stored(updated), true, update.names(), showsItem);
  }

  private ObjectNode writeOne(String what, JsonNode request) {
    Write write = write(what, request);
    if (!write.isAllowed()) {
      var refusal = new DynamoDbRefusal("ConditionalCheckFailedException", "The conditional request failed");
      throw write.before() != null && write.showsItem() ? refusal.with("Item", write.before()) : refusal;
    }
    write.apply();
    ObjectNode answer = JSON.createObjectNode();
    ObjectNode shown = switch (request.path("ReturnValues").asText("NONE")) {
      case "NONE" -> null;
      case "ALL_OLD" -> write.before();
      case "ALL_NEW" -> write.after();
      case "UPDATED_NEW" -> write.after().deepCopy().retain(write.changed());
      default -> throw new UnsupportedOperationException(
          "Not supported by the heap's DynamoDB: " + request.path("ReturnValues"));
    };
    if (shown != null) {
      answer.set("Attributes", shown);
    }
    return answer;
  }

  private ObjectNode batchWrite(JsonNode request) {
    var writes = new ArrayList<Write>();
    for (var asked : request.path("RequestItems").properties()) {
      var keys = new HashSet<Position>();
      for (JsonNode one : asked.getValue()) {
        String what = one.has("PutRequest") ? "Put" : "Delete";
        ObjectNode single = one.path(what + "Request").deepCopy();
        Write write = write(what, single.put("TableName", asked.getKey()));
        requireOnce(keys.add(write.table().position(write.key())));
        writes.add(write);
        requireAtMost(writes.size(), MAX_BATCH_WRITES);
      }
    }
    writes.forEach(Write::apply);
    ObjectNode answer = JSON.createObjectNode();
    answer.putObject("UnprocessedItems");
    return answer;
  }

  private ObjectNode transact(JsonNode request) {
    String token = request.path("ClientRequestToken").asText();
    JsonNode done = transactions.get(token);
    if (!token.isEmpty() && done != null) {
      if (!done.equals(request.path("TransactItems"))) {
        throw new DynamoDbRefusal("IdempotentParameterMismatchException", "The token was used with other items");
      }
      return JSON.createObjectNode();
    }
    requireAtMost(request.path("TransactItems").size(), MAX_ACTIONS);
    var writes = new ArrayList<Write>();
    var targets = new HashMap<HeapTable, Set<Position>>();
    for (JsonNode one : request.path("TransactItems")) {
      Map.Entry<String, JsonNode> action = one.properties().iterator().next();
      Write write = write(action.getKey(), action.getValue());
      if (!targets.computeIfAbsent(write.table(), _ -> new HashSet<>()).add(write.table().position(write.key()))) {
        throw DynamoDbRefusal.invalid("Transaction request cannot include multiple operations on one item");
      }
      writes.add(write);
    }
    if (!writes.stream().allMatch(Write::isAllowed)) {
      ArrayNode reasons = JSON.createArrayNode();
      for (Write write : writes) {
        ObjectNode reason = reasons.addObject().put("Code", write.isAllowed() ? "None" : "ConditionalCheckFailed");
        if (!write.isAllowed() && write.showsItem() && write.before() != null) {
          reason.set("Item", write.before());
        }
      }
      throw new DynamoDbRefusal("TransactionCanceledException", "Transaction cancelled")
          .with("CancellationReasons", reasons);
    }
    writes.forEach(Write::apply);
    if (!token.isEmpty()) {
      transactions.put(token, request.path("TransactItems"));
    }
    return JSON.createObjectNode();
  }
}
