package no.rapport.stepfunctions;

import com.dashjoin.jsonata.Functions;
import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.dashjoin.jsonata.Utils;
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
import java.util.regex.Pattern;

/// Adapts the JSONata library to Step Functions at run time: adds the service's functions, corrects or rejects by name
/// what the library computes wrongly, and enforces the service's limits.
final class JsonataDialect {

  private static final Map<String, String> ALGORITHMS = Map.of(
      "MD5", "MD5", "SHA-1", "SHA-1", "SHA-256", "SHA-256", "SHA-384", "SHA-384", "SHA-512", "SHA-512");

  /// The service fails at a length of 500,000; no shorter failing length is known.
  private static final int MAX_RANGE_LENGTH = 499_999;

  private static final Pattern WRONG_WEEK_COMPONENT = Pattern.compile("\\[\\s*[Xxw]");

  private JsonataDialect() {}

  /// Adds the service's own functions and makes `$now` and `$millis` return the given time.
  static void bindFunctions(Jsonata.Frame frame, Instant now) {
    bind(frame, "uuid", "<:s>", arguments -> UUID.randomUUID().toString());
    bind(frame, "parse", "<s:x>", arguments -> parse((String) arguments.getFirst()));
    bind(frame, "hash", "<ss?:s>", arguments -> hash((String) arguments.getFirst(), (String) argument(arguments, 1)));
    bind(frame, "range", "<nnn:a>", arguments -> range(arguments));
    bind(frame, "partition", "<an:a>", arguments -> partition(arguments));
    bind(frame, "random", "<n?:n>", arguments -> random((Number) argument(arguments, 0)));
    bind(frame, "millis", "<:n>", arguments -> now.toEpochMilli());
    bind(frame, "now", "<s?s?:s>", arguments ->
        dateTime(now.toEpochMilli(), (String) argument(arguments, 0), (String) argument(arguments, 1)));
    bind(frame, "eval", "<sx?:x>", arguments -> {
      throw new JException("T1006", -1);
    });
  }

  /// Enforces the service's limits while an expression is evaluated in `frame`.
  static void limit(Jsonata.Frame frame) {
    var limits = new EvaluationLimits();
    frame.setEvaluateEntryCallback((expression, input, environment) -> limits.enter(environment));
    frame.setEvaluateExitCallback((expression, input, environment, result) -> limits.leave(environment, result));
  }

  /// Formats a time.
  ///
  /// @param picture null for ISO 8601
  static String dateTime(Number millis, String picture, String timezone) {
    if (picture != null && WRONG_WEEK_COMPONENT.matcher(picture).find()) {
      throw new JException("This engine does not support the components X, x and w of a picture: "
          + "its JSONata library computes the year and the month of a week wrongly", -1);
    }
    return Functions.dateTimeFromMillis(millis, picture, timezone);
  }

  /// The body of a function.
  @FunctionalInterface
  interface Body {
    Object of(List<Object> arguments) throws Throwable;
  }

  /// Binds a function of the given JSONata signature.
  static void bind(Jsonata.Frame frame, String name, String signature, Body body) {
    frame.bind(name, new Jsonata.JFunction((input, arguments) -> body.of(objects(arguments)), signature));
  }

  private static List<Object> objects(List<?> raw) {
    return new ArrayList<>(raw);
  }

  /// Returns an argument, or null if it is missing.
  static Object argument(List<Object> arguments, int index) {
    return index < arguments.size() ? arguments.get(index) : null;
  }

  private static Object parse(String json) {
    if (json == null) {
      return null;
    }
    try {
      return JsonValues.parse(json);
    } catch (IllegalArgumentException e) {
      throw new JException("$parse needs JSON text: " + e.getMessage(), -1);
    }
  }

  private static String hash(String content, String algorithm) {
    if (content == null) {
      return null;
    }
    var known = algorithm == null ? "SHA-1" : ALGORITHMS.get(algorithm);
    if (known == null) {
      throw new JException("$hash does not support the algorithm " + algorithm, -1);
    }
    try {
      var digest = MessageDigest.getInstance(known).digest(content.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Returns the numbers from the first to the last, which is included if a step meets it. Like every JSONata sequence,
  /// a sequence of one number is that number.
  private static List<Object> range(List<Object> arguments) {
    var first = ((Number) arguments.get(0)).longValue();
    var last = ((Number) arguments.get(1)).longValue();
    var step = ((Number) arguments.get(2)).longValue();
    if (step == 0) {
      throw new JException("$range needs a step other than 0", -1);
    }
    var numbers = Utils.createSequence();
    for (var n = first; step > 0 ? n <= last : n >= last; n += step) {
      if (numbers.size() == MAX_RANGE_LENGTH) {
        throw new JException("$range must not return more than " + MAX_RANGE_LENGTH + " numbers", -1);
      }
      numbers.add(n);
    }
    return numbers;
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
