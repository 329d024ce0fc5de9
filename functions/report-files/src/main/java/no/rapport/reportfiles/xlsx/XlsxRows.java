package no.rapport.reportfiles.xlsx;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.ReportDates;
import no.rapport.reportfiles.ReportTexts;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reporting.ReportLocale;

/// Rows of a big sheet as raw deflate that ends on a byte boundary. Rows have numbers, but cells have no references:
/// the format allows this, and a cell with a reference could not be repeated. Recently written cells are repeated
/// instead of written again.
final class XlsxRows {

  private static final long EPOCH_DAY_OF_EXCEL = 25_569;
  /// The serial number of 1 March 1900; Excel believes that a 29 February went before it.
  private static final long FIRST_TRUE_SERIAL = 61;
  private static final LocalDate FIRST_DATE = LocalDate.of(1900, 1, 1);

  /// Those of a big sheet above its rows.
  static final int HEADING_ROWS = 1;
  private static final byte[] ROW_OPENED = Bytes.ascii("\">");

  private static final int ROW = 0;
  private static final int ROW_END = 1;
  private static final int EMPTY = 2;
  private static final int TEXT_END = 3;
  private static final int VALUE_END = 4;
  private static final int DATE = 5;
  private static final int INTEGER = 6;
  private static final int SHORT = 7;
  private static final int LONG = 8;
  /// From a text's opening to the one of a cell that breaks its lines.
  private static final int WRAPPED = 2;
  private static final int REMARKED = 11;
  /// From a text's opening to the one that keeps white space; remarks have none to keep.
  private static final int PRESERVED = 5;
  /// The end of the row's own tag together with the opening of its first cell, which is nearly always [#SHORT].
  private static final int FIRST = 16;
  private static final String PRESERVE = " xml:space=\"preserve\"";
  private static final byte[][] CONSTANTS = {
      Bytes.ascii("<row r=\""),
      Bytes.ascii("</row>"),
      Bytes.ascii("<c s=\"" + XlsxStyle.EMPTY.ordinal() + "\"/>"),
      Bytes.ascii("</t></is></c>"),
      Bytes.ascii("</v></c>"),
      value(XlsxStyle.DATE),
      value(XlsxStyle.COUNT),
      inlineString(XlsxStyle.TEXT, ""),
      inlineString(XlsxStyle.LONG_TEXT, ""),
      inlineString(XlsxStyle.WRAPPED_TEXT, ""),
      inlineString(XlsxStyle.WRAPPED_LONG_TEXT, ""),
      inlineString(XlsxStyle.REMARK, ""),
      inlineString(XlsxStyle.TEXT, PRESERVE),
      inlineString(XlsxStyle.LONG_TEXT, PRESERVE),
      inlineString(XlsxStyle.WRAPPED_TEXT, PRESERVE),
      inlineString(XlsxStyle.WRAPPED_LONG_TEXT, PRESERVE),
      Bytes.ascii("\">" + new String(inlineString(XlsxStyle.TEXT, ""), StandardCharsets.US_ASCII))};

  private static final int SLOTS = 256;
  private static final int NO_SLOT = -1;
  /// Longer texts are not looked up as a whole.
  private static final int LONGEST_REMEMBERED = 128;
  /// Beyond this, some programs show a cell in text format as hash marks.
  private static final int LONGEST_IN_TEXT_FORMAT = 255;
  /// Longer texts stay on one line: their row would fill the window and still not show all.
  private static final int LONGEST_WRAPPED = 1_000;
  /// In points.
  private static final int LINE_HEIGHT = 15;
  private static final int HIGHEST_ROW = 405;

  /// The content of a column.
  enum Kind {
    /// Texts that rarely repeat.
    UNIQUE_TEXT(SHORT),
    TEXT(SHORT),
    /// Texts that may be long.
    LONG_TEXT(LONG),
    /// Rapport's own words on a row.
    REMARK(REMARKED),
    NUMBER(INTEGER),
    DATE(XlsxRows.DATE);

    private final int opening;

    Kind(int opening) {
      this.opening = opening;
    }
  }

