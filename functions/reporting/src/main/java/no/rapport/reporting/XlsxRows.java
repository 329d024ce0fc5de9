package no.rapport.reporting;

import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDate;

/// Rows of a big sheet as raw deflate that ends on a byte boundary. Cells carry no references, so that rows can stand
/// anywhere in a sheet. Cells that were written not long ago are repeated rather than written again.
final class XlsxRows {

  private static final long EPOCH_DAY_OF_EXCEL = 25_569;
  /// The serial number of 1 March 1900; Excel believes that a 29 February went before it.
  private static final long FIRST_TRUE_SERIAL = 61;
  private static final LocalDate FIRST_DATE = LocalDate.of(1900, 1, 1);

  private static final int ROW = 0;
  private static final int ROW_END = 1;
  private static final int EMPTY = 2;
  private static final int TEXT_END = 3;
  private static final int VALUE_END = 4;
  private static final int DATE = 5;
  private static final int INTEGER = 6;
  private static final int SHORT = 7;
  private static final int LONG = 8;
  private static final int REMARKED = 9;
  /// From a text's opening to the one that keeps white space; remarks have none to keep.
  private static final int PRESERVED = 3;
  private static final byte[][] CONSTANTS = {
      Bytes.ascii("<row>"),
      Bytes.ascii("</row>"),
      Bytes.ascii("<c s=\"" + XlsxStyle.EMPTY.ordinal() + "\"/>"),
      Bytes.ascii("</t></is></c>"),
      Bytes.ascii("</v></c>"),
      value(XlsxStyle.DATE),
      value(XlsxStyle.COUNT),
      inlineString(XlsxStyle.TEXT, ""),
      inlineString(XlsxStyle.LONG_TEXT, ""),
      inlineString(XlsxStyle.REMARK, ""),
      inlineString(XlsxStyle.TEXT, " xml:space=\"preserve\""),
      inlineString(XlsxStyle.LONG_TEXT, " xml:space=\"preserve\"")};

  private static final int SLOTS = 256;
  /// Longer texts are not looked up as a whole.
  private static final int LONGEST_REMEMBERED = 128;

  /// What a column holds.
  enum Kind {
    /// Texts that are hardly ever the same twice.
    UNIQUE_TEXT(SHORT),
    TEXT(SHORT),
    /// Texts that may be longer than some programs show of cells in text format.
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
  /// The row at hand: a column's text, or its number where the text is null.
  private final String[] rowTexts;
  private final int[] rowNumbers;
  private final String[] texts;
  private final int[] numbers;
  private final int[] places;
  private final int[] sizes;
  private long rows;

  XlsxRows(OutputStream out, ReportLocale locale, Kind... columns) {
    this.locale = locale;
    this.deflater = new CellDeflater(out, CONSTANTS);
    this.kinds = columns;
    this.rowTexts = new String[columns.length];
    this.rowNumbers = new int[columns.length];
    this.texts = new String[columns.length * SLOTS];
    this.numbers = new int[columns.length * SLOTS];
    this.places = new int[columns.length * SLOTS];
    this.sizes = new int[columns.length * SLOTS];
  }

  private static byte[] inlineString(XlsxStyle style, String attribute) {
    return Bytes.ascii("<c s=\"" + style.ordinal() + "\" t=\"inlineStr\"><is><t" + attribute + ">");
  }

  private static byte[] value(XlsxStyle style) {
    return Bytes.ascii("<c s=\"" + style.ordinal() + "\"><v>");
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
    deflater.constant(ROW);
    // One loop with one call of each kind keeps the compiler's work, and so the first seconds, small.
    for (int column = 0; column < kinds.length; column++) {
      Kind kind = kinds[column];
      String text = rowTexts[column];
      if (text == null) {
        writeNumber(column, rowNumbers[column], kind.opening);
      } else if (text.isEmpty()) {
        deflater.constant(EMPTY);
      } else {
        writeText(column, text, kind == Kind.DATE ? SHORT : kind.opening, kind != Kind.UNIQUE_TEXT);
      }
    }
    deflater.constant(ROW_END);
    deflater.advance();
    rows++;
  }

  private void writeText(int column, String text, int opening, boolean remembered) {
    if (!remembered || text.length() > LONGEST_REMEMBERED) {
      putText(text, opening);
      return;
    }
    int hash = text.hashCode();
    int slot = column * SLOTS + ((hash ^ hash >>> 8 ^ hash >>> 16) & SLOTS - 1);
    int place = deflater.position();
    if (text.equals(texts[slot]) && deflater.isInWindow(places[slot])) {
      int size = sizes[slot];
      deflater.repeat(places[slot], size);
      deflater.constantAt(XlsxText.needsPreserving(text) ? opening + PRESERVED : opening, place);
      deflater.constantAt(TEXT_END, place + size - CONSTANTS[TEXT_END].length);
    } else {
      putText(text, opening);
      texts[slot] = text;
      sizes[slot] = deflater.position() - place;
    }
    places[slot] = place;
  }

  private void putText(String text, int opening) {
    String fitted = XlsxText.fitted(text, locale);
    deflater.constant(XlsxText.needsPreserving(fitted) ? opening + PRESERVED : opening);
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
