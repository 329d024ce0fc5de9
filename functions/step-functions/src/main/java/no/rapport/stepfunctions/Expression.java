package no.rapport.stepfunctions;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One `{% … %}`: JSONata as Step Functions takes it, which is 2.0.6 without `$eval` and with seven functions more.
///
/// Safe for use by many threads.
final class Expression {

  /// Far more than any expression needs; it ends an endless recursion.
  private static final long LONGEST_MILLIS = 10_000;
  private static final int DEEPEST = 500;

  private final String text;
  private final Jsonata jsonata;

  private Expression(String text, Jsonata jsonata) {
    this.text = text;
    this.jsonata = jsonata;
  }

  /// Whether a string of a definition is an expression rather than itself.
  static boolean isExpression(String string) {
    return string.startsWith("{%") && string.endsWith("%}") && string.length() >= 4;
  }

  /// Compiles the string with its `{%` and `%}`.
  ///
  /// @throws IllegalArgumentException if it is not JSONata, or JSONata that the service does not take
  static Expression compile(String string) {
    var text = string.substring(2, string.length() - 2).strip();
    JsonataDialect.check(text);
    try {
      // The line break is for the library, which runs over the end after a closing comment.
      var jsonata = Jsonata.jsonata(text + "\n");
      jsonata.setOutputConvertNulls(false);
      jsonata.setValidateInput(false);
      return new Expression(text, jsonata);
    } catch (JException e) {
      throw new IllegalArgumentException("The JSONata expression '" + text + "' does not parse: " + e.getMessage(), e);
    }
  }

  /// Evaluates it.
  ///
  /// @param variables what `$name` stands for, `states` among them
  /// @param now what `$now()` and `$millis()` tell
  /// @return the value, or empty if there is none ("undefined")
  /// @throws IllegalArgumentException if it fails, or gives a function
  Optional<Object> evaluate(Map<String, Object> variables, Instant now) {
    var frame = jsonata.createFrame();
    JsonataDialect.bindFunctions(frame, now);
    variables.forEach(frame::bind);
    frame.setRuntimeBounds(LONGEST_MILLIS, DEEPEST);
    try {
      var result = jsonata.evaluate(null, frame);
      return result == null ? Optional.empty() : Optional.of(JsonValues.detached(result));
    } catch (JException e) {
      throw new IllegalArgumentException("The JSONata expression '" + text + "' failed: " + e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("The JSONata expression '" + text + "' recurses too deeply", e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("The JSONata expression '" + text + "' failed: " + e, e);
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
