package no.rapport.reporting;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// Finds and masks national identity numbers in free text, so that no file, answer or log contains one.
///
/// It finds 11 digits that begin with a possible birth date (identity numbers; D numbers with 40 added to the day; H
/// numbers and synthetic numbers with 40, 65 or 80 added to the month) or whose check digits are valid, and 12-digit
/// DUF numbers (a year from 1900 to 2099, then eight digits). Digits of every script count, and invisible characters do
/// not separate them. Groups of digits may be separated by up to three blanks, hyphens, dots, slashes, colons,
/// underscores or line breaks. In an unusual spelling (odd groups or other punctuation), 11 digits must both begin with
/// a birth date and have valid check digits. A number within a longer run of digits is not found.
///
/// Every digit becomes `*`, or `**` if it takes two characters, so the length of the text stays the same. All other
/// characters stay.
public final class NationalIdMask {

  private static final int[] FIRST_WEIGHTS = {3, 7, 6, 1, 8, 9, 4, 5, 2, 1};
  private static final int[] SECOND_WEIGHTS = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
  private static final int ID_DIGITS = 11;
  private static final int DUF_DIGITS = 12;
  private static final int MAX_SEPARATORS = 3;
  /// Its groups may consist of digits, but an identity number never has this form.
  private static final Pattern UUID = Pattern.compile("(?<![0-9a-fA-F])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}"
      + "-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}(?![0-9a-fA-F])");

  private static final String USUAL_SEPARATORS = "./:\\|·•․‧∙⋅．。｡／∕⁄：﹕꞉−⁃\u2800\u3164\u115F\u1160\uFFA0\uFFFC";

  /// The separator between two digits.
  private static final byte NOTHING = 0;
  private static final byte INVISIBLE = 1;
  private static final byte USUAL = 2;
  private static final byte UNUSUAL = 3;
  private static final byte BREAK = 4;

  /// Sets of positions at which groups begin, one bit for each position.
  private static final int ID_GROUPS = 1 << 2 | 1 << 4 | 1 << 6 | 1 << 9;
  private static final int DUF_YEAR_NUMBER_CHECK = 1 << 4 | 1 << 10;
  private static final int DUF_FOURS = 1 << 4 | 1 << 8;
  private static final List<Integer> DUF_GROUPS = List.of(1 << 6, DUF_FOURS, 1 << 8, 1 << 3 | 1 << 6 | 1 << 9,
      1 << 4 | 1 << 6 | 1 << 8, 1 << 4 | 1 << 6 | 1 << 8 | 1 << 10, 1 << 2 | 1 << 4 | 1 << 6 | 1 << 8 | 1 << 10,
      (1 << DUF_DIGITS) - 2);

  /// The letters of most texts.
  private static final boolean[] LETTERS = new boolean[0x250];

  static {
    for (char c = 0; c < LETTERS.length; c++) {
      LETTERS[c] = Character.isLetter(c);
    }
  }

  private NationalIdMask() {}

  /// A text after masking.
  ///
  /// @param text the masked text, or the given text if nothing was found
  /// @param found whether anything was masked
  public record Masked(String text, boolean found) {}

  /// Masks every national identity number in a text.
  public static Masked mask(String text) {
    if (!hasEnoughDigits(text)) {
      return new Masked(text, false);
    }
    Digits digits = new Digits(text);
    if (!digits.find()) {
      return new Masked(text, false);
    }
    char[] masked = text.toCharArray();
    for (int i = 0; i < digits.count; i++) {
      if (digits.isMasked[i]) {
        int at = digits.places[i];
        masked[at] = '*';
        if (Character.isHighSurrogate(text.charAt(at))) {
          masked[at + 1] = '*';
        }
      }
    }
    return new Masked(new String(masked), true);
  }

