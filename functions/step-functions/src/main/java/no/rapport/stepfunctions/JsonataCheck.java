package no.rapport.stepfunctions;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;

/// Rejects, when a definition is read, expressions that the JSONata library accepts and the service rejects, and
/// functions that the library computes wrongly. It scans the tokens of an expression, since each such construct shows
/// in its tokens.
final class JsonataCheck {

  private static final Map<String, String> REFUSED_VARIABLES = Map.of(
      "$$", "which does not exist in Step Functions; use $states.input",
      "$formatNumber", "which this engine does not support: its JSONata library formats some pictures wrongly",
      "$parseInteger", "which this engine does not support: its JSONata library reads some pictures wrongly");
  private static final Set<String> WORD_OPERATORS = Set.of("and", "or", "in");
  private static final Set<String> LITERALS = Set.of("true", "false", "null");

  /// The context of an open bracket.
  ///
  /// @param context whether a name in it can be a member of something
  /// @param parameters whether it holds a function's parameters
  private record Bracket(boolean context, boolean parameters) {}

  private final String text;
  private final Set<String> reserved;
  private final Deque<Bracket> open = new ArrayDeque<>();
  private int at;
  /// Whether the last token ended a value: a slash then divides, and a bracket selects or calls.
  private boolean operandBefore;
  private boolean dotBefore;
  private boolean functionBefore;
  private boolean parametersBefore;
  private int transformBars;
  /// Whether the last tokens were `$states` and a dot.
  private boolean statesBefore;

  private JsonataCheck(String text, Set<String> reserved) {
    this.text = text;
    this.reserved = reserved;
  }

  /// Checks an expression.
  ///
  /// @param reserved the members of `$states` besides `input` and `context` that exist here: `result`, `errorOutput`
  /// @throws IllegalArgumentException naming the rejected construct
  static void check(String text, Set<String> reserved) {
    new JsonataCheck(text, reserved).run();
  }

  private void run() {
    open.push(new Bracket(false, false));
    while (at < text.length()) {
      var c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (text.startsWith("/*", at)) {
        at = end(text.indexOf("*/", at + 2), 2);
      } else {
        token(c);
      }
    }
  }

  private int end(int found, int length) {
    return found < 0 ? text.length() : found + length;
  }

  private void token(char c) {
    if (c == '"' || c == '\'') {
      quoted(c);
      operand();
    } else if (c == '/' && !operandBefore) {
      quoted(c);
      operand();
    } else if (c == '`') {
      var from = at;
      quoted(c);
      name(text.substring(from, at));
    } else if (c == '$') {
      variable();
    } else if (c == '_' || Character.isLetter(c)) {
      var word = word(at);
      at += word.length();
      word(word);
    } else if (Character.isDigit(c)) {
      at += word(at).length();
      operand();
    } else {
      symbol(c);
    }
  }

  private void quoted(char quote) {
    for (at++; at < text.length(); at++) {
      if (text.charAt(at) == '\\' && quote != '`') {
        at++;
      } else if (text.charAt(at) == quote) {
        at++;
        return;
      }
    }
    at = text.length();
  }

  private String word(int from) {
    var to = from;
    while (to < text.length() && (text.charAt(to) == '_' || Character.isLetterOrDigit(text.charAt(to)))) {
      to++;
    }
    return text.substring(from, to);
  }

  private void variable() {
    var name = text.startsWith("$$", at) ? "$$" : "$" + word(at + 1);
    var reason = REFUSED_VARIABLES.get(name);
    if (reason != null) {
      throw refused(name, reason);
    }
    at += name.length();
    operand();
    statesBefore = name.equals("$states");
  }

  private void word(String word) {
    if (operandBefore && !dotBefore && WORD_OPERATORS.contains(word)) {
      operator();
    } else if (!dotBefore && (word.equals("function") || word.equals("λ"))) {
      operator();
      functionBefore = true;
    } else if (!dotBefore && LITERALS.contains(word)) {
      operand();
    } else {
      name(word);
    }
  }

  private void name(String name) {
    if (dotBefore && statesBefore && Set.of("result", "errorOutput").contains(name) && !reserved.contains(name)) {
      throw refused("$states." + name, "which does not exist in this field");
    }
    if (!dotBefore && !open.peek().context() && transformBars == 0) {
      throw refused("the name " + name, "which is not a member of any value; put strings in quotes");
    }
    operand();
  }

  private void symbol(char c) {
    var two = text.substring(at, Math.min(at + 2, text.length()));
    if (two.equals("?:") || two.equals("??")) {
      throw refused("the operator " + two, "which Step Functions (JSONata 2.0.6) does not have");
    }
    switch (c) {
      case '(', '[', '{' -> opening(c);
      case ')', ']', '}' -> closing();
      case '<' -> {
        if (parametersBefore) {
          signature();
        } else {
          at++;
          operator();
        }
      }
      case '|' -> {
        transformBars = (transformBars + 1) % 3;
        at++;
        operator();
        operandBefore = transformBars == 0;
      }
      case '.' -> {
        if (two.equals("..")) {
          at += 2;
          operator();
        } else {
          at++;
          var states = statesBefore;
          operator();
          dotBefore = true;
          statesBefore = states;
        }
      }
      // A parent or a wildcard is a value; between two values the same sign is an operator.
      case '%', '*' -> {
        at++;
        if (operandBefore) {
          operator();
        } else {
          operand();
        }
      }
      default -> {
        at++;
        var sorts = c == '^';
        operator();
        dotBefore = sorts; // the items are the context of a sort's terms
      }
    }
  }

  private void opening(char c) {
    var inner = switch (c) {
      case '(' -> new Bracket(open.peek().context() || dotBefore, functionBefore);
      case '[' -> new Bracket(open.peek().context() || dotBefore || operandBefore, false);
      default -> new Bracket(open.peek().context() || dotBefore || operandBefore && !parametersBefore, false);
    };
    open.push(inner);
    at++;
    operator();
  }

  private void closing() {
    var closed = open.size() > 1 ? open.pop() : open.peek();
    at++;
    operand();
    parametersBefore = closed.parameters();
  }

  /// Skips a function's signature, such as `<a<s>s?:s>`.
  private void signature() {
    var depth = 0;
    do {
      depth += switch (text.charAt(at)) {
        case '<' -> 1;
        case '>' -> -1;
        default -> 0;
      };
      at++;
    } while (depth > 0 && at < text.length());
  }

  private void operand() {
    operator();
    operandBefore = true;
  }

  private void operator() {
    operandBefore = false;
    dotBefore = false;
    functionBefore = false;
    parametersBefore = false;
    statesBefore = false;
  }

  private IllegalArgumentException refused(String what, String reason) {
    return new IllegalArgumentException("The JSONata expression '" + text + "' uses " + what + ", " + reason);
  }
}
