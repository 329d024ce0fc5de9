package no.rapport.reportfiles.text;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.Joining;
import no.rapport.reportfiles.ReportDates;
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

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  @Override
  public ShareWriter share(OutputStream out, ReportDescription description, int index) {
    ReportLocale locale = description.locale();
    return new TextShare(out, index, (bytes, activity, countability, _) -> putRow(bytes, activity, countability, locale));
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

  /// The text as one field: defused and quoted where need be.
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
      if (c >= 0x80) {
        bytes.length = at;
        i = bytes.putWide(text, i, c);
        at = bytes.length;
      } else if (c == '"') {
        quoted = true;
        array[at++] = '"';
        array[at++] = '"';
      } else {
        if (c == ';' || c == ',' || c == '\n' || c == '\r' || c == '\t') {
          quoted = true;
        }
        array[at++] = (byte) c;
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

  /// Whether a spreadsheet could take the text for a formula: its first character that is not white space starts
  /// one, and it is neither a negative number nor a phone number.
  static boolean looksLikeFormula(String text) {
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
      case '=', '@', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20' -> true;
      case '+', '-' -> !isSignedNumber(text, i + 1);
      default -> false;
    };
  }

  /// Digits in groups parted by single spaces, then perhaps decimals: nothing that could be computed.
  private static boolean isSignedNumber(String text, int from) {
    int end = text.length();
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
    text(bytes, activity.activityId());
    text(bytes, ActivityTypes.name(activity.activityType(), locale));
    ReportDates.put(bytes, activity.date(), locale);
    bytes.put(';');
    bytes.putNumber(activity.participantCount());
    bytes.put(';');
    bytes.putNumber(activity.durationMinutes());
    bytes.put(';');
    text(bytes, activity.location());
    text(bytes, activity.municipality());
    text(bytes, activity.county());
    text(bytes, activity.targetGroup());
    text(bytes, activity.title());
    text(bytes, activity.notes());
    text(bytes, Joining.attachments(activity));
    putField(bytes, countability.reason(locale));
    putLineEnd(bytes);
  }

  private static void text(Bytes bytes, String text) {
    putField(bytes, text);
    bytes.put(';');
  }
}