  private final ReportLocale locale;
  private final CellDeflater deflater;
  private final Kind[] kinds;
  private final int[] widths;
  /// The current row: a column's text, or its number if the text is null.
  private final String[] rowTexts;
  private final int[] rowNumbers;
  private final int[] openings;
  private final int[] lines;
  /// Where the row's texts are looked up, or [#NO_SLOT].
  private final int[] slots;
  /// What was written not long ago, by slot: a column's text, or its number.
  private final String[] texts;
  private final int[] numbers;
  private final int[] places;
  private final int[] sizes;
  private final int[] slotOpenings;
  private final int[] slotLines;
  /// The number of the row that comes next, as it is written.
  private final RowNumber number;
  private long rows;

  /// @param widths of the columns in characters: longer texts are broken into lines
  /// @param rowsBefore how many rows stand before these on the sheet, its heading not counted
  XlsxRows(OutputStream out, ReportLocale locale, Kind[] columns, int[] widths, long rowsBefore) {
    this.number = new RowNumber(rowsBefore + HEADING_ROWS + 1);
    this.locale = locale;
    this.deflater = new CellDeflater(out, CONSTANTS);
    this.kinds = columns;
    this.widths = widths;
    this.rowTexts = new String[columns.length];
    this.rowNumbers = new int[columns.length];
    this.openings = new int[columns.length];
    this.lines = new int[columns.length];
    this.slots = new int[columns.length];
    this.texts = new String[columns.length * SLOTS];
    this.numbers = new int[columns.length * SLOTS];
    this.places = new int[columns.length * SLOTS];
    this.sizes = new int[columns.length * SLOTS];
    this.slotOpenings = new int[columns.length * SLOTS];
    this.slotLines = new int[columns.length * SLOTS];
  }

  private static byte[] inlineString(XlsxStyle style, String attribute) {
    return Bytes.ascii("<c s=\"" + style.ordinal() + "\" t=\"inlineStr\"><is><t" + attribute + ">");
  }

  private static byte[] value(XlsxStyle style) {
    return Bytes.ascii("<c s=\"" + style.ordinal() + "\"><v>");
  }

  /// What each row begins with, up to its number.
  static byte[] rowStart() {
    return CONSTANTS[ROW].clone();
  }

  long rows() {
    return rows;
  }

  /// Sets a cell of the row at hand.
  void text(int column, String text) {
    rowTexts[column] = text;
  }

  /// Sets a cell of the row at hand.
  void number(int column, int number) {
    rowTexts[column] = null;
    rowNumbers[column] = number;
  }

  /// Sets a cell of the row at hand; a date that Excel does not know becomes a text.
  void date(int column, LocalDate date) {
    if (date.isBefore(FIRST_DATE) || date.getYear() > 9999) {
      rowTexts[column] = ReportDates.format(date, locale);
    } else {
      long serial = date.toEpochDay() + EPOCH_DAY_OF_EXCEL;
      number(column, (int) (serial < FIRST_TRUE_SERIAL ? serial - 1 : serial));
    }
  }

  /// Writes the row; the next one begins with what this one held.
  void end() throws IOException {
    begin();
    // One loop with one call of each kind keeps the compiler's work, and so the first seconds, small.
    for (int column = 0; column < kinds.length; column++) {
      Kind kind = kinds[column];
      String text = rowTexts[column];
      if (text == null) {
        writeNumber(column, rowNumbers[column], kind.opening);
      } else if (text.isEmpty()) {
        deflater.constant(EMPTY);
      } else {
        writeText(column, text, openings[column], slots[column]);
      }
    }
    deflater.constant(ROW_END);
    deflater.advance();
    rows++;
  }

