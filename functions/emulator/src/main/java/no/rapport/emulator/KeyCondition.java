package no.rapport.emulator;

import java.util.List;
import java.util.Set;
import no.rapport.emulator.HeapTable.Index;

/// The key condition of a query: one partition of an index, and a range within it.
///
/// @param range the range; always true if the query asks for the whole partition
record KeyCondition(String hash, ItemCondition range) {

  private static final Set<String> OF_RANGES = Set.of("=", "<", "<=", ">", ">=");

  /// @throws DynamoDbRefusal if a query of this index does not support the condition
  static KeyCondition of(ItemCondition condition, Index index) {
    List<ItemCondition> terms = condition instanceof ItemCondition.All(List<ItemCondition> all) ? all : List.of(condition);
    String hash = null;
    ItemCondition range = null;
    for (ItemCondition term : terms) {
      List<String> names = term.names().toList();
      boolean ofHash = names.equals(List.of(index.hash()));
      if (ofHash && hash == null && term instanceof ItemCondition.Compared(var _, String operator, ItemCondition.Value(var value))
          && operator.equals("=")) {
        hash = value.path("S").asText();
      } else if (!ofHash && range == null && names.equals(List.of(index.range())) && isRange(term)) {
        range = term;
      } else {
        throw DynamoDbRefusal.invalid("Query key condition not supported");
      }
    }
    if (hash == null || hash.isEmpty()) {
      throw DynamoDbRefusal.invalid("Query condition missed key schema element: " + index.hash());
    }
    return new KeyCondition(hash, range == null ? new ItemCondition.All(List.of()) : range);
  }

  private static boolean isRange(ItemCondition term) {
    return switch (term) {
      case ItemCondition.Compared(var _, String operator, var _) -> OF_RANGES.contains(operator);
      case ItemCondition.Between _, ItemCondition.BeginsWith _ -> true;
      case ItemCondition.All _, ItemCondition.AnyOf _, ItemCondition.Not _, ItemCondition.In _, ItemCondition.Exists _ -> false;
    };
  }
}