  /// Masks the free texts of an activity. Its id needs no mask, because the import rejects ids that contain a number.
  ///
  /// @return the given activity if nothing was found
  public static Activity mask(Activity activity) {
    boolean mayHoldNumber = hasEnoughDigits(activity.title()) || hasEnoughDigits(activity.notes())
        || hasEnoughDigits(activity.targetGroup()) || hasEnoughDigits(activity.location())
        || hasEnoughDigits(activity.county()) || hasEnoughDigits(activity.municipality())
        || hasEnoughDigits(activity.activityType())
        || !activity.attachments().isEmpty()
        && activity.attachments().stream().anyMatch(NationalIdMask::hasEnoughDigits);
    return !mayHoldNumber ? activity : new Activity(activity.activityId(), activity.orgId(),
        masked(activity.activityType()), activity.date(), activity.participantCount(), activity.durationMinutes(),
        masked(activity.location()), masked(activity.municipality()), masked(activity.county()),
        masked(activity.targetGroup()), masked(activity.title()), masked(activity.notes()),
        activity.attachments().stream().map(NationalIdMask::masked).toList(), activity.updatedAt());
  }

  /// Returns whether a text from a client contains a national identity number. The digits of a UUID do not count.
  public static boolean isIn(String text) {
    return hasEnoughDigits(text) && mask(UUID.matcher(text).replaceAll("uuid")).found();
  }

  private static String masked(String text) {
    return mask(text).text();
  }

  /// Returns the digits that a mask would hide, in order and as ASCII digits.
  public static String digits(String text) {
    if (!hasEnoughDigits(text)) {
      return "";
    }
    Digits digits = new Digits(text);
    digits.find();
    StringBuilder masked = new StringBuilder();
    for (int i = 0; i < digits.count; i++) {
      if (digits.isMasked[i]) {
        masked.append((char) ('0' + digits.values[i]));
      }
    }
    return masked.toString();
  }

  /// Returns whether a run without letters has at least eleven digits. Only every eleventh character is checked while
  /// it is a letter, because each run of eleven characters contains a checked one. Most texts need no further search.
  private static boolean hasEnoughDigits(String text) {
    return text.length() >= ID_DIGITS && hasEnoughDigits(text, text.length());
  }

  private static boolean hasEnoughDigits(String text, int length) {
    for (int probe = ID_DIGITS - 1; probe < length; probe += ID_DIGITS) {
      char c = text.charAt(probe);
      if (c < LETTERS.length && LETTERS[c]) {
        continue;
      }
      int start = probe;
      while (start > 0 && !isLetter(text.charAt(start - 1))) {
        start--;
      }
      int end = probe + 1;
      while (end < length && !isLetter(text.charAt(end))) {
        end++;
      }
      if (end - start >= ID_DIGITS && countDigits(text, start, end) >= ID_DIGITS) {
        return true;
      }
      probe = end - 1;
    }
    return false;
  }

  private static boolean isLetter(char c) {
    return c < LETTERS.length && LETTERS[c];
  }

