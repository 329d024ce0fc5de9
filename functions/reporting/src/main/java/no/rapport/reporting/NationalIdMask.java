package no.rapport.reporting;

/// Finds and masks national identity numbers in free text, so that none leaves in a report.
///
/// Found are: 11 digits, contiguous or 6 and 5 parted by one space, whose two control digits are right (identity
/// numbers, D numbers and the synthetic ones with 40, 65 or 80 added to the month alike, as their control digits are
/// computed in one way), and 12-digit DUF numbers (a year from 1900 to 2099, then eight digits). A number that is part
/// of a longer run of digits is none of these. Every digit becomes `*`; spaces stay.
public final class NationalIdMask {

  private static final int[] FIRST_WEIGHTS = {3, 7, 6, 1, 8, 9, 4, 5, 2, 1};
  private static final int[] SECOND_WEIGHTS = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
  private static final int SHORTEST = 11;

  private NationalIdMask() {}

  /// A text without national identity numbers.
  ///
  /// @param text the text as given where nothing was found
  /// @param found whether anything was masked
  public record Masked(String text, boolean found) {}

  /// Masks every national identity number in a text.
  public static Masked mask(String text) {
    char[] masked = null;
    int length = text.length();
    int at = length < SHORTEST ? length : 0;
    while (at < length) {
      if (!isDigit(text.charAt(at))) {
        at++;
        continue;
      }
      int end = endOfDigits(text, at);
      int last = endOfNumber(text, at, end);
      if (last < 0) {
        at = end;
        continue;
      }
      if (masked == null) {
        masked = text.toCharArray();
      }
      for (int i = at; i < last; i++) {
        if (isDigit(masked[i])) {
          masked[i] = '*';
        }
      }
      at = last;
    }
    return masked == null ? new Masked(text, false) : new Masked(new String(masked), true);
  }

  /// The end of the national identity number that begins with the run of digits from `start` to `end`, or -1.
  private static int endOfNumber(String text, int start, int end) {
    int digits = end - start;
    if (digits == 11 && hasControlDigits(text, start, start + 6)) {
      return end;
    }
    if (digits == 12 && isDuf(text, start)) {
      return end;
    }
    if (digits == 6 && end < text.length() && isSpace(text.charAt(end))) {
      int last = endOfDigits(text, end + 1);
      if (last - end - 1 == 5 && hasControlDigits(text, start, end + 1)) {
        return last;
      }
    }
    return -1;
  }

  /// Whether six digits at `first` and five at `second` end in their two control digits: both weighted sums, control
  /// digits included, are divisible by 11.
  private static boolean hasControlDigits(String text, int first, int second) {
    int one = 0;
    int two = 0;
    for (int i = 0; i < 11; i++) {
      int digit = text.charAt(i < 6 ? first + i : second + i - 6) - '0';
      if (i < 10) {
        one += digit * FIRST_WEIGHTS[i];
      }
      two += digit * SECOND_WEIGHTS[i];
    }
    return one % 11 == 0 && two % 11 == 0;
  }

  private static boolean isDuf(String text, int start) {
    return text.startsWith("19", start) || text.startsWith("20", start);
  }

  private static int endOfDigits(String text, int from) {
    int end = from;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\u00A0' || c == '\u202F' || c == '\u2009';
  }
}
