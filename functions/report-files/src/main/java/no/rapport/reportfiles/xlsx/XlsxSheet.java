package no.rapport.reportfiles.xlsx;

import java.math.BigDecimal;
import java.util.List;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.ReportTexts;
import no.rapport.reportfiles.Wording;
import no.rapport.reporting.ReportLocale;

/// A small sheet, built in memory cell by cell from the left and row by row from the top.
final class XlsxSheet {

  private static final byte[] HEADER = Bytes.ascii("""
      <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
      <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" \
      xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">""");
  /// Of a row that asks for none, in points.
  static final int ROW_HEIGHT = 18;

  private static final String EXCEL_2010 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main";
  private static final String BAR_COLOUR = "FFBFD9E8";
  private static final String BARS_ID = "{5A6D6F17-0B1F-4C54-9D10-3B0D4F3C2E01}";
  private static final String FIT_TO_WIDTH = " fitToHeight=\"0\"";

  private final Bytes rows = new Bytes(1 << 14);
  private final ReportLocale locale;
  private final double[] widths;
  private int row;
  private int column;
  private int tableRow;
  private int tableColumns;
  private boolean frozen;
  private String columnBreaks = "";
  private String drawing = "";
  private String bars = "";
  private String solidBars = "";
  private final StringBuilder merged = new StringBuilder();
  private int mergedCount;
  private final Bytes links = new Bytes(256);
  private boolean fitToWidth = true;
  private boolean onOnePage;

  /// A column of a big sheet.
  ///
  /// @param width in characters
  record Column(String heading, int width, boolean holdsNumbers) {}

  XlsxSheet(ReportLocale locale, double... widths) {
    this.locale = locale;
    this.widths = widths;
  }

  /// Begins the next row.
  ///
  /// @param height in points, or 0
  XlsxSheet row(int height) {
    endRow();
    row++;
    column = 0;
    rows.put("<row r=\"" + row + "\"");
    rows.put(" ht=\"" + (height > 0 ? height : ROW_HEIGHT) + "\" customHeight=\"1\">");
    return this;
  }

  private void endRow() {
    if (row > 0) {
      rows.put("</row>");
    }
  }

  int currentRow() {
    return row;
  }

  XlsxSheet text(XlsxStyle style, String text) {
    String fitted = ReportTexts.fitted(text, locale);
    cell(style, " t=\"inlineStr\"");
    rows.put("<is><t xml:space=\"preserve\">");
    XlsxText.put(rows, fitted);
    rows.put("</t></is></c>");
    return this;
  }

  XlsxSheet number(XlsxStyle style, BigDecimal number) {
    cell(style, "");
    rows.put("<v>" + number.toPlainString() + "</v></c>");
    return this;
  }

  XlsxSheet number(XlsxStyle style, long number) {
    return number(style, BigDecimal.valueOf(number));
  }

  XlsxSheet empty(XlsxStyle style, int count) {
    for (int i = 0; i < count; i++) {
      cell(style, "");
      rows.put("</c>");
    }
    return this;
  }

  private void cell(XlsxStyle style, String type) {
    rows.put("<c r=\"" + name(column) + row + "\" s=\"" + style.ordinal() + "\"" + type + ">");
    column++;
  }

  /// Moves on to that column of the present row (0 is A).
  XlsxSheet at(int toColumn) {
    column = toColumn;
    return this;
  }

  /// The present row is the heading of a table of that many columns down to the last row: it is frozen, filtered and
  /// repeated in print.
  XlsxSheet tableHeading(int columns) {
    tableRow = row;
    tableColumns = columns;
    frozen = true;
    return this;
  }

  /// Starts a new printed page after that column (1 is A).
  XlsxSheet breakAfterColumn(int number) {
    columnBreaks = "<colBreaks count=\"1\" manualBreakCount=\"1\"><brk id=\"" + number
        + "\" max=\"1048575\" man=\"1\"/></colBreaks>";
    fitToWidth = false;
    return this;
  }

