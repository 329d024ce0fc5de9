package no.rapport.reportfiles.pdf;

import no.rapport.reportfiles.Bytes;

/// How text looks in a PDF report. Sizes are in tenths of a point.
enum PdfStyle {
  REGULAR(false, 80, "0.12 0.16 0.2 rg"),
  NOTE(false, 70, "0.32 0.37 0.42 rg"),
  BOLD(true, 80, "0.12 0.16 0.2 rg"),
  HEADING(true, 76, "1 1 1 rg"),
  SECTION(true, 80, "0.07 0.28 0.42 rg"),
  TITLE(true, 220, "0.07 0.28 0.42 rg"),
  SUBTITLE(false, 115, "0.32 0.37 0.42 rg"),
  CARD(true, 200, "0.07 0.28 0.42 rg"),
  CHAPTER(true, 130, "0.07 0.28 0.42 rg"),
  FOOTER(false, 75, "0.32 0.37 0.42 rg");

  private final boolean bold;
  private final int size;
  private final byte[] operators;

  PdfStyle(boolean bold, int size, String colour) {
    this.bold = bold;
    this.size = size;
    this.operators = Bytes.ascii((bold ? "/F2 " : "/F1 ") + size / 10 + "." + size % 10 + " Tf " + colour + " ");
  }

  TrueTypeFont font() {
    return bold ? TrueTypeFont.BOLD : TrueTypeFont.REGULAR;
  }

  boolean isBold() {
    return bold;
  }

  int size() {
    return size;
  }

  /// What selects font and colour in a content stream.
  byte[] operators() {
    return operators;
  }

  /// The width of a shown text in tenths of a point.
  int width(String shown) {
    return (font().width(shown) * size + 500) / 1000;
  }

  /// A width in tenths of a point as thousandths of this size.
  int inThousandths(int tenths) {
    return tenths * 1000 / size;
  }
}
