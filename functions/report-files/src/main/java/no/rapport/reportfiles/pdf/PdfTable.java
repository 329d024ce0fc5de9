package no.rapport.reportfiles.pdf;

import java.io.IOException;
import java.util.BitSet;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.Wording;

/// A table that can span pages. Its heading is repeated on each page, and the rows of each page form one body of the
/// tagged table.
final class PdfTable {

  private static final int LEADING = 98;
  private static final int ABOVE = 26;
  private static final int BELOW = 30;
  private static final int ASCENT = 74;
  private static final PdfStyle[] STYLES = PdfStyle.values();
  private static final byte[][] OPERATORS = operators();
  private static final byte[] MATRIX = Bytes.ascii("1 0 0 1 ");
  private static final byte[] TEXT_MATRIX = Bytes.ascii("Tm(");
  private static final byte[] SHOW = Bytes.ascii(")Tj ");
  private static final byte[] BEGIN_TEXT = Bytes.ascii("BT ");
  private static final byte[] END_TEXT = Bytes.ascii("ET ");

  private final PdfPages pages;
  private final PdfColumn[] columns;
  private final String attributes;
  private final String continuation;
  private final boolean cellsTagged;
  private final String spanning;
  private final byte[] heading;
  private final Bytes scratch = new Bytes(1024);
  private final PdfRow row;
  private boolean bodyOpen;

  /// @param attributes further entries of the table's dictionary
  /// @param name stands above the heading on further pages
  /// @param cellsTagged whether each cell is an element; else each row is one cell, which keeps huge tables light
  PdfTable(PdfPages pages, PdfColumn[] columns, String attributes, String name, boolean cellsTagged) {
    this.pages = pages;
    this.columns = columns;
    this.attributes = attributes;
    this.continuation = PdfText.shown(name + " (" + Wording.CONTINUED.in(pages.locale()) + ")");
    this.cellsTagged = cellsTagged;
    this.spanning = "/A<</O/Table/ColSpan " + columns.length + ">>";
    BitSet regular = pages.fonts().used(PdfStyle.REGULAR);
    BitSet bold = pages.fonts().used(PdfStyle.BOLD);
    Bytes bytes = new Bytes(512);
    PdfRow headings = new PdfRow(columns, bytes, regular, bold).begin();
    for (PdfColumn column : columns) {
      headings.cell(PdfStyle.HEADING, column.heading());
    }
    headings.end();
    this.heading = bytes.toByteArray();
    this.row = new PdfRow(columns, scratch, regular, bold);
  }

  private static byte[][] operators() {
    byte[][] operators = new byte[STYLES.length][];
    for (PdfStyle style : STYLES) {
      operators[style.ordinal()] = style.operators();
    }
    return operators;
  }

  static int height(int lines) {
    return lines * LEADING + ABOVE + BELOW;
  }

  /// Returns the height of heading and first rows, so that a title is not left alone at the bottom of a page.
  int startHeight() {
    return height(heading[0]) + 3 * height(1);
  }

  void begin() throws IOException {
    pages.open("Table", attributes);
    if (!pages.hasRoom(startHeight())) {
      pages.newPage();
    }
    pages.open("THead", "");
    pages.open("TR", "");
    headingBackground();
    cells(heading, 1, "TH", "/A<</O/Table/Scope/Column>>");
    pages.close();
    pages.close();
    pages.moveDown(height(heading[0]));
  }

  private void headingBackground() {
    int height = height(heading[0]);
    pages.beginArtifact();
    pages.putRectangle("0.07 0.28 0.42 rg", PdfPages.LEFT, pages.y() - height, width(), height);
    pages.endArtifact();
  }

  private int width() {
    PdfColumn last = columns[columns.length - 1];
    return last.x() + last.width() - columns[0].x();
  }

  /// A row to fill; [#add] draws it.
  PdfRow row() {
    scratch.length = 0;
    return row.begin();
  }

  void add() throws IOException {
    row.end();
    draw(scratch.array, 0);
  }

  /// A row across all columns that names those that follow.
  void section(String title) throws IOException {
    int height = height(1);
    makeRoom(height + 2 * height(1));
    pages.open("TR", "");
    pages.beginArtifact();
    pages.putRectangle("0.89 0.93 0.96 rg", PdfPages.LEFT, pages.y() - height, width(), height);
    pages.endArtifact();
    pages.beginLeaf("TH", "/A<</O/Table/Scope/Row/ColSpan " + columns.length + ">>");
    pages.putText(PdfStyle.SECTION, columns[0].x() + PdfRow.INSET, pages.y() - ABOVE - ASCENT, PdfText.shown(title));
    pages.endLeaf();
    pages.close();
    pages.moveDown(height);
  }

  /// Draws a row as [PdfRow] coded it.
  ///
  /// @return where the next row begins
  int draw(byte[] rows, int offset) throws IOException {
    int height = height(rows[offset]);
    makeRoom(height);
    pages.open("TR", "");
    int end;
    if (cellsTagged) {
      end = cells(rows, offset + 1, "TD", "");
    } else {
      pages.beginLeaf("TD", spanning);
      end = cells(rows, offset + 1, "", "");
      pages.endLeaf();
    }
    pages.close();
    pages.moveDown(height);
    pages.rule(pages.y());
    return end;
  }

  private void makeRoom(int height) throws IOException {
    if (!pages.hasRoom(height)) {
      closeBody();
      pages.newPage();
      pages.beginArtifact();
      pages.putText(PdfStyle.SECTION, PdfPages.LEFT, pages.y() - ASCENT, continuation);
      pages.moveDown(LEADING + BELOW);
      pages.endArtifact();
      headingBackground();
      pages.beginArtifact();
      cells(heading, 1, "", "");
      pages.endArtifact();
      pages.moveDown(height(heading[0]));
    }
    if (!bodyOpen) {
      pages.open("TBody", "");
      bodyOpen = true;
    }
  }

  private void closeBody() throws IOException {
    if (bodyOpen) {
      pages.close();
      bodyOpen = false;
    }
  }

  /// Draws cells, each as an element of that type unless the type is empty.
  private int cells(byte[] row, int offset, String type, String attributes) throws IOException {
    Bytes content = pages.content();
    boolean tagged = !type.isEmpty();
    int baseline = pages.y() - ABOVE - ASCENT;
    int at = offset;
    for (PdfColumn column : columns) {
      int lines = row[at++];
      if (lines == 0) {
        if (tagged) {
          pages.emptyLeaf(type);
        }
        continue;
      }
      if (tagged) {
        pages.beginLeaf(type, attributes);
      }
      content.put(BEGIN_TEXT);
      int style = -1;
      for (int line = 0; line < lines; line++) {
        if (row[at] != style) {
          style = row[at];
          content.put(OPERATORS[style]);
        }
        int width = (row[at + 1] & 0xFF) << 8 | row[at + 2] & 0xFF;
        int length = (row[at + 3] & 0xFF) << 8 | row[at + 4] & 0xFF;
        content.put(MATRIX);
        PdfPages.putTenths(content, column.right() ? column.x() + column.width() - PdfRow.INSET - width
            : column.x() + PdfRow.INSET);
        PdfPages.putTenths(content, baseline - line * LEADING);
        content.put(TEXT_MATRIX);
        content.put(row, at + 5, length);
        content.put(SHOW);
        at += 5 + length;
      }
      content.put(END_TEXT);
      if (tagged) {
        pages.endLeaf();
      }
    }
    return at;
  }

  void end() throws IOException {
    closeBody();
    pages.close();
  }
}