  /// Shrinks the sheet to one printed page.
  XlsxSheet onOnePage() {
    onOnePage = true;
    return this;
  }

  /// Makes the cell before and that many after it one cell.
  XlsxSheet merge(int more) {
    merged.append("<mergeCell ref=\"").append(name(column - 1)).append(row).append(':').append(name(column - 1 + more))
        .append(row).append("\"/>");
    mergedCount++;
    return this;
  }

  /// Makes the cell before lead to another cell.
  ///
  /// @param sheet the other cell's sheet
  /// @param cell such as `A7`
  XlsxSheet link(String sheet, String cell) {
    links.put("<hyperlink ref=\"" + name(column - 1) + row + "\" location=\"");
    XlsxText.put(links, "'" + sheet + "'!" + cell);
    links.put("\"/>");
    return this;
  }

  /// Draws bars behind the numbers of these cells. Without the extension of Excel 2010 they would fade to the right.
  XlsxSheet bars(String cells) {
    bars = "<conditionalFormatting sqref=\"" + cells + "\"><cfRule type=\"dataBar\" priority=\"1\"><dataBar>"
        + "<cfvo type=\"num\" val=\"0\"/><cfvo type=\"max\"/><color rgb=\"" + BAR_COLOUR + "\"/></dataBar><extLst>"
        + "<ext xmlns:x14=\"" + EXCEL_2010 + "\" uri=\"{B025F937-C7B1-47D3-B67F-A62EFF666E3E}\"><x14:id>" + BARS_ID
        + "</x14:id></ext></extLst></cfRule></conditionalFormatting>";
    solidBars = "<extLst><ext xmlns:x14=\"" + EXCEL_2010 + "\" uri=\"{78C0D931-6437-407d-A8EE-F0AAD7539E65}\">"
        + "<x14:conditionalFormattings><x14:conditionalFormatting"
        + " xmlns:xm=\"http://schemas.microsoft.com/office/excel/2006/main\"><x14:cfRule type=\"dataBar\" id=\""
        + BARS_ID + "\"><x14:dataBar minLength=\"0\" maxLength=\"60\" gradient=\"0\"><x14:cfvo type=\"autoMin\"/>"
        + "<x14:cfvo type=\"max\"/></x14:dataBar></x14:cfRule><xm:sqref>" + cells + "</xm:sqref>"
        + "</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>";
    return this;
  }

  XlsxSheet drawing(String relation) {
    drawing = "<drawing r:id=\"" + relation + "\"/>";
    return this;
  }

  int tableRow() {
    return tableRow;
  }

  /// The cells of the table, as `A1:F20`; its rows end at `lastTableRow`.
  String table(int lastTableRow) {
    return "A" + tableRow + ":" + name(tableColumns - 1) + Math.max(tableRow, lastTableRow);
  }

  byte[] finish(int lastTableRow) {
    endRow();
    Bytes xml = new Bytes(rows.length + 4096);
    xml.put(HEADER);
    xml.put(fitToWidth ? "<sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr>" : "");
    xml.put(frozen ? frozenView(tableRow) : "<sheetViews><sheetView showGridLines=\"0\" workbookViewId=\"0\"/></sheetViews>");
    xml.put("<sheetFormatPr defaultRowHeight=\"" + ROW_HEIGHT + "\" customHeight=\"1\"/>");
    xml.put(columns(widths));
    xml.put("<sheetData>");
    xml.put(rows.array, 0, rows.length);
    xml.put("</sheetData>");
    xml.put(frozen ? "<autoFilter ref=\"" + table(lastTableRow) + "\"/>" : "");
    xml.put(mergedCount == 0 ? "" : "<mergeCells count=\"" + mergedCount + "\">" + merged + "</mergeCells>");
    xml.put(bars);
    if (links.length > 0) {
      xml.put("<hyperlinks>");
      xml.put(links.array, 0, links.length);
      xml.put("</hyperlinks>");
    }
    xml.put(pageSetup(locale, !fitToWidth ? " scale=\"68\"" : onOnePage ? "" : FIT_TO_WIDTH));
    xml.put(columnBreaks);
    xml.put(drawing);
    xml.put(solidBars);
    xml.put("</worksheet>");
    return xml.toByteArray();
  }

