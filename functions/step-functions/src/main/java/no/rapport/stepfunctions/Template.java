package no.rapport.stepfunctions;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A JSON value of a definition in which strings of the form `{% … %}` stand for what they evaluate to.
sealed interface Template {

  /// A value that stands for itself.
  record Constant(Object value) implements Template {}

  /// An expression.
  record Computed(Expression expression) implements Template {}

  /// An array.
  record Listing(List<Template> elements) implements Template {}

  /// An object; its keys stand for themselves.
  record Structure(Map<String, Template> fields) implements Template {}

  /// Reads it, compiling every expression.
  ///
  /// @throws IllegalArgumentException naming the expression that does not compile
  static Template of(Object json) {
    return switch (json) {
      case String string when Expression.isExpression(string) -> new Computed(Expression.compile(string));
      case List<?> list -> new Listing(list.stream().<Template>map(Template::of).toList());
      case Map<?, ?> object -> {
        var fields = new LinkedHashMap<String, Template>();
        object.forEach((key, value) -> fields.put(key.toString(), of(value)));
        yield new Structure(fields);
      }
      default -> new Constant(json);
    };
  }

  /// The value with every expression evaluated.
  ///
  /// @throws IllegalArgumentException if an expression fails or gives nothing
  default Object evaluate(Map<String, Object> variables, Instant now) {
    return switch (this) {
      case Constant(var value) -> value;
      case Computed(var expression) -> expression.evaluate(variables, now).orElseThrow(() ->
          new IllegalArgumentException("The JSONata expression '" + expression + "' returned nothing (undefined)."));
      case Listing(var elements) -> {
        var list = new ArrayList<Object>(elements.size());
        elements.forEach(element -> list.add(element.evaluate(variables, now)));
        yield list;
      }
      case Structure(var fields) -> {
        var object = new LinkedHashMap<String, Object>();
        fields.forEach((key, value) -> object.put(key, value.evaluate(variables, now)));
        yield object;
      }
    };
  }
}
