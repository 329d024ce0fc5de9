package no.rapport.reportfiles.text;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.Joining;
import no.rapport.reportfiles.ReportDates;
import no.rapport.reportfiles.ReportTexts;
import no.rapport.reportfiles.ReportWriter;
import no.rapport.reportfiles.ShareSource;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityColumn;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Countability;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportLocale;

/// CSV as Excel in Norway opens it: `;`, UTF-8 with byte order mark, CRLF. Texts that a spreadsheet could take for a
/// formula get an apostrophe in front, as OWASP advises; negative numbers and phone numbers stay as they are.
public record CsvWriter() implements ReportWriter {

  /// Characters that need no quotes.
  private static final boolean[] PLAIN = new boolean[128];

  static {
    for (char c = ' '; c < 127; c++) {
      PLAIN[c] = c != '"' && !isSeparator(c);
    }
  }

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  @Override
  public ShareWriter share(OutputStream out, ReportDescription description, int index, long rowsBefore) {
    ReportLocale locale = description.locale();
    return new TextShare(out, index,
        (bytes, activity, countability, _) -> putRow(bytes, activity, countability, locale));
  }

  @Override
  public void assemble(OutputStream out, ReportDescription description, KeyFigures figures, List<ShareSummary> shares,
      ShareSource source) throws IOException {
    Bytes heading = new Bytes(1024);
    heading.put(BYTE_ORDER_MARK);
    for (ActivityColumn column : ActivityColumn.values()) {
      if (column.ordinal() > 0) {
        heading.put(';');
      }
      putField(heading, column.heading(description.locale()));
    }
    putLineEnd(heading);
    heading.writeTo(out);
    TextShare.join(out, shares, source, "");
    out.flush();
  }

  private static void putLineEnd(Bytes bytes) {
    bytes.put('\r');
    bytes.put('\n');
  }

  /// Appends a text as one field, as [#shown] and quoted where need be.
  static void putField(Bytes bytes, String text) {
    int chars = text.length();
    if (chars == 0) {
      return;
    }
    boolean defused = looksLikeFormula(text);
    int start = bytes.length;
    bytes.ensure(chars * 3 + 3);
    byte[] array = bytes.array;
    int at = start + 1;
    if (defused) {
      array[at++] = '\'';
    }
    boolean quoted = text.charAt(0) <= ' ' || text.charAt(chars - 1) <= ' ';
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x80 && PLAIN[c]) {
        array[at++] = (byte) c;
      } else if (c >= 0xA0) {
        bytes.length = at;
        i = bytes.putWide(text, i, c);
        at = bytes.length;
      } else if (c == '"') {
        quoted = true;
        array[at++] = '"';
        array[at++] = '"';
      } else if (isSeparator(c) && !startsFormula(text, i + 1)) {
        quoted = true;
        array[at++] = (byte) c;
      } else {
        bytes.length = start;
        putField(bytes, shown(text));
        return;
      }
    }
    if (quoted) {
      array[start] = '"';
      array[at++] = '"';
      bytes.length = at;
    } else {
      System.arraycopy(array, start + 1, array, start, at - start - 1);
      bytes.length = at - 1;
    }
  }

  /// Returns the text as a reader gets it: without control characters other than tabs and line breaks, and with an
  /// apostrophe before whatever a spreadsheet could take for a formula. That is the text itself, and what stands in it
  /// behind a separator, where programs that expect commas or know no quotes begin a cell.
  static String shown(String text) {
    StringBuilder shown = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isSeparator(c) || !Character.isISOControl(c)) {
        shown.append(c);
      }
    }
    for (int i = shown.length() - 1; i >= 0; i--) {
      if (isSeparator(shown.charAt(i)) && startsFormula(shown, i + 1)) {
        shown.insert(i + 1, '\'');
      }
    }
    return shown.isEmpty() || !looksLikeFormula(shown) ? shown.toString() : shown.insert(0, '\'').toString();
  }

  private static boolean isSeparator(char c) {
    return c == ';' || c == ',' || c == '\n' || c == '\r' || c == '\t';
  }

  /// Returns whether a formula begins after a separator. List items such as `- mat og drikke` are not formulas.
  private static boolean startsFormula(CharSequence text, int from) {
    int i = from;
    while (i < text.length() && isSkipped(text.charAt(i))) {
      i++;
    }
    if (i == text.length()) {
      return false;
    }
    return switch (text.charAt(i)) {
      case '+', '-' -> {
        int end = i + 1;
        boolean isItem = end < text.length() && text.charAt(end) == ' ';
        while (end < text.length() && !isSeparator(text.charAt(end))) {
          char c = text.charAt(end);
          isItem &= Character.isLetterOrDigit(c) || c == ' ' || c == '.';
          end++;
        }
        yield !isItem && !isSignedNumber(text, i + 1, end);
      }
      default -> isFormulaSign(text.charAt(i));
    };
  }

  private static boolean isSkipped(char c) {
    return c <= ' ' && !isSeparator(c) || c == '"' || c == '\u00A0' || c == '\uFEFF';
  }

  /// Returns whether a spreadsheet could take the text for a formula: its first character that is not white space can
  /// start a formula, and it is neither a negative number nor a phone number.
  static boolean looksLikeFormula(CharSequence text) {
    char first = text.charAt(0);
    if (first == '\t' || first == '\r' || first == '\n') {
      return true;
    }
    int i = 0;
    while (first <= ' ' || first == '\u00A0' || first == '\uFEFF') {
      if (++i == text.length()) {
        return false;
      }
      first = text.charAt(i);
    }
    return switch (first) {
      case '+', '-' -> !isSignedNumber(text, i + 1, text.length());
      default -> isFormulaSign(first);
    };
  }

  private static boolean isFormulaSign(char c) {
    return switch (c) {
      case '=', '@', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20' -> true;
      default -> false;
    };
  }

  /// Digits in groups parted by single spaces, then perhaps decimals: nothing that could be computed.
  private static boolean isSignedNumber(CharSequence text, int from, int end) {
    if (from == end || !isDigit(text.charAt(from)) || !isDigit(text.charAt(end - 1))) {
      return false;
    }
    boolean decimals = false;
    for (int i = from; i < end; i++) {
      char c = text.charAt(i);
      if (isDigit(c)) {
        continue;
      }
      boolean afterDigit = isDigit(text.charAt(i - 1));
      if (!afterDigit || decimals || c != ' ' && c != '\u00A0' && c != ',' && c != '.') {
        return false;
      }
      decimals = c == ',' || c == '.';
    }
    return true;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static void putRow(Bytes bytes, Activity activity, Countability countability, ReportLocale locale) {
    text(bytes, activity.activityId(), locale);
    text(bytes, ActivityTypes.name(activity.activityType(), locale), locale);
    ReportDates.put(bytes, activity.date(), locale);
    bytes.put(';');
    bytes.putNumber(activity.participantCount());
    bytes.put(';');
    bytes.putNumber(activity.durationMinutes());
    bytes.put(';');
    text(bytes, activity.location(), locale);
    text(bytes, activity.municipality(), locale);
    text(bytes, activity.county(), locale);
    text(bytes, activity.targetGroup(), locale);
    text(bytes, activity.title(), locale);
    text(bytes, activity.notes(), locale);
    text(bytes, Joining.attachments(activity), locale);
    putField(bytes, countability.reason(locale));
    putLineEnd(bytes);
  }

  private static void text(Bytes bytes, String text, ReportLocale locale) {
    putField(bytes, ReportTexts.fitted(text, locale));
    bytes.put(';');
  }
}