  /// The beginning of a big sheet, up to and with its heading row; its rows follow, then [#bigSheetEnd].
  static byte[] bigSheetStart(List<Column> columns, long rowCount) {
    Bytes xml = new Bytes(4096);
    xml.put(HEADER);
    xml.put("<sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr>");
    xml.put("<dimension ref=\"" + cells(columns.size(), rowCount) + "\"/>");
    xml.put(frozenView(1));
    xml.put("<sheetFormatPr defaultRowHeight=\"15\"/>");
    xml.put(columns(columns.stream().mapToDouble(Column::width).toArray()));
    xml.put("<sheetData><row r=\"1\" ht=\"32\" customHeight=\"1\">");
    for (Column column : columns) {
      XlsxStyle style = column.holdsNumbers() ? XlsxStyle.FILTERED_NUMBER_HEADING : XlsxStyle.HEADING;
      xml.put("<c s=\"" + style.ordinal() + "\" t=\"inlineStr\"><is><t>");
      XlsxText.put(xml, column.heading());
      xml.put("</t></is></c>");
    }
    xml.put("</row>");
    return xml.toByteArray();
  }

  static byte[] bigSheetEnd(int columns, long rowCount, ReportLocale locale) {
    Bytes xml = new Bytes(1024);
    String cells = cells(columns, rowCount);
    xml.put("</sheetData><autoFilter ref=\"" + cells + "\"/>");
    xml.put(pageSetup(locale, FIT_TO_WIDTH));
    // Municipality numbers are texts on purpose: no green corners.
    xml.put("<ignoredErrors><ignoredError sqref=\"" + cells + "\" numberStoredAsText=\"1\" twoDigitTextYear=\"1\"/>"
        + "</ignoredErrors></worksheet>");
    return xml.toByteArray();
  }

  static String cells(int columns, long rowCount) {
    return "A1:" + name(columns - 1) + (rowCount + 1);
  }

  private static String frozenView(int rows) {
    String first = "A" + (rows + 1);
    return "<sheetViews><sheetView showGridLines=\"0\" workbookViewId=\"0\"><pane ySplit=\"" + rows
        + "\" topLeftCell=\"" + first + "\" activePane=\"bottomLeft\" state=\"frozen\"/><selection pane=\"bottomLeft\""
        + " activeCell=\"" + first + "\" sqref=\"" + first + "\"/></sheetView></sheetViews>";
  }

  private static String columns(double[] widths) {
    StringBuilder xml = new StringBuilder("<cols>");
    for (int i = 0; i < widths.length; i++) {
      xml.append("<col min=\"").append(i + 1).append("\" max=\"").append(i + 1).append("\" width=\"")
          .append(widths[i]).append("\" customWidth=\"1\"/>");
    }
    return xml.append("</cols>").toString();
  }

  private static String pageSetup(ReportLocale locale, String scaling) {
    return "<printOptions horizontalCentered=\"1\"/><pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.7\" header=\"0.3\" footer=\"0.3\"/>"
        + "<pageSetup paperSize=\"9\"" + scaling + " orientation=\"landscape\"/><headerFooter><oddFooter>&amp;L&amp;A&amp;R" + Wording.PAGE.in(locale)
        + " &amp;P " + Wording.OF.in(locale) + " &amp;N</oddFooter></headerFooter>";
  }

  /// The letters of a column, 0 being A.
  static String name(int column) {
    return column < 26 ? String.valueOf((char) ('A' + column))
        : name(column / 26 - 1) + (char) ('A' + column % 26);
  }
}
