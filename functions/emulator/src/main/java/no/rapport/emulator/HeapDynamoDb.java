package no.rapport.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awssdk.http.SdkHttpRequest;

/// The part of DynamoDB that Rapport uses, in the heap: what an SDK client with this for its HTTP client asks is answered
/// at once, without a connection. For tests that walk the same ways thousands of times; [EmbeddedDynamoDb] is Amazon's
/// own, and the contract test of the records runs on both.
///
/// Supported: tables whose keys are strings, local and global indexes (never behind), conditions, transactions with
/// their tokens, `ADD` and `SET`. Whatever else is asked fails by name. Safe for use by many threads.
public final class HeapDynamoDb extends HeapHttpClient {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TOKENS_KEPT = 1_000;
  private static final String PREFIX = "com.amazonaws.dynamodb.v20120810#";

  private final Map<String, Table> tables = new HashMap<>();
  private final Map<String, JsonNode> transactions = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, JsonNode> eldest) {
      return size() > TOKENS_KEPT;
    }
  };

  /// The names of an index's keys; the table's own is one of them.
  private record Keys(String hash, String range) {

    static Keys of(JsonNode schema) {
      String range = "";
      String hash = "";
      for (JsonNode key : schema) {
        if (key.path("KeyType").asText().equals("HASH")) {
          hash = key.path("AttributeName").asText();
        } else {
          range = key.path("AttributeName").asText();
        }
      }
      return new Keys(hash, range);
    }

    boolean holds(JsonNode item) {
      return item.has(hash) && (range.isEmpty() || item.has(range));
    }

    String rangeOf(JsonNode item) {
      return range.isEmpty() ? "" : item.path(range).path("S").asText();
    }
  }

  private record Table(Keys keys, Map<String, Keys> indexes, TreeMap<String, TreeMap<String, ObjectNode>> items) {

    ObjectNode get(JsonNode key) {
      return items.getOrDefault(hash(key), new TreeMap<>()).get(keys.rangeOf(key));
    }

    void put(ObjectNode item) {
      items.computeIfAbsent(hash(item), _ -> new TreeMap<>()).put(keys.rangeOf(item), item);
    }

    void remove(JsonNode key) {
      items.getOrDefault(hash(key), new TreeMap<>()).remove(keys.rangeOf(key));
    }

    private String hash(JsonNode key) {
      return key.path(keys.hash()).path("S").asText();
    }

    Stream<ObjectNode> all() {
      return items.values().stream().flatMap(partition -> partition.values().stream());
    }
  }

  /// An answer other than 200.
  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient ObjectNode body;

    Refusal(String type, String message) {
      super(message, null, false, false);
      body = JSON.createObjectNode().put("__type", PREFIX + type).put("message", message).put("Message", message);
    }

    Refusal with(String member, JsonNode value) {
      body.set(member, value);
      return this;
    }
  }

  // --- HTTP ------------------------------------------------------------------------------------------------------

  @Override
  Reply reply(SdkHttpRequest request, byte[] body) throws IOException {
    String target = request.firstMatchingHeader("X-Amz-Target").orElseThrow();
    int status = 200;
    ObjectNode answer;
    try {
      answer = answer(target.substring(target.indexOf('.') + 1), JSON.readTree(body));
    } catch (Refusal refusal) {
      status = 400;
      answer = refusal.body;
    }
    return new Reply(status, Map.of("Content-Type", "application/x-amz-json-1.0"), JSON.writeValueAsBytes(answer));
  }

  private synchronized ObjectNode answer(String operation, JsonNode request) {
    return switch (operation) {
      case "CreateTable" -> createTable(request);
      case "DeleteTable" -> {
        tables.remove(request.path("TableName").asText());
        yield JSON.createObjectNode();
      }
      case "GetItem" -> item("Item", table(request).get(request.path("Key")));
      case "PutItem", "UpdateItem", "DeleteItem" -> writeOne(operation, request);
      case "Query" -> query(request);
      case "Scan" -> page(request, table(request).all().toList());
      case "BatchGetItem" -> batchGet(request);
      case "TransactWriteItems" -> transact(request);
      default -> throw new UnsupportedOperationException("Not in the heap's DynamoDB: " + operation);
    };
  }

  private Table table(JsonNode request) {
    Table table = tables.get(request.path("TableName").asText());
    if (table == null) {
      throw new Refusal("ResourceNotFoundException", "No table " + request.path("TableName"));
    }
    return table;
  }

  private ObjectNode createTable(JsonNode request) {
    var indexes = new HashMap<String, Keys>();
    for (String kind : List.of("LocalSecondaryIndexes", "GlobalSecondaryIndexes")) {
      request.path(kind).forEach(index ->
          indexes.put(index.path("IndexName").asText(), Keys.of(index.path("KeySchema"))));
    }
    tables.put(request.path("TableName").asText(),
        new Table(Keys.of(request.path("KeySchema")), indexes, new TreeMap<>()));
    var answer = JSON.createObjectNode();
    answer.putObject("TableDescription").put("TableStatus", "ACTIVE");
    return answer;
  }

  private static ObjectNode item(String member, JsonNode item) {
    var answer = JSON.createObjectNode();
    if (item != null) {
      answer.set(member, item);
    }
    return answer;
  }

  // --- reading ---------------------------------------------------------------------------------------------------

  private ObjectNode batchGet(JsonNode request) {
    var answer = JSON.createObjectNode();
    ObjectNode responses = answer.putObject("Responses");
    answer.putObject("UnprocessedKeys");
    request.path("RequestItems").properties().forEach(asked -> {
      ArrayNode found = responses.putArray(asked.getKey());
      asked.getValue().path("Keys").forEach(key -> {
        ObjectNode item = tables.get(asked.getKey()).get(key);
        if (item != null) {
          found.add(item);
        }
      });
    });
    return answer;
  }

  private ObjectNode query(JsonNode request) {
    Table table = table(request);
    Keys keys = request.has("IndexName") ? table.indexes().get(request.path("IndexName").asText()) : table.keys();
    var condition = new Conditions(request, request.path("KeyConditionExpression").asText());
    Comparator<ObjectNode> order = Comparator.<ObjectNode, String>comparing(keys::rangeOf)
        .thenComparing(table::hash).thenComparing(table.keys()::rangeOf);
    List<ObjectNode> found = table.all().filter(keys::holds).filter(condition::holds)
        .sorted(request.path("ScanIndexForward").asBoolean(true) ? order : order.reversed()).toList();
    return page(request, found);
  }

  private ObjectNode page(JsonNode request, List<ObjectNode> found) {
    Table table = table(request);
    int from = 0;
    JsonNode after = request.path("ExclusiveStartKey");
    if (!after.isMissingNode()) {
      while (from < found.size() && !isAt(table, found.get(from), after)) {
        from++;
      }
      from++;
    }
    int limit = request.path("Limit").asInt(Integer.MAX_VALUE);
    List<ObjectNode> read = found.stream().skip(from).limit(limit).toList();
    List<ObjectNode> shown = read;
    if (request.has("FilterExpression")) {
      var filter = new Conditions(request, request.path("FilterExpression").asText());
      shown = read.stream().filter(filter::holds).toList();
    }
    var answer = JSON.createObjectNode().put("Count", shown.size()).put("ScannedCount", read.size());
    if (!request.path("Select").asText().equals("COUNT")) {
      answer.putArray("Items").addAll(shown);
    }
    if (read.size() == limit) {
      ObjectNode last = answer.putObject("LastEvaluatedKey");
      JsonNode item = read.getLast();
      last.set(table.keys().hash(), item.get(table.keys().hash()));
      last.set(table.keys().range(), item.get(table.keys().range()));
    }
    return answer;
  }

  private static boolean isAt(Table table, JsonNode item, JsonNode key) {
    return table.hash(item).equals(table.hash(key)) && table.keys().rangeOf(item).equals(table.keys().rangeOf(key));
  }

  // --- writing ---------------------------------------------------------------------------------------------------

  private ObjectNode writeOne(String operation, JsonNode request) {
    Table table = table(request);
    JsonNode key = operation.equals("PutItem") ? request.path("Item") : request.path("Key");
    ObjectNode before = table.get(key);
    if (!isAllowed(request, before)) {
      Refusal refusal = new Refusal("ConditionalCheckFailedException", "The conditional request failed");
      throw before != null && request.path("ReturnValuesOnConditionCheckFailure").asText().equals("ALL_OLD")
          ? refusal.with("Item", before) : refusal;
    }
    write(operation.replace("Item", ""), table, request);
    return item("Attributes", operation.equals("UpdateItem") ? table.get(key) : null);
  }

  private static boolean isAllowed(JsonNode request, ObjectNode before) {
    String condition = request.path("ConditionExpression").asText();
    return condition.isEmpty() || new Conditions(request, condition).holds(before == null ? JSON.createObjectNode() : before);
  }

  private static void write(String what, Table table, JsonNode request) {
    switch (what) {
      case "Put" -> table.put((ObjectNode) request.path("Item"));
      case "Delete" -> table.remove(request.path("Key"));
      case "Update" -> {
        ObjectNode before = table.get(request.path("Key"));
        table.put(updated(request, before == null ? (ObjectNode) request.path("Key").deepCopy() : before.deepCopy()));
      }
      case "ConditionCheck" -> { }
      default -> throw new UnsupportedOperationException("Not in the heap's DynamoDB: " + what);
    }
  }

  private static ObjectNode updated(JsonNode request, ObjectNode item) {
    String expression = request.path("UpdateExpression").asText().strip();
    String verb = expression.substring(0, 4);
    var values = request.path("ExpressionAttributeValues");
    for (String term : expression.substring(4).split(",")) {
      String[] words = term.strip().split("[ =]+");
      String name = Conditions.name(request, words[0]);
      JsonNode value = values.path(words[1]);
      switch (verb) {
        case "ADD " -> {
          var sum = new BigDecimal(item.path(name).path("N").asText("0")).add(new BigDecimal(value.path("N").asText()));
          item.putObject(name).put("N", sum.toPlainString());
        }
        case "SET " -> item.set(name, value);
        default -> throw new UnsupportedOperationException("Not in the heap's DynamoDB: " + expression);
      }
    }
    return item;
  }

  private ObjectNode transact(JsonNode request) {
    String token = request.path("ClientRequestToken").asText();
    JsonNode done = transactions.get(token);
    if (!token.isEmpty() && done != null) {
      if (!done.equals(request.path("TransactItems"))) {
        throw new Refusal("IdempotentParameterMismatchException", "The token was used with other items");
      }
      return JSON.createObjectNode();
    }
    ArrayNode reasons = JSON.createArrayNode();
    boolean allowed = true;
    for (JsonNode one : request.path("TransactItems")) {
      Map.Entry<String, JsonNode> action = one.properties().iterator().next();
      JsonNode act = action.getValue();
      boolean holds = isAllowed(act, table(act).get(action.getKey().equals("Put") ? act.path("Item") : act.path("Key")));
      reasons.addObject().put("Code", holds ? "None" : "ConditionalCheckFailed");
      allowed &= holds;
    }
    if (!allowed) {
      throw new Refusal("TransactionCanceledException", "Transaction cancelled").with("CancellationReasons", reasons);
    }
    for (JsonNode one : request.path("TransactItems")) {
      Map.Entry<String, JsonNode> action = one.properties().iterator().next();
      write(action.getKey(), table(action.getValue()), action.getValue());
    }
    if (!token.isEmpty()) {
      transactions.put(token, request.path("TransactItems"));
    }
    return JSON.createObjectNode();
  }

  // --- conditions ------------------------------------------------------------------------------------------------

  /// `OR` of `AND` of comparisons, `BETWEEN`, `IN` and `attribute_(not_)exists`, without parentheses of their own.
  private static final class Conditions {

    private final JsonNode request;
    private final List<List<Function<JsonNode, Boolean>>> anyOfAll = new ArrayList<>();

    Conditions(JsonNode request, String expression) {
      this.request = request;
      // The AND within a BETWEEN is no conjunction.
      String text = expression.replaceAll("BETWEEN (\\S+) AND (\\S+)", "BETWEEN $1 TO $2");
      for (String one : text.split(" OR ")) {
        anyOfAll.add(Stream.of(one.split(" AND ")).map(term -> term(term.strip())).toList());
      }
    }

    boolean holds(JsonNode item) {
      return anyOfAll.stream().anyMatch(all -> all.stream().allMatch(term -> term.apply(item)));
    }

    static String name(JsonNode request, String name) {
      return name.startsWith("#") ? request.path("ExpressionAttributeNames").path(name).asText() : name;
    }

    private Function<JsonNode, Boolean> term(String text) {
      if (text.startsWith("attribute_not_exists(")) {
        String name = name(request, text.substring(text.indexOf('(') + 1, text.length() - 1));
        return item -> !item.has(name);
      }
      if (text.startsWith("attribute_exists(")) {
        String name = name(request, text.substring(text.indexOf('(') + 1, text.length() - 1));
        return item -> item.has(name);
      }
      String[] words = text.split("[ (),]+");
      String name = name(request, words[0]);
      List<JsonNode> values = Stream.of(words).skip(2).filter(word -> word.startsWith(":"))
          .map(word -> request.path("ExpressionAttributeValues").path(word)).toList();
      return switch (words[1]) {
        case "=" -> item -> compared(item.path(name), values.getFirst()) == 0;
        case "<=" -> item -> item.has(name) && compared(item.path(name), values.getFirst()) <= 0;
        case ">=" -> item -> item.has(name) && compared(item.path(name), values.getFirst()) >= 0;
        case ">" -> item -> item.has(name) && compared(item.path(name), values.getFirst()) > 0;
        case "<" -> item -> item.has(name) && compared(item.path(name), values.getFirst()) < 0;
        case "BETWEEN" -> item -> item.has(name) && compared(item.path(name), values.get(0)) >= 0
            && compared(item.path(name), values.get(1)) <= 0;
        case "IN" -> item -> values.stream().anyMatch(value -> compared(item.path(name), value) == 0);
        default -> throw new UnsupportedOperationException("Not in the heap's DynamoDB: " + text);
      };
    }

    private static int compared(JsonNode a, JsonNode b) {
      if (a.has("N") && b.has("N")) {
        return new BigDecimal(a.path("N").asText()).compareTo(new BigDecimal(b.path("N").asText()));
      }
      if (a.has("S") && b.has("S")) {
        return a.path("S").asText().compareTo(b.path("S").asText());
      }
      return a.equals(b) ? 0 : -1;
    }
  }
}