  /// Finds how each text is set, and how high the row has to be: not every program finds that by itself.
  private void begin() {
    int most = 1;
    for (int column = 0; column < kinds.length; column++) {
      String text = rowTexts[column];
      if (text == null || text.isEmpty()) {
        openings[column] = EMPTY;
        continue;
      }
      Kind kind = kinds[column];
      int slot = slot(column, text, kind);
      slots[column] = slot;
      if (slot != NO_SLOT && text.equals(texts[slot])) {
        openings[column] = slotOpenings[slot];
        most = Math.max(most, slotLines[slot]);
        continue;
      }
      boolean preserved = XlsxText.needsPreserving(text);
      int own = lines(text, preserved, widths[column]);
      lines[column] = own;
      most = Math.max(most, own);
      if (kind == Kind.REMARK) {
        openings[column] = REMARKED;
      } else {
        openings[column] = (kind == Kind.LONG_TEXT || text.length() > LONGEST_IN_TEXT_FORMAT ? LONG : SHORT)
            + (own > 1 ? WRAPPED : 0) + (preserved ? PRESERVED : 0);
      }
    }
    deflater.constant(ROW);
    int start = deflater.position();
    number.putAndIncrement(deflater.text());
    if (most > 1) {
      deflater.text().put(Bytes.ascii("\" ht=\"" + Math.min(most * LINE_HEIGHT, HIGHEST_ROW) + "\">"));
    } else if (kinds[0] == Kind.UNIQUE_TEXT && openings[0] == SHORT) {
      openings[0] = FIRST;
    } else {
      deflater.text().put(ROW_OPENED);
    }
    deflater.appended(start);
  }

  /// The lines that a text takes: the letters of a text are a little narrower than the digits that widths are given in.
  private static int lines(String text, boolean mayBeBroken, int width) {
    int length = text.length();
    int room = width + width / 8;
    if (length <= room && !mayBeBroken || length > LONGEST_WRAPPED) {
      return 1;
    }
    int lines = 0;
    int from = 0;
    while (from <= length) {
      int end = text.indexOf('\n', from);
      end = end < 0 ? length : end;
      lines += Math.max(1, (end - from + room - 1) / room);
      from = end + 1;
    }
    return lines;
  }

  private static int slot(int column, String text, Kind kind) {
    if (kind == Kind.UNIQUE_TEXT || text.length() > LONGEST_REMEMBERED) {
      return NO_SLOT;
    }
    int hash = text.hashCode();
    return column * SLOTS + ((hash ^ hash >>> 8 ^ hash >>> 16) & SLOTS - 1);
  }

  private void writeText(int column, String text, int opening, int slot) {
    if (slot == NO_SLOT) {
      putText(text, opening);
      return;
    }
    int place = deflater.position();
    if (text.equals(texts[slot]) && deflater.isInWindow(places[slot])) {
      int size = sizes[slot];
      deflater.repeat(places[slot], size);
      deflater.constantAt(opening, place);
      deflater.constantAt(TEXT_END, place + size - CONSTANTS[TEXT_END].length);
    } else {
      putText(text, opening);
      if (!text.equals(texts[slot])) {
        texts[slot] = text;
        slotOpenings[slot] = opening;
        slotLines[slot] = lines[column];
      }
      sizes[slot] = deflater.position() - place;
    }
    places[slot] = place;
  }

  private void putText(String text, int opening) {
    String fitted = ReportTexts.fitted(text, locale);
    deflater.constant(opening);
    int start = deflater.position();
    XlsxText.put(deflater.text(), fitted);
    deflater.appended(start);
    deflater.constant(TEXT_END);
  }

  private void writeNumber(int column, int number, int opening) {
    int slot = column * SLOTS + (number & SLOTS - 1);
    int place = deflater.position();
    int size = sizes[slot];
    if (size > 0 && numbers[slot] == number && deflater.isInWindow(places[slot])) {
      deflater.repeat(places[slot], size);
      deflater.constantAt(opening, place);
      deflater.constantAt(VALUE_END, place + size - CONSTANTS[VALUE_END].length);
    } else {
      deflater.constant(opening);
      int start = deflater.position();
      deflater.text().putNumber(number);
      deflater.appended(start);
      deflater.constant(VALUE_END);
      numbers[slot] = number;
      sizes[slot] = deflater.position() - place;
    }
    places[slot] = place;
  }

  /// Ends the rows; all bytes are then with the stream. No rows leave no bytes.
  ShareSummary.Section finish(String name, long offset) throws IOException {
    if (rows > 0) {
      deflater.finish();
    }
    return new ShareSummary.Section(name, offset, deflater.written(), deflater.uncompressed(), deflater.crc32(), rows);
  }
}
