package no.rapport.reportfiles;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import no.rapport.reporting.ReportLocale;

/// Formats dates and numbers in the style of each language.
public final class ReportDates {

  private static final char NO_BREAK_SPACE = '\u00A0';

  private ReportDates() {}

  /// nb and nn `31.12.2025`, se `2025-12-31`, en `31/12/2025`.
  public static String format(LocalDate date, ReportLocale locale) {
    Bytes bytes = new Bytes(16);
    put(bytes, date, locale);
    return new String(bytes.array, 0, bytes.length, StandardCharsets.US_ASCII);
  }

  public static void put(Bytes bytes, LocalDate date, ReportLocale locale) {
    switch (locale) {
      case NB, NN -> putDayFirst(bytes, date, '.');
      case EN -> putDayFirst(bytes, date, '/');
      case SE -> putIso(bytes, date);
    }
  }

  public static void putIso(Bytes bytes, LocalDate date) {
    putYear(bytes, date);
    bytes.put('-');
    putTwo(bytes, date.getMonthValue());
    bytes.put('-');
    putTwo(bytes, date.getDayOfMonth());
  }

  private static void putDayFirst(Bytes bytes, LocalDate date, char separator) {
    putTwo(bytes, date.getDayOfMonth());
    bytes.put(separator);
    putTwo(bytes, date.getMonthValue());
    bytes.put(separator);
    putYear(bytes, date);
  }

  private static void putYear(Bytes bytes, LocalDate date) {
    int year = date.getYear();
    if (year >= 0 && year <= 9999) {
      putTwo(bytes, year / 100);
      putTwo(bytes, year % 100);
    } else {
      bytes.putNumber(year);
    }
  }

  private static void putTwo(Bytes bytes, int number) {
    bytes.put('0' + number / 10);
    bytes.put('0' + number % 10);
  }

  /// Returns the digits in groups of three: `1 234 567` with no-break spaces, in English `1,234,567`.
  public static String format(long number, ReportLocale locale) {
    char separator = locale == ReportLocale.EN ? ',' : NO_BREAK_SPACE;
    StringBuilder text = new StringBuilder(Long.toString(Math.abs(number)));
    for (int i = text.length() - 3; i > 0; i -= 3) {
      text.insert(i, separator);
    }
    return number < 0 ? "\u2212" + text : text.toString();
  }

  /// Returns the number in the same form, with its decimals.
  public static String format(BigDecimal number, ReportLocale locale) {
    BigInteger whole = number.abs().toBigInteger();
    String text = format(whole.longValueExact(), locale);
    if (number.scale() > 0) {
      String plain = number.abs().toPlainString();
      text += (locale == ReportLocale.EN ? "." : ",") + plain.substring(plain.indexOf('.') + 1);
    }
    return number.signum() < 0 ? "\u2212" + text : text;
  }

  /// Returns `YYYY-MM` as a month and year: `01.2025`, in Sami `2025-01`, in English `01/2025`.
  public static String month(String month, ReportLocale locale) {
    String year = month.substring(0, month.length() - 3);
    String number = month.substring(month.length() - 2);
    return switch (locale) {
      case NB, NN -> number + "." + year;
      case SE -> year + "-" + number;
      case EN -> number + "/" + year;
    };
  }
}
