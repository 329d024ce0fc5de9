package no.rapport.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parses the expressions of one request to DynamoDB. After all of them have been read, [#requireAllUsed()] checks that
/// each name and value of the request is used, as the service demands.
///
/// Supported: `AND`, `OR`, `NOT`, parentheses, comparisons, `BETWEEN`, `IN`, `attribute_exists`, `attribute_not_exists`
/// and `begins_with`; in updates `SET` (a value, `if_not_exists`, sums and differences), `ADD` of numbers and `REMOVE`.
/// Paths into documents and everything else fail by name.
final class DynamoDbExpressions {

  private static final Pattern TOKEN = Pattern.compile("\\s*([#:]?[A-Za-z_][A-Za-z0-9_]*|#\\w+|:\\w+|<>|<=|>=|[=<>(),+\\-])");

  private final JsonNode request;
  private final Set<String> used = new HashSet<>();
  private List<String> tokens = List.of();
  private int at;

  DynamoDbExpressions(JsonNode request) {
    this.request = request;
  }

  /// Reads the condition in a member of the request, if present.
  Optional<ItemCondition> condition(String member) {
    if (!request.hasNonNull(member)) {
      return Optional.empty();
    }
    begin(member);
    ItemCondition condition = anyOf();
    requireEnd(member);
    return Optional.of(condition);
  }

  /// Reads the names of the requested attributes; empty means all.
  Set<String> projection() {
    var names = new TreeSet<String>();
    if (request.hasNonNull("ProjectionExpression")) {
      begin("ProjectionExpression");
      do {
        names.add(name(next()));
      } while (take(","));
      requireEnd("ProjectionExpression");
    }
    return names;
  }

  /// @throws DynamoDbRefusal if no expression uses a name or value of the request
  void requireAllUsed() {
    for (String member : List.of("ExpressionAttributeNames", "ExpressionAttributeValues")) {
      for (var given : request.path(member).properties()) {
        if (!used.contains(given.getKey())) {
          throw DynamoDbRefusal.invalid("Value unused in expressions: " + given.getKey());
        }
      }
    }
  }

  // --- updates ---------------------------------------------------------------------------------------------------

  /// One action of an update on an item.
  interface Step {
    /// @param before the item as it was before the whole update
    /// @param item the item to change
    void apply(JsonNode before, ObjectNode item);
  }

  /// The actions of an update on an item.
  ///
  /// @param names the names of the changed attributes
  record Update(Set<String> names, List<Step> steps) {}

  Update update() {
    var names = new TreeSet<String>();
    var steps = new ArrayList<Step>();
    if (request.hasNonNull("UpdateExpression")) {
      begin("UpdateExpression");
      while (at < tokens.size()) {
        String verb = next().toUpperCase(Locale.ROOT);
        do {
          String name = name(next());
          if (!names.add(name)) {
            throw DynamoDbRefusal.invalid("Two paths overlap: " + name);
          }
          steps.add(switch (verb) {
            case "SET" -> {
              require("=");
              yield set(name);
            }
            case "ADD" -> add(name, operand());
            case "REMOVE" -> (_, item) -> item.remove(name);
            default -> throw unsupported(verb);
          });
        } while (take(","));
      }
    }
    return new Update(names, steps);
  }

  private Step set(String name) {
    Term first = term();
    if (take("+")) {
      Term second = term();
      return (before, item) -> item.set(name, sum(first.in(before), second.in(before), 1));
    }
    if (take("-")) {
      Term second = term();
      return (before, item) -> item.set(name, sum(first.in(before), second.in(before), -1));
    }
    return (before, item) -> item.set(name, first.in(before));
  }

  private interface Term {
    JsonNode in(JsonNode item);
  }

  private Term term() {
    if (take("if_not_exists")) {
      require("(");
      String name = name(next());
      require(",");
      ItemCondition.Operand otherwise = operand();
      require(")");
      return item -> item.has(name) ? item.path(name) : present(otherwise.in(item));
    }
    ItemCondition.Operand operand = operand();
    return item -> present(operand.in(item));
  }

  private static JsonNode present(JsonNode value) {
    if (value.isMissingNode()) {
      throw DynamoDbRefusal.invalid("The expression refers to an attribute that the item does not have");
    }
    return value;
  }

  private static Step add(String name, ItemCondition.Operand value) {
    return (before, item) -> {
      JsonNode delta = value.in(before);
      if (!delta.has("N")) {
        throw delta.has("SS") || delta.has("NS") ? unsupported("ADD to a set")
            : DynamoDbRefusal.invalid("ADD needs a number or a set");
      }
      item.set(name, before.has(name) ? sum(before.path(name), delta, 1) : delta);
    };
  }

  private static ObjectNode sum(JsonNode a, JsonNode b, int sign) {
    if (!a.has("N") || !b.has("N")) {
      throw DynamoDbRefusal.invalid("An operand of the update must be a number");
    }
    var sum = new BigDecimal(a.path("N").asText()).add(new BigDecimal(b.path("N").asText()).multiply(BigDecimal.valueOf(sign)));
    return JsonNodeFactory.instance.objectNode().put("N", plain(sum));
  }

  /// Returns a number in DynamoDB's notation.
  static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  // --- conditions ------------------------------------------------------------------------------------------------

  private ItemCondition anyOf() {
    var terms = new ArrayList<ItemCondition>();
    do {
      terms.add(all());
    } while (take("OR"));
    return terms.size() == 1 ? terms.getFirst() : new ItemCondition.AnyOf(terms);
  }

  private ItemCondition all() {
    var terms = new ArrayList<ItemCondition>();
    do {
      terms.add(single());
    } while (take("AND"));
    return terms.size() == 1 ? terms.getFirst() : new ItemCondition.All(terms);
  }

  private ItemCondition single() {
    if (take("NOT")) {
      return new ItemCondition.Not(single());
    }
    if (take("(")) {
      ItemCondition inner = anyOf();
      require(")");
      return inner;
    }
    if (at + 1 < tokens.size() && tokens.get(at + 1).equals("(")) {
      return function(next());
    }
    ItemCondition.Operand left = operand();
    String operator = next();
    return switch (operator) {
      case "=", "<>", "<", "<=", ">", ">=" -> new ItemCondition.Compared(left, operator, operand());
      case "BETWEEN" -> {
        ItemCondition.Operand low = operand();
        require("AND");
        yield new ItemCondition.Between(left, low, operand());
      }
      case "IN" -> {
        require("(");
        var accepted = new ArrayList<ItemCondition.Operand>();
        do {
          accepted.add(operand());
        } while (take(","));
        require(")");
        yield new ItemCondition.In(left, accepted);
      }
      default -> throw DynamoDbRefusal.invalid("Syntax error; token: " + operator);
    };
  }

  private ItemCondition function(String function) {
    require("(");
    String name = name(next());
    ItemCondition condition = switch (function) {
      case "attribute_exists" -> new ItemCondition.Exists(name);
      case "attribute_not_exists" -> new ItemCondition.Not(new ItemCondition.Exists(name));
      case "begins_with" -> {
        require(",");
        yield new ItemCondition.BeginsWith(name, operand());
      }
      default -> throw unsupported(function);
    };
    require(")");
    return condition;
  }

  // --- tokens ----------------------------------------------------------------------------------------------------

  private void begin(String member) {
    String text = request.path(member).asText();
    if (text.isBlank()) {
      throw DynamoDbRefusal.invalid(member + " must not be empty");
    }
    var found = new ArrayList<String>();
    Matcher token = TOKEN.matcher(text);
    int end = 0;
    while (end < text.length() && token.find(end) && token.start() == end) {
      found.add(token.group(1));
      end = token.end();
    }
    if (!text.substring(end).isBlank()) {
      throw unsupported(text);
    }
    tokens = found;
    at = 0;
  }

  private String next() {
    if (at == tokens.size()) {
      throw DynamoDbRefusal.invalid("Syntax error; the expression ends too early");
    }
    return tokens.get(at++);
  }

  private boolean take(String token) {
    if (at < tokens.size() && tokens.get(at).equalsIgnoreCase(token)) {
      at++;
      return true;
    }
    return false;
  }

  private void require(String token) {
    if (!take(token)) {
      throw DynamoDbRefusal.invalid("Syntax error; expected: " + token);
    }
  }

  private void requireEnd(String member) {
    if (at < tokens.size()) {
      throw DynamoDbRefusal.invalid("Syntax error in " + member + "; token: " + tokens.get(at));
    }
  }

  private ItemCondition.Operand operand() {
    String token = next();
    if (!token.startsWith(":")) {
      return new ItemCondition.Attribute(name(token));
    }
    JsonNode value = request.path("ExpressionAttributeValues").path(token);
    used.add(token);
    if (value.isMissingNode()) {
      throw DynamoDbRefusal.invalid("An expression attribute value is not defined: " + token);
    }
    return new ItemCondition.Value(value);
  }

  private String name(String token) {
    if (!token.startsWith("#")) {
      if (!Character.isJavaIdentifierStart(token.charAt(0))) {
        throw DynamoDbRefusal.invalid("Syntax error; token: " + token);
      }
      return token;
    }
    JsonNode name = request.path("ExpressionAttributeNames").path(token);
    used.add(token);
    if (name.isMissingNode()) {
      throw DynamoDbRefusal.invalid("An expression attribute name is not defined: " + token);
    }
    return name.asText();
  }

  private static UnsupportedOperationException unsupported(String what) {
    return new UnsupportedOperationException("Not supported by the heap's DynamoDB: " + what);
  }
}
