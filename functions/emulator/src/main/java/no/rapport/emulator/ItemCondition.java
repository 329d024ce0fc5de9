package no.rapport.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// A condition of DynamoDB's expressions, as a tree.
sealed interface ItemCondition {

  /// Returns whether an item meets the condition; an absent item has no attributes.
  boolean matches(JsonNode item);

  /// Returns the names of the attributes that the condition reads.
  Stream<String> names();

  /// An attribute, or a value of the request.
  sealed interface Operand {

    /// Returns the typed value, or a missing node if the item has no such attribute.
    JsonNode in(JsonNode item);

    /// Returns the attribute's name, or none for a value.
    Stream<String> names();
  }

  record Attribute(String name) implements Operand {
    @Override
    public JsonNode in(JsonNode item) {
      return item.path(name);
    }

    @Override
    public Stream<String> names() {
      return Stream.of(name);
    }
  }

  record Value(JsonNode value) implements Operand {
    @Override
    public JsonNode in(JsonNode item) {
      return value;
    }

    @Override
    public Stream<String> names() {
      return Stream.empty();
    }
  }

  record All(List<ItemCondition> terms) implements ItemCondition {
    @Override
    public boolean matches(JsonNode item) {
      return terms.stream().allMatch(term -> term.matches(item));
    }

    @Override
    public Stream<String> names() {
      return terms.stream().flatMap(ItemCondition::names);
    }
  }

  record AnyOf(List<ItemCondition> terms) implements ItemCondition {
    @Override
    public boolean matches(JsonNode item) {
      return terms.stream().anyMatch(term -> term.matches(item));
    }

    @Override
    public Stream<String> names() {
      return terms.stream().flatMap(ItemCondition::names);
    }
  }

  record Not(ItemCondition term) implements ItemCondition {
    @Override
    public boolean matches(JsonNode item) {
      return !term.matches(item);
    }

    @Override
    public Stream<String> names() {
      return term.names();
    }
  }

  record Compared(Operand left, String operator, Operand right) implements ItemCondition {
    @Override
    public boolean matches(JsonNode item) {
      JsonNode a = left.in(item);
      JsonNode b = right.in(item);
      OptionalInt order = order(a, b);
      return switch (operator) {
        case "=" -> isEqual(a, b);
        case "<>" -> !isEqual(a, b);
        case "<" -> order.isPresent() && order.getAsInt() < 0;
        case "<=" -> order.isPresent() && order.getAsInt() <= 0;
        case ">" -> order.isPresent() && order.getAsInt() > 0;
        case ">=" -> order.isPresent() && order.getAsInt() >= 0;
        default -> throw new IllegalStateException(operator);
      };
    }

    @Override
    public Stream<String> names() {
      return Stream.concat(left.names(), right.names());
    }
  }

  record Between(Operand of, Operand low, Operand high) implements ItemCondition {
    @Override
    public boolean matches(JsonNode item) {
      return new Compared(of, ">=", low).matches(item) && new Compared(of, "<=", high).matches(item);
    }

    @Override
    public Stream<String> names() {
      return Stream.of(of, low, high).flatMap(Operand::names);
    }
  }

  record In(Operand of, List<Operand> accepted) implements ItemCondition {
    @Override
    public boolean matches(JsonNode item) {
      return accepted.stream().anyMatch(one -> isEqual(of.in(item), one.in(item)));
    }

    @Override
    public Stream<String> names() {
      return Stream.concat(of.names(), accepted.stream().flatMap(Operand::names));
    }
  }

  record Exists(String name) implements ItemCondition {
    @Override
    public boolean matches(JsonNode item) {
      return item.has(name);
    }

    @Override
    public Stream<String> names() {
      return Stream.of(name);
    }
  }

  record BeginsWith(String name, Operand prefix) implements ItemCondition {
    @Override
    public boolean matches(JsonNode item) {
      return item.path(name).has("S") && item.path(name).path("S").asText().startsWith(prefix.in(item).path("S").asText());
    }

    @Override
    public Stream<String> names() {
      return Stream.of(name);
    }
  }

  private static boolean isEqual(JsonNode a, JsonNode b) {
    OptionalInt order = order(a, b);
    return order.isPresent() ? order.getAsInt() == 0 : !a.isMissingNode() && a.equals(b);
  }

  /// Compares two values of one ordered type; empty for other types.
  private static OptionalInt order(JsonNode a, JsonNode b) {
    if (a.has("N") && b.has("N")) {
      return OptionalInt.of(number(a).compareTo(number(b)));
    }
    if (a.has("S") && b.has("S")) {
      return OptionalInt.of(Utf8Order.INSTANCE.compare(a.path("S").asText(), b.path("S").asText()));
    }
    return OptionalInt.empty();
  }

  private static BigDecimal number(JsonNode value) {
    return new BigDecimal(value.path("N").asText());
  }
}
