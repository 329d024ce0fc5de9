package no.rapport.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A table of the heap's DynamoDB with its indexes. Stored items are immutable; a write replaces them.
final class HeapTable {

  private static final int MAX_ITEM_BYTES = 400 * 1024;

  private final Index primary;
  private final Map<String, Index> indexes = new HashMap<>();
  private final TreeMap<Position, ObjectNode> items = new TreeMap<>();

  /// @param request the `CreateTable` request
  HeapTable(JsonNode request) {
    primary = Index.of(request.path("KeySchema"), true);
    for (String kind : List.of("LocalSecondaryIndexes", "GlobalSecondaryIndexes")) {
      for (JsonNode index : request.path(kind)) {
        if (!index.at("/Projection/ProjectionType").asText().equals("ALL")) {
          throw new UnsupportedOperationException(
              "Not supported by the heap's DynamoDB: an index without all attributes");
        }
        indexes.put(index.path("IndexName").asText(), Index.of(index.path("KeySchema"), kind.startsWith("Local")));
      }
    }
  }

  /// The key attributes of the table or an index.
  ///
  /// @param range empty if there is none
  /// @param consistent whether it supports consistent reads, which a global index does not
  record Index(String hash, String range, boolean consistent) {

    static Index of(JsonNode schema, boolean consistent) {
      String range = "";
      String hash = "";
      for (JsonNode key : schema) {
        if (key.path("KeyType").asText().equals("HASH")) {
          hash = key.path("AttributeName").asText();
        } else {
          range = key.path("AttributeName").asText();
        }
      }
      return new Index(hash, range, consistent);
    }

    List<String> names() {
      return range.isEmpty() ? List.of(hash) : List.of(hash, range);
    }

    boolean contains(JsonNode item) {
      return names().stream().allMatch(item::has);
    }
  }

  /// The sort position of an item: the parts of its keys, in order.
  record Position(List<String> parts) implements Comparable<Position> {
    @Override
    public int compareTo(Position other) {
      for (int i = 0; i < Math.min(parts.size(), other.parts.size()); i++) {
        int order = Utf8Order.INSTANCE.compare(parts.get(i), other.parts.get(i));
        if (order != 0) {
          return order;
        }
      }
      return Integer.compare(parts.size(), other.parts.size());
    }
  }

  Index primary() {
    return primary;
  }

  /// @param name empty for the table itself
  /// @throws DynamoDbRefusal if there is no such index
  Index index(String name) {
    if (name.isEmpty()) {
      return primary;
    }
    Index index = indexes.get(name);
    if (index == null) {
      throw DynamoDbRefusal.invalid("The table does not have the specified index: " + name);
    }
    return index;
  }

  /// @return the item, or null if there is none
  ObjectNode get(JsonNode key) {
    return items.get(position(key));
  }

  void put(ObjectNode item) {
    items.put(position(item), item);
  }

  void remove(JsonNode key) {
    items.remove(position(key));
  }

  /// Returns the position of an item with this key.
  Position position(JsonNode key) {
    return new Position(primary.names().stream().map(name -> key.path(name).path("S").asText()).toList());
  }

  /// Returns all items of an index in its order; equal ones are in the order of the table.
  TreeMap<Position, ObjectNode> in(Index index) {
    if (index.equals(primary)) {
      return items;
    }
    var found = new TreeMap<Position, ObjectNode>();
    items.values().stream().filter(index::contains).forEach(item -> found.put(position(index, item), item));
    return found;
  }

  /// Returns the items of one partition of an index, in its order.
  TreeMap<Position, ObjectNode> partition(Index index, String hash) {
    var found = new TreeMap<Position, ObjectNode>();
    if (index.hash().equals(primary.hash())) {
      for (var entry : items.tailMap(new Position(List.of(hash))).entrySet()) {
        if (!entry.getKey().parts().getFirst().equals(hash)) {
          break;
        }
        if (index.contains(entry.getValue())) {
          found.put(position(index, entry.getValue()), entry.getValue());
        }
      }
      return found;
    }
    items.values().stream().filter(index::contains)
        .filter(item -> item.path(index.hash()).path("S").asText().equals(hash))
        .forEach(item -> found.put(position(index, item), item));
    return found;
  }

