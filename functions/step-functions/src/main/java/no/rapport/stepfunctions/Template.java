package no.rapport.stepfunctions;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A JSON value of a definition, in which strings of the form `{% … %}` are expressions.
sealed interface Template {

  /// A constant value.
  record Constant(Object value) implements Template {}

  /// An expression.
  record Computed(Expression expression) implements Template {}

  /// An array.
  record Listing(List<Template> elements) implements Template {}

  /// An object; its keys are constants.
  record Structure(Map<String, Template> fields) implements Template {}

  /// Reads a template and compiles every expression.
  ///
  /// @param reserved see [Expression#compile(String, Set)]
  /// @throws IllegalArgumentException naming the expression that does not compile
  static Template of(Object json, Set<String> reserved) {
    return switch (json) {
      case String string when Expression.isExpression(string) -> new Computed(Expression.compile(string, reserved));
      case List<?> list -> new Listing(list.stream().map(element -> of(element, reserved)).toList());
      case Map<?, ?> object -> {
        var fields = new LinkedHashMap<String, Template>();
        object.forEach((key, value) -> fields.put(key.toString(), of(value, reserved)));
        yield new Structure(fields);
      }
      default -> new Constant(json);
    };
  }

  /// Returns the value with every expression evaluated.
  ///
  /// @param field its place within the state
  /// @throws EvaluationException naming the expression that fails or returns nothing
  default Object evaluate(String field, Map<String, Object> variables, Instant now) throws EvaluationException {
    return switch (this) {
      case Constant(var value) -> value;
      case Computed(var expression) -> expression.evaluate(field, variables, now);
      case Listing(var elements) -> {
        var list = new ArrayList<Object>(elements.size());
        for (var element : elements) {
          list.add(element.evaluate(field + "[" + list.size() + "]", variables, now));
        }
        yield list;
      }
      case Structure(var fields) -> {
        var object = new LinkedHashMap<String, Object>();
        for (var member : fields.entrySet()) {
          object.put(member.getKey(), member.getValue().evaluate(field + "/" + member.getKey(), variables, now));
        }
        yield object;
      }
    };
  }
}
