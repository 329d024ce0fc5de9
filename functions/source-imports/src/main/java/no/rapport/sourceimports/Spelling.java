package no.rapport.sourceimports;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parses values as common programs write them, if they can be read in only one way.
final class Spelling {

  private static final int MAX_DIGITS = 40;
  private static final Pattern ISO_DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
  private static final Pattern NORWEGIAN_DATE = Pattern.compile("([0-9]{1,2})\\.([0-9]{1,2})\\.([0-9]{4})");
  private static final Pattern DIGITS = Pattern.compile("-?[0-9]{1,10}");
  private static final String GROUPS = "-?(?:[0-9]{1,10}|[0-9]{1,3}(?: [0-9]{3}){1,3})";
  /// Three decimals are rejected, because `1,000` may mean a thousand.
  private static final Pattern INTEGER = Pattern.compile("(" + GROUPS + ")(?:[.,]0{1,2})?");
  private static final Pattern NUMBER = Pattern.compile("(" + GROUPS + ")(?:[.,]([0-9]{1,30}))?");
  private static final Pattern SCIENTIFIC = Pattern.compile("[0-9](?:[.,][0-9]{1,12})?[eE]\\+?[0-9]{1,2}");

  private Spelling() {}

  /// Parses a date such as `2025-03-04`, `04.03.2025` or `4.3.2025`.
  static Optional<LocalDate> date(String text) {
    try {
      if (ISO_DATE.matcher(text).matches()) {
        return Optional.of(LocalDate.parse(text));
      }
      Matcher date = NORWEGIAN_DATE.matcher(text.strip());
      if (date.matches()) {
        return Optional.of(LocalDate.of(
            Integer.parseInt(date.group(3)), Integer.parseInt(date.group(2)), Integer.parseInt(date.group(1))));
      }
      String plain = plain(text);
      return ISO_DATE.matcher(plain).matches() ? Optional.of(LocalDate.parse(plain)) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /// Parses a whole number such as `8`, `8.0`, `8,0`, `1 234` or `9E1`.
  static Optional<Long> integer(String text) {
    if (DIGITS.matcher(text).matches()) {
      return Optional.of(Long.valueOf(text));
    }
    String plain = plain(text);
    Matcher integer = INTEGER.matcher(plain);
    if (integer.matches()) {
      return Optional.of(Long.valueOf(integer.group(1).replace(" ", "")));
    }
    if (SCIENTIFIC.matcher(plain).matches()) {
      return integer(new BigDecimal(plain.replace(',', '.')));
    }
    return Optional.empty();
  }

  /// Returns a number as a whole number, or empty if it has decimals.
  static Optional<Long> integer(BigDecimal number) {
    boolean whole = isWritable(number) && number.stripTrailingZeros().scale() <= 0
        && number.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) < 0;
    return whole ? Optional.of(number.longValue()) : Optional.empty();
  }

  /// Parses a number such as `80`, `80.5`, `80,5` or `1 234,5`.
  static Optional<BigDecimal> number(String text) {
    String plain = plain(text);
    Matcher number = NUMBER.matcher(plain);
    if (number.matches()) {
      String whole = number.group(1).replace(" ", "");
      return Optional.of(new BigDecimal(number.group(2) == null ? whole : whole + "." + number.group(2)));
    }
    return SCIENTIFIC.matcher(plain).matches()
        ? Optional.of(new BigDecimal(plain.replace(',', '.')))
        : Optional.empty();
  }

  /// Returns whether a number has few enough digits to be written out. A short text such as `1E999999999` can stand for
  /// a billion digits.
  static boolean isWritable(BigDecimal number) {
    return Math.abs((long) number.scale()) <= MAX_DIGITS && number.precision() <= MAX_DIGITS;
  }

  /// Parses `true/false`, `1/0`, `ja/nei` or `SANN/USANN`, in upper or lower case.
  static Optional<Boolean> bool(String text) {
    return switch (text) {
      case "true", "1" -> Optional.of(true);
      case "false", "0" -> Optional.of(false);
      default -> switch (plain(text).toLowerCase(Locale.ROOT)) {
        case "true", "1", "ja", "sann" -> Optional.of(true);
        case "false", "0", "nei", "usann" -> Optional.of(false);
        default -> Optional.empty();
      };
    };
  }

  /// Returns the text without blanks at its ends, with no-break spaces and other special blanks replaced by plain
  /// spaces.
  static String plain(String text) {
    StringBuilder changed = null;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 127 && Character.isSpaceChar(text.charAt(i))) {
        changed = changed == null ? new StringBuilder(text) : changed;
        changed.setCharAt(i, ' ');
      }
    }
    return (changed == null ? text : changed.toString()).strip();
  }

  /// Returns the text in the Unicode form in which ids are compared (NFC).
  static String composed(String text) {
    return isAscii(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  /// Returns whether a text has blanks at its ends or contains invisible characters: format and control characters,
  /// line separators, and blanks other than the space.
  static boolean hasInvisible(String text) {
    if (!text.isEmpty() && (text.charAt(0) == ' ' || text.charAt(text.length() - 1) == ' ')) {
      return true;
    }
    return !isPrintableAscii(text) && text.codePoints().anyMatch(point -> switch (Character.getType(point)) {
      case Character.FORMAT, Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      case Character.SPACE_SEPARATOR -> point != ' ';
      default -> false;
    });
  }

  /// Returns the text without control characters, except line breaks and tabs. Returns the same object if there are
  /// none.
  static String withoutControls(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isDropped(text.charAt(i))) {
        var kept = new StringBuilder(text.length());
        text.chars().filter(c -> !isDropped((char) c)).forEach(c -> kept.append((char) c));
        return kept.toString();
      }
    }
    return text;
  }

  private static boolean isDropped(char c) {
    return Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t';
  }

  /// A fast path: most words are ASCII, and streams of code points are slow.
  private static boolean isPrintableAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 127) {
        return false;
      }
    }
    return true;
  }
}
