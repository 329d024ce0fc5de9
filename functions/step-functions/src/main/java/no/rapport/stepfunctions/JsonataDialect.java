package no.rapport.stepfunctions;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// Where the JSONata of Step Functions differs from the library's: what it lacks is refused, what it adds is bound.
final class JsonataDialect {

  private static final Map<String, String> ALGORITHMS = Map.of(
      "MD5", "MD5", "SHA-1", "SHA-1", "SHA-256", "SHA-256", "SHA-384", "SHA-384", "SHA-512", "SHA-512");
  private static final int LONGEST_RANGE = 1_000_000;

  private JsonataDialect() {}

  /// Refuses what the library knows and the service does not.
  ///
  /// @throws IllegalArgumentException naming it
  static void check(String text) {
    var operandBefore = false; // whether a slash divides, or begins a regular expression
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (Character.isWhitespace(c)) {
        continue;
      }
      if (text.startsWith("/*", i)) {
        i = closing(text, "*/", i + 2) + 1;
        continue;
      }
      if (c == '"' || c == '\'' || c == '`') {
        i = closingQuote(text, c, i + 1);
        operandBefore = true;
      } else if (c == '/' && !operandBefore) {
        i = closingQuote(text, '/', i + 1);
        operandBefore = true;
      } else if (text.startsWith("?:", i) || text.startsWith("??", i)) {
        throw new IllegalArgumentException("The JSONata expression '" + text + "' uses the operator "
            + text.substring(i, i + 2) + ", which Step Functions (JSONata 2.0.6) does not have");
      } else if (c == '$' || c == '_' || Character.isLetterOrDigit(c)) {
        var end = i + 1;
        while (end < text.length() && (text.charAt(end) == '_' || Character.isLetterOrDigit(text.charAt(end)))) {
          end++;
        }
        if (text.substring(i, end).equals("$eval")) {
          throw new IllegalArgumentException(
              "The JSONata expression '" + text + "' uses $eval, which Step Functions does not have");
        }
        i = end - 1;
        operandBefore = true;
      } else {
        operandBefore = c == ')' || c == ']' || c == '}' || c == '%';
      }
    }
  }

  private static int closing(String text, String end, int from) {
    var at = text.indexOf(end, from);
    return at < 0 ? text.length() : at;
  }

  private static int closingQuote(String text, char quote, int from) {
    for (var i = from; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && quote != '`') {
        i++;
      } else if (text.charAt(i) == quote) {
        return i;
      }
    }
    return text.length();
  }

  /// Adds the service's own functions, and lets `$now` and `$millis` tell the given time.
  static void bindFunctions(Jsonata.Frame frame, Instant now) {
    bind(frame, "uuid", "<:s>", arguments -> UUID.randomUUID().toString());
    bind(frame, "parse", "<s:x>", arguments -> parse((String) arguments.getFirst()));
    bind(frame, "hash", "<ss?:s>", arguments -> hash((String) arguments.getFirst(), (String) argument(arguments, 1)));
    bind(frame, "range", "<nnn:a>", arguments -> range(arguments));
    bind(frame, "partition", "<an:a>", arguments -> partition(arguments));
    bind(frame, "random", "<n?:n>", arguments -> random((Number) argument(arguments, 0)));
    bind(frame, "millis", "<:n>", arguments -> now.toEpochMilli());
    bind(frame, "now", "<s?s?:s>", arguments -> Functions.dateTimeFromMillis(
        now.toEpochMilli(), (String) argument(arguments, 0), (String) argument(arguments, 1)));
  }

  @FunctionalInterface
  private interface Body {
    Object of(List<Object> arguments);
  }

  private static void bind(Jsonata.Frame frame, String name, String signature, Body body) {
    frame.bind(name, new Jsonata.JFunction((input, arguments) -> body.of(objects(arguments)), signature));
  }

  private static List<Object> objects(List<?> raw) {
    return new ArrayList<>(raw);
  }

  private static Object argument(List<Object> arguments, int index) {
    return index < arguments.size() ? arguments.get(index) : null;
  }

  private static Object parse(String json) {
    if (json == null) {
      return null;
    }
    try {
      return JsonValues.parse(json);
    } catch (IllegalArgumentException e) {
      throw new JException("$parse was given a text that is not JSON: " + e.getMessage(), -1);
    }
  }

  private static String hash(String content, String algorithm) {
    if (content == null) {
      return null;
    }
    var known = algorithm == null ? "SHA-1" : ALGORITHMS.get(algorithm);
    if (known == null) {
      throw new JException("$hash does not know the algorithm " + algorithm, -1);
    }
    try {
      var digest = MessageDigest.getInstance(known).digest(content.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// From the first to the last, which is part of it if a step meets it.
  private static List<Object> range(List<Object> arguments) {
    var first = ((Number) arguments.get(0)).longValue();
    var last = ((Number) arguments.get(1)).longValue();
    var step = ((Number) arguments.get(2)).longValue();
    if (step == 0) {
      throw new JException("$range needs a step other than 0", -1);
    }
    var list = new ArrayList<Object>();
    for (var n = first; step > 0 ? n <= last : n >= last; n += step) {
      if (list.size() == LONGEST_RANGE) {
        throw new JException("$range would give more than " + LONGEST_RANGE + " numbers", -1);
      }
      list.add(n);
    }
    return list;
  }

  private static List<Object> partition(List<Object> arguments) {
    var elements = (List<?>) arguments.get(0);
    var size = ((Number) arguments.get(1)).intValue();
    if (size < 1) {
      throw new JException("$partition needs a size of at least 1, not " + size, -1);
    }
    var parts = new ArrayList<Object>();
    for (var from = 0; elements != null && from < elements.size(); from += size) {
      parts.add(new ArrayList<Object>(elements.subList(from, Math.min(from + size, elements.size()))));
    }
    return parts;
  }

  private static Double random(Number seed) {
    return seed == null ? ThreadLocalRandom.current().nextDouble() : new Random(seed.longValue()).nextDouble();
  }
}
