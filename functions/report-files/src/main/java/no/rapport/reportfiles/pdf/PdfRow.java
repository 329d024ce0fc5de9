package no.rapport.reportfiles.pdf;

import java.util.BitSet;
import java.util.List;
import no.rapport.reportfiles.Bytes;

/// A table row in the stored form of shares. Its cells are already broken into lines and encoded as content streams, so
/// joining shares only copies and counts lines.
///
/// A row is its number of lines, then its cells; a cell is its number of lines, then per line style, width in tenths of a
/// point, length and bytes. Numbers take one byte, widths and lengths two.
final class PdfRow {

  /// The maximum number of lines of a row, below the height of a page. Longer text ends in an ellipsis.
  static final int MOST_LINES = 40;
  /// Distance between a column's border and its text.
  static final int INSET = 35;

  private final PdfColumn[] columns;
  private final Bytes bytes;
  private final BitSet regular;
  private final BitSet bold;
  private int start;
  private int cell;
  private int cellStart;
  private int lines;
  private int mostLines;

  /// @param bytes takes the rows, one after another
  /// @param regular takes the characters used of the regular font
  PdfRow(PdfColumn[] columns, Bytes bytes, BitSet regular, BitSet bold) {
    this.columns = columns;
    this.bytes = bytes;
    this.regular = regular;
    this.bold = bold;
  }

  PdfRow begin() {
    start = bytes.length;
    bytes.put(0);
    mostLines = 1;
    cell = -1;
    return this;
  }

  /// Begins the next cell.
  PdfRow cell() {
    endCell();
    cell++;
    cellStart = bytes.length;
    lines = 0;
    bytes.put(0);
    return this;
  }

  /// A cell of one text.
  PdfRow cell(PdfStyle style, String text) {
    return cell().text(style, text);
  }

  /// Adds text to the cell, on lines of its own.
  PdfRow text(PdfStyle style, String text) {
    String shown = PdfText.shown(text);
    if (shown.isEmpty() || lines == MOST_LINES) {
      return this;
    }
    int room = style.inThousandths(columns[cell].width() - 2 * INSET);
    TrueTypeFont font = style.font();
    int width = font.width(shown);
    if (width <= room) {
      line(style, shown, width);
      return this;
    }
    List<String> broken = PdfText.lines(font, shown, room, MOST_LINES - lines);
    for (String line : broken) {
      line(style, line, font.width(line));
    }
    return this;
  }

  private void line(PdfStyle style, String shown, int thousandths) {
    lines++;
    bytes.put(style.ordinal());
    int width = (thousandths * style.size() + 500) / 1000;
    bytes.put(width >> 8);
    bytes.put(width);
    int at = bytes.length;
    bytes.put(0);
    bytes.put(0);
    PdfText.put(bytes, PdfText.leftToRight(shown), style.isBold() ? bold : regular);
    int length = bytes.length - at - 2;
    bytes.array[at] = (byte) (length >> 8);
    bytes.array[at + 1] = (byte) length;
  }

  private void endCell() {
    if (cell >= 0) {
      bytes.array[cellStart] = (byte) lines;
      mostLines = Math.max(mostLines, lines);
    }
  }

  void end() {
    endCell();
    while (cell < columns.length - 1) {
      cell();
    }
    endCell();
    bytes.array[start] = (byte) mostLines;
  }
}