  /// Returns the position in an index of an item, or of the last key of a page.
  Position position(Index index, JsonNode item) {
    var parts = new ArrayList<String>();
    keyNames(index).forEach(name -> parts.add(item.path(name).path("S").asText()));
    return new Position(parts);
  }

  /// Returns the attributes of the last key of a page: those of the index, then those of the table.
  List<String> keyNames(Index index) {
    var names = new ArrayList<>(index.names());
    primary.names().stream().filter(name -> !names.contains(name)).forEach(names::add);
    return names;
  }

  /// @throws DynamoDbRefusal if the node is not exactly a key of this table
  void requireKey(JsonNode key) {
    if (key.size() != primary.names().size()) {
      throw DynamoDbRefusal.invalid("The provided key element does not match the schema");
    }
    primary.names().forEach(name -> requireText(key, name, "The provided key element does not match the schema"));
  }

  /// Returns the item as the table stores it, with numbers in canonical form.
  ///
  /// @throws DynamoDbRefusal if its keys or its size are invalid
  ObjectNode stored(JsonNode item) {
    primary.names().forEach(name -> requireText(item, name, "One of the required keys was not given a value: " + name));
    indexes.values().stream().flatMap(index -> index.names().stream()).filter(item::has)
        .forEach(name -> requireText(item, name, "Type mismatch for Index Key " + name));
    // Local indexes store the item again, and count.
    long copies = 1 + indexes.values().stream().filter(Index::consistent).filter(index -> index.contains(item)).count();
    if (copies * size(item) > MAX_ITEM_BYTES) {
      throw DynamoDbRefusal.invalid("Item size has exceeded the maximum allowed size");
    }
    return normalized(item);
  }

  private static void requireText(JsonNode item, String name, String otherwise) {
    if (!item.path(name).has("S") || item.path(name).path("S").asText().isEmpty()) {
      throw DynamoDbRefusal.invalid(otherwise);
    }
  }

  private static ObjectNode normalized(JsonNode attributes) {
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    attributes.properties().forEach(attribute -> whole.set(attribute.getKey(), value(attribute.getValue())));
    return whole;
  }

  private static JsonNode value(JsonNode value) {
    if (value.has("N")) {
      try {
        return JsonNodeFactory.instance.objectNode()
            .put("N", DynamoDbExpressions.plain(new BigDecimal(value.path("N").asText())));
      } catch (NumberFormatException e) {
        throw DynamoDbRefusal.invalid("The parameter cannot be converted to a numeric value: " + value.path("N").asText());
      }
    }
    if (value.has("M")) {
      return JsonNodeFactory.instance.objectNode().set("M", normalized(value.path("M")));
    }
    if (value.has("L")) {
      var list = JsonNodeFactory.instance.objectNode();
      var elements = list.putArray("L");
      value.path("L").forEach(element -> elements.add(value(element)));
      return list;
    }
    return value;
  }

  /// Returns the size of an item in bytes as DynamoDB counts it, numbers by their digits.
  static int size(JsonNode attributes) {
    int size = 0;
    for (var attribute : attributes.properties()) {
      size += bytes(attribute.getKey()) + sizeOfValue(attribute.getValue());
    }
    return size;
  }

  private static int sizeOfValue(JsonNode value) {
    int size = 0;
    for (var typed : value.properties()) {
      switch (typed.getKey()) {
        case "M" -> size += 3 + typed.getValue().size() + size(typed.getValue());
        case "L" -> {
          size += 3 + typed.getValue().size();
          for (JsonNode element : typed.getValue()) {
            size += sizeOfValue(element);
          }
        }
        default -> size += bytes(typed.getValue().asText());
      }
    }
    return size;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
