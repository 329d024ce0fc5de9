package no.rapport.reportfiles.xlsx;

import no.rapport.reportfiles.Bytes;

/// A row's number as digits, counted up in place: dividing each number would take longer than writing it.
final class RowNumber {

  private static final int MAX_DIGITS = 19;

  private final byte[] digits = new byte[MAX_DIGITS];
  private int first = MAX_DIGITS;

  /// @param number above 0
  RowNumber(long number) {
    for (long left = number; left > 0; left /= 10) {
      digits[--first] = (byte) ('0' + left % 10);
    }
  }

  /// Appends the number, then adds one to it.
  void putAndIncrement(Bytes xml) {
    xml.put(digits, first, MAX_DIGITS - first);
    int at = MAX_DIGITS - 1;
    while (at >= first && digits[at] == '9') {
      digits[at--] = '0';
    }
    if (at < first) {
      first = at;
      digits[at] = '0';
    }
    digits[at]++;
  }
}
