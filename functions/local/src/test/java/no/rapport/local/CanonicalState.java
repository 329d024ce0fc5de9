package no.rapport.local;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Compares two states of the world, ignoring random names and the time of day.
///
/// A state is a list of texts. Random names are numbered in order of appearance, so equal results mean that the states
/// differ only in those names. Instants are compared by their distance from now: two are equal if they lie between the
/// same two time limits of the product.
final class CanonicalState {

  /// Ids, names of executions, digests and instants in records, keys and messages.
  private static final Pattern DRAWN = Pattern.compile(String.join("|",
      "(?<=[a-z]-\\d{8}-)[a-z0-9]{10}",
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?Z",
      "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
      "[0-9a-f]{32,}",
      "(?<![0-9a-zA-Z])\\d{14,16}(?![0-9a-zA-Z])",
      "(?<![0-9A-Z])[0-9A-HJKMNP-TV-Z]{26}(?![0-9A-Z])",
      "(?<![0-9a-z])1[6-9]\\d{8}(?:\\d{3})?(?![0-9])",
      "(?<![0-9a-zA-Z])(?=[a-z0-9]*[0-9])(?=[a-z0-9]*[a-z])[a-z0-9]{10,}(?![0-9a-zA-Z])"));
  private static final Pattern INSTANT = Pattern.compile("1[6-9]\\d{8}(?:\\d{3})?");
  /// The time limits of the product, and the time steps of a walk, in seconds.
  private static final NavigableSet<Long> LIMITS = new TreeSet<>(Stream.of(Duration.ofSeconds(10), Duration.ofSeconds(30),
      Duration.ofSeconds(31), Duration.ofSeconds(45), Duration.ofSeconds(50), Duration.ofMinutes(1), Duration.ofMinutes(2),
      Duration.ofMinutes(4), Duration.ofMinutes(8), Duration.ofMinutes(15), Duration.ofMinutes(16), Duration.ofMinutes(17),
      Duration.ofMinutes(32), Duration.ofHours(1), Duration.ofHours(24), Duration.ofHours(25), Duration.ofHours(48),
      Duration.ofDays(31)).map(Duration::toSeconds).toList());

  private CanonicalState() {}

  /// @param texts in any order
  static String of(Instant now, List<String> texts) {
    return digest(String.join("\n", lines(now, texts)));
  }

  /// A text without its random values, and those values.
  private record Shape(String text, List<String> drawn) {}

  private static List<String> lines(Instant now, List<String> texts) {
    var names = new HashMap<String, Integer>();
    // Sorted without random values, so that the order does not depend on them.
    return texts.stream().map(text -> shape(text, now)).sorted(Comparator.comparing(Shape::text)).map(shape ->
        shape.text() + shape.drawn().stream().map(name -> names.computeIfAbsent(name, _ -> names.size())).toList()).toList();
  }

  private static Shape shape(String text, Instant now) {
    var drawn = new ArrayList<String>();
    String shape = DRAWN.matcher(text).replaceAll(found -> {
      String token = found.group();
      if (token.endsWith("Z") && token.charAt(4) == '-') {
        return distance(Duration.between(now, Instant.parse(token.length() == 17 ? token.replace("Z", ":00Z") : token)));
      }
      if (INSTANT.matcher(token).matches()) {
        long millis = token.length() == 10 ? Long.parseLong(token) * 1000 : Long.parseLong(token);
        return distance(Duration.between(now, Instant.ofEpochMilli(millis)));
      }
      drawn.add(token);
      return "§";
    });
    return new Shape(shape, drawn);
  }

  /// Returns an equal value for all texts that differ only in random values.
  static String withoutDrawn(String text) {
    return DRAWN.matcher(text).replaceAll("");
  }

  private static String distance(Duration duration) {
    long seconds = duration.toSeconds();
    Long limit = seconds > 0 ? LIMITS.ceiling(seconds) : LIMITS.floor(-seconds);
    return limit == null ? "now" : (seconds > 0 ? "in" : "ago") + limit;
  }

  private static String digest(String text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
