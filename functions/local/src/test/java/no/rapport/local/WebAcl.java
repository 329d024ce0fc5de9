package no.rapport.local;

import static no.rapport.emulator.TemplateDocument.list;
import static no.rapport.emulator.TemplateDocument.object;
import static no.rapport.emulator.TemplateDocument.section;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Evaluates a web ACL of AWS WAF within one evaluation window: rules in the order of their priority, until one matches
/// and blocks. An unknown statement is an error.
///
/// WAF itself counts with a delay of seconds; here a limit applies immediately.
///
/// Source: AWS WAF developer guide, "Rule statements", "Rate-based rule statement", "Setting rule priority".
final class WebAcl {

  private final List<Map<String, Object>> rules;
  private final Map<String, Integer> counts = new HashMap<>();

  WebAcl(Map<String, Object> properties) {
    if (!section(properties, "DefaultAction").containsKey("Allow")) {
      throw new UnsupportedOperationException("Default action " + properties.get("DefaultAction"));
    }
    rules = list(properties.get("Rules")).stream().map(rule -> Map.copyOf(object(rule)))
        .sorted(Comparator.comparing(rule -> number(rule.get("Priority")))).toList();
  }

  /// @param headers headers by lower-case name
  record Request(String address, Map<String, String> headers) {}

  /// The answer to a blocked request.
  ///
  /// @param status status of a custom response; empty if the API answers with `WAF_FILTERED`
  record Blocked(String rule, Optional<Integer> status) {}

  Optional<Blocked> refusal(Request request) {
    for (var rule : rules) {
      if (matches(String.valueOf(rule.get("Name")), section(rule, "Statement"), request)) {
        var action = section(rule, "Action");
        if (!action.keySet().equals(java.util.Set.of("Block"))) {
          throw new UnsupportedOperationException("Action " + action);
        }
        var custom = section(section(action, "Block"), "CustomResponse");
        return Optional.of(new Blocked(String.valueOf(rule.get("Name")),
            Optional.ofNullable(custom.get("ResponseCode")).map(WebAcl::number)));
      }
    }
    return Optional.empty();
  }

  private boolean matches(String rule, Map<String, Object> statement, Request request) {
    var kind = statement.keySet().iterator().next();
    var details = section(statement, kind);
    return switch (kind) {
      case "AndStatement" -> list(details.get("Statements")).stream()
          .allMatch(each -> matches(rule, object(each), request));
      case "NotStatement" -> !matches(rule, section(details, "Statement"), request);
      case "SizeConstraintStatement" -> field(details, request).filter(value -> {
        if (!details.get("ComparisonOperator").equals("GT")) {
          throw new UnsupportedOperationException("Comparison " + details.get("ComparisonOperator"));
        }
        return value.length() > number(details.get("Size"));
      }).isPresent();
      case "RegexMatchStatement" -> field(details, request)
          .filter(value -> Pattern.compile(String.valueOf(details.get("RegexString"))).matcher(value).find()).isPresent();
      case "RateBasedStatement" -> exceeds(rule, details, request);
      default -> throw new UnsupportedOperationException("Statement " + kind);
    };
  }

  /// Returns the aggregation key. A request without it is not counted.
  private boolean exceeds(String rule, Map<String, Object> details, Request request) {
    if (details.containsKey("ScopeDownStatement") && !matches(rule, section(details, "ScopeDownStatement"), request)) {
      return false;
    }
    var instance = switch (String.valueOf(details.get("AggregateKeyType"))) {
      case "IP" -> Optional.of(request.address());
      case "CUSTOM_KEYS" -> header(section(object(list(details.get("CustomKeys")).getFirst()), "Header"), request);
      default -> throw new UnsupportedOperationException("Aggregation by " + details.get("AggregateKeyType"));
    };
    return instance.map(key -> counts.merge(rule + " " + key, 1, Integer::sum) > number(details.get("Limit")))
        .orElse(false);
  }

  private static Optional<String> field(Map<String, Object> details, Request request) {
    return header(section(section(details, "FieldToMatch"), "SingleHeader"), request);
  }

  private static Optional<String> header(Map<String, Object> named, Request request) {
    return Optional.ofNullable(request.headers().get(String.valueOf(named.get("Name"))));
  }

  private static int number(Object value) {
    return Integer.parseInt(String.valueOf(value));
  }
}
