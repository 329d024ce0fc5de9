package no.rapport.stepfunctions;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/// A `{% … %}` expression: JSONata 2.0.6 with the seven functions that Step Functions adds.
///
/// Safe for use by many threads.
final class Expression {

  private static final String OPENING = "{%";
  private static final String CLOSING = "%}";

  private final String text;
  private final Jsonata jsonata;

  private Expression(String text, Jsonata jsonata) {
    this.text = text;
    this.jsonata = jsonata;
  }

  /// Returns whether a string of a definition is an expression rather than a constant.
  ///
  /// @throws IllegalArgumentException if it has only one of the two delimiters
  static boolean isExpression(String string) {
    var begins = string.startsWith(OPENING);
    var ends = string.endsWith(CLOSING);
    if (begins != ends || begins && string.length() < OPENING.length() + CLOSING.length()) {
      throw new IllegalArgumentException("The string '" + string + "' is not a complete JSONata expression: "
          + "it must begin with " + OPENING + " and end with " + CLOSING);
    }
    return begins;
  }

  /// Compiles the string with its `{%` and `%}`.
  ///
  /// @param reserved the members of `$states` besides `input` and `context` that exist here: `result`, `errorOutput`
  /// @throws IllegalArgumentException if it is not JSONata, or uses JSONata that the service rejects
  static Expression compile(String string, Set<String> reserved) {
    var text = string.substring(OPENING.length(), string.length() - CLOSING.length()).strip();
    JsonataCheck.check(text, reserved);
    try {
      // The library reads past the end after a closing comment; the line break prevents this.
      var jsonata = Jsonata.jsonata(text + "\n");
      jsonata.setOutputConvertNulls(false);
      jsonata.setValidateInput(false);
      return new Expression(text, jsonata);
    } catch (RuntimeException e) { // also thrown for an unterminated comment
      throw new IllegalArgumentException("The JSONata expression '" + text + "' does not parse: " + e.getMessage(), e);
    }
  }

  /// Evaluates the expression.
  ///
  /// @param field its place within the state
  /// @param variables the values by name, `states` among them
  /// @param now the time that `$now()` and `$millis()` return
  /// @throws EvaluationException if it fails, or returns nothing ("undefined") or a function
  Object evaluate(String field, Map<String, Object> variables, Instant now) throws EvaluationException {
    var frame = jsonata.createFrame();
    JsonataDialect.bindFunctions(frame, now);
    JsonataCorrections.bind(frame);
    JsonataDialect.limit(frame);
    variables.forEach(frame::bind);
    Object result;
    try {
      result = jsonata.evaluate(null, frame);
    } catch (JException e) {
      throw failure(field, "threw an error during evaluation. "
          + (e.getError() == null ? "" : e.getError() + ": ") + e.getMessage());
    } catch (StackOverflowError e) {
      throw failure(field, "threw an error during evaluation. It recurses too deeply.");
    } catch (RuntimeException e) {
      throw failure(field, "threw an error during evaluation. " + e);
    }
    if (result == null) {
      throw failure(field, "returned nothing (undefined).");
    }
    try {
      return JsonValues.detached(result);
    } catch (IllegalArgumentException e) {
      throw failure(field, "returned an unsupported result type.");
    }
  }

  private EvaluationException failure(String field, String problem) {
    return new EvaluationException(
        field, "The JSONata expression '" + text + "' specified for the field '" + field + "' " + problem);
  }

  @Override
  public String toString() {
    return text;
  }
}