  /// Counts the characters that are a digit or half of a possible digit.
  private static int countDigits(String text, int start, int end) {
    int digits = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9' || c >= '\u00B2' && (Character.isHighSurrogate(c) || digit(c) >= 0)) {
        digits++;
      }
    }
    return digits;
  }

  /// Returns the value of a digit of any script, also superscript, subscript or circled, or -1.
  private static int digit(int c) {
    int type = Character.getType(c);
    if (type != Character.DECIMAL_DIGIT_NUMBER && type != Character.OTHER_NUMBER) {
      return -1;
    }
    int value = Character.getNumericValue(c);
    return value <= 9 ? value : -1;
  }

  private static boolean isBirthDate(byte[] values, int at) {
    int day = 10 * values[at] + values[at + 1];
    int month = 10 * values[at + 2] + values[at + 3];
    boolean isDay = day >= 1 && day <= 31 || day >= 41 && day <= 71;
    boolean isMonth = month >= 1 && month <= 12 || month >= 41 && month <= 52 || month >= 66 && month <= 77
        || month >= 81 && month <= 92;
    return isDay && isMonth;
  }

  /// Returns whether both weighted sums, including the check digits, are divisible by 11.
  private static boolean hasCheckDigits(byte[] values, int at) {
    int one = 0;
    int two = 0;
    for (int i = 0; i < ID_DIGITS; i++) {
      if (i < FIRST_WEIGHTS.length) {
        one += values[at + i] * FIRST_WEIGHTS[i];
      }
      two += values[at + i] * SECOND_WEIGHTS[i];
    }
    return one % 11 == 0 && two % 11 == 0;
  }

  /// The digits of a text, and the separator before each.
  private static final class Digits {

    private final byte[] values;
    private final int[] places;
    private final byte[] gaps;
    private final boolean[] isMasked;
    private int count;

    private Digits(String text) {
      int length = text.length();
      values = new byte[length];
      places = new int[length];
      gaps = new byte[length + 1];
      isMasked = new boolean[length];
      byte gap = BREAK;
      int separators = 0;
      for (int i = 0; i < length; ) {
        int c = text.codePointAt(i);
        int value = c >= '0' && c <= '9' ? c - '0' : digit(c);
        if (value >= 0) {
          values[count] = (byte) value;
          places[count] = i;
          gaps[count] = gap;
          count++;
          gap = NOTHING;
          separators = 0;
        } else {
          byte kind = gap(c);
          separators += kind == INVISIBLE ? 0 : 1;
          gap = separators > MAX_SEPARATORS ? BREAK : (byte) Math.max(gap, kind);
        }
        i += Character.charCount(c);
      }
      gaps[count] = BREAK;
    }

    private static byte gap(int c) {
      if (c == '\t' || c == '\n' || c == '\r' || USUAL_SEPARATORS.indexOf(c) >= 0) {
        return USUAL;
      }
      return switch (Character.getType(c)) {
        case Character.FORMAT, Character.CONTROL, Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> INVISIBLE;
        case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
            Character.DASH_PUNCTUATION, Character.CONNECTOR_PUNCTUATION -> USUAL;
        case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER,
            Character.MODIFIER_LETTER, Character.OTHER_LETTER -> BREAK;
        default -> UNUSUAL;
      };
    }

    /// Marks the digits of all numbers, including overlapping ones.
    private boolean find() {
      boolean found = false;
      for (int start = 0; start + ID_DIGITS <= count; start++) {
        if (gaps[start] == NOTHING) {
          continue;
        }
        int groups = 0;
        byte worst = NOTHING;
        for (int digits = 1; digits <= DUF_DIGITS && worst != BREAK && start + digits <= count; digits++) {
          byte gap = gaps[start + digits];
          boolean ends = gap != NOTHING;
          if (ends && (digits == ID_DIGITS && isNationalId(start, groups, worst)
              || digits == DUF_DIGITS && worst <= USUAL && isDuf(start, groups))) {
            Arrays.fill(isMasked, start, start + digits, true);
            found = true;
          }
          groups |= gap >= USUAL ? 1 << digits : 0;
          worst = (byte) Math.max(worst, gap);
        }
      }
      return found;
    }

    private boolean isNationalId(int start, int groups, byte worst) {
      boolean isUsual = worst <= USUAL && ((groups & ~ID_GROUPS) == 0 || groups == (1 << ID_DIGITS) - 2);
      return isUsual ? isBirthDate(values, start) || hasCheckDigits(values, start)
          : isBirthDate(values, start) && hasCheckDigits(values, start);
    }

    private boolean isDuf(int start, int groups) {
      if (!isCentury(start)) {
        return false;
      }
      if ((groups & ~DUF_YEAR_NUMBER_CHECK) == 0) {
        return true;
      }
      if (groups == DUF_FOURS && isCentury(start + 4) && isCentury(start + 8)) {
        return false;
      }
      return DUF_GROUPS.contains(groups) && !isTime(start);
    }

    /// Returns whether a year from 1900 to 2099 begins at that digit.
    private boolean isCentury(int at) {
      return values[at] == 1 && values[at + 1] == 9 || values[at] == 2 && values[at + 1] == 0;
    }

    /// Returns whether the digits are a year, month, day, hour and minute.
    private boolean isTime(int start) {
      int month = two(start + 4);
      int day = two(start + 6);
      return month >= 1 && month <= 12 && day >= 1 && day <= 31 && two(start + 8) <= 23 && two(start + 10) <= 59;
    }

    private int two(int at) {
      return 10 * values[at] + values[at + 1];
    }
  }
}
