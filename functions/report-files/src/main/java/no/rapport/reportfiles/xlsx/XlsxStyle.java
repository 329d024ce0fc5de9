package no.rapport.reportfiles.xlsx;

import no.rapport.reporting.ReportLocale;

/// The cell formats of a workbook; their order is that of `cellXfs`, so that `ordinal` is a cell's `s`.
enum XlsxStyle {
  GENERAL(0, 0, 0, 0, ""),
  HEADING(0, 1, 2, 1, "<alignment vertical=\"center\" wrapText=\"1\"/>"),
  /// Short texts. The text format keeps `0301` as it is even when someone edits the cell.
  TEXT(49, 0, 0, 2, "<alignment vertical=\"top\"/>"),
  /// Long texts: as [#TEXT], by the prefix instead, as the text format shows only 255 characters in some programs.
  LONG_TEXT(0, 0, 0, 2, "<alignment vertical=\"top\"/>"),
  WRAPPED_TEXT(49, 0, 0, 2, "<alignment vertical=\"top\" wrapText=\"1\"/>"),
  WRAPPED_LONG_TEXT(0, 0, 0, 2, "<alignment vertical=\"top\" wrapText=\"1\"/>"),
  DATE(164, 0, 0, 2, "<alignment horizontal=\"left\" vertical=\"top\"/>"),
  COUNT(3, 0, 0, 2, "<alignment horizontal=\"right\" vertical=\"top\" indent=\"1\"/>"),
  EMPTY(0, 0, 0, 2, ""),
  /// What a reader should not overlook.
  REMARK(49, 5, 0, 2, "<alignment vertical=\"top\" wrapText=\"1\"/>"),
  ITEM(0, 0, 0, 2, "<alignment vertical=\"center\"/>"),
  INTEGER(3, 0, 0, 2, Alignment.FIGURE),
  DECIMAL(165, 0, 0, 2, Alignment.FIGURE),
  WRAPPED(0, 0, 0, 2, "<alignment vertical=\"top\" wrapText=\"1\"/>"),
  TITLE(0, 2, 0, 0, "<alignment vertical=\"center\"/>"),
  SUBTITLE(0, 4, 0, 0, "<alignment vertical=\"center\"/>"),
  LABEL(0, 3, 0, 2, "<alignment vertical=\"center\" wrapText=\"1\"/>"),
  TOPIC(0, 3, 0, 2, "<alignment vertical=\"top\" wrapText=\"1\"/>"),
  /// A fact beside its label: text that may be long.
  FACT(0, 0, 0, 2, "<alignment horizontal=\"left\" vertical=\"center\" wrapText=\"1\"/>"),
  SECTION(0, 3, 3, 2, "<alignment vertical=\"center\"/>"),
  TOTAL_LABEL(0, 3, 0, 3, "<alignment vertical=\"center\"/>"),
  TOTAL_INTEGER(3, 3, 0, 3, Alignment.FIGURE),
  TOTAL_DECIMAL(165, 3, 0, 3, Alignment.FIGURE),
  /// A sum at the end of a row.
  SUM(3, 3, 0, 2, Alignment.FIGURE),
  MARK(0, 0, 0, 2, Alignment.FIGURE),
  /// Prior values that cannot be compared: numbers still, with the mark behind them.
  MARKED_INTEGER(168, 0, 0, 2, Alignment.FIGURE),
  MARKED_DECIMAL(169, 0, 0, 2, Alignment.FIGURE),
  /// A name that leads to its explanation.
  LINK(0, 7, 0, 2, "<alignment vertical=\"center\"/>"),
  FOOTNOTE(0, 4, 0, 0, "<alignment vertical=\"top\" wrapText=\"1\"/>"),
  SIGNED_INTEGER(166, 0, 0, 2, Alignment.FIGURE),
  SIGNED_DECIMAL(167, 0, 0, 2, Alignment.FIGURE),
  NUMBER_HEADING(0, 1, 2, 1, "<alignment horizontal=\"right\" vertical=\"center\" wrapText=\"1\"/>"),
  /// The same in a table that is filtered: clear of the filter's button.
  FILTERED_NUMBER_HEADING(0, 1, 2, 1,
      "<alignment horizontal=\"right\" vertical=\"center\" indent=\"2\" wrapText=\"1\"/>"),
  /// A number's heading that must stay on one line.
  SHRUNK_HEADING(0, 1, 2, 1, "<alignment horizontal=\"right\" vertical=\"center\" shrinkToFit=\"1\"/>"),
  /// Text right of a number.
  INDENTED(0, 0, 0, 2, "<alignment horizontal=\"left\" vertical=\"center\" indent=\"1\"/>"),
  INDENTED_HEADING(0, 1, 2, 1, "<alignment horizontal=\"left\" vertical=\"center\" indent=\"1\"/>"),
  INDENTED_LABEL(0, 0, 0, 2, "<alignment horizontal=\"left\" vertical=\"center\" indent=\"2\" wrapText=\"1\"/>"),
  /// What is counted, and below it the number, to be seen at once.
  CARD_LABEL(0, 4, 3, 0, "<alignment horizontal=\"center\" vertical=\"bottom\" wrapText=\"1\"/>"),
  CARD_INTEGER(3, 6, 3, 4, "<alignment horizontal=\"center\" vertical=\"center\" shrinkToFit=\"1\"/>"),
  CARD_DECIMAL(165, 6, 3, 4, "<alignment horizontal=\"center\" vertical=\"center\" shrinkToFit=\"1\"/>");

  /// Cells that are set alike.
  private static final class Alignment {
    /// Without an indent from the right, which LibreOffice forgets in some cells of a row.
    private static final String FIGURE = "<alignment horizontal=\"right\" vertical=\"center\"/>";
  }

  private final int format;
  private final int font;
  private final int fill;
  private final int border;
  private final String alignment;

  XlsxStyle(int format, int font, int fill, int border, String alignment) {
    this.format = format;
    this.font = font;
    this.fill = fill;
    this.border = border;
    this.alignment = alignment;
  }

  /// `xl/styles.xml`, with dates as that language writes them.
  static String stylesheet(ReportLocale locale) {
    String date = switch (locale) {
      case NB, NN -> "dd\\.mm\\.yyyy";
      case SE -> "yyyy\\-mm\\-dd";
      case EN -> "dd\\/mm\\/yyyy";
    };
    StringBuilder xml = new StringBuilder(4096).append("""
        <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
        <styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">\
        <numFmts count="6"><numFmt numFmtId="164" formatCode="%s"/><numFmt numFmtId="165" formatCode="#,##0.0"/>\
        <numFmt numFmtId="166" formatCode="+#,##0;\u2212#,##0;0"/>\
        <numFmt numFmtId="167" formatCode="+#,##0.0;\u2212#,##0.0;0.0"/>\
        <numFmt numFmtId="168" formatCode="#,##0\\*"/><numFmt numFmtId="169" formatCode="#,##0.0\\*"/></numFmts>\
        <fonts count="8"><font><sz val="11"/><color rgb="FF1F2933"/><name val="Calibri"/><family val="2"/></font>\
        <font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/><family val="2"/></font>\
        <font><b/><sz val="18"/><color rgb="FF12486B"/><name val="Calibri"/><family val="2"/></font>\
        <font><b/><sz val="11"/><color rgb="FF12486B"/><name val="Calibri"/><family val="2"/></font>\
        <font><sz val="11"/><color rgb="FF52606D"/><name val="Calibri"/><family val="2"/></font>\
        <font><sz val="11"/><color rgb="FF9A3412"/><name val="Calibri"/><family val="2"/></font>\
        <font><b/><sz val="22"/><color rgb="FF12486B"/><name val="Calibri"/><family val="2"/></font>\
        <font><u/><sz val="11"/><color rgb="FF12486B"/><name val="Calibri"/><family val="2"/></font></fonts>\
        <fills count="4"><fill><patternFill patternType="none"/></fill>\
        <fill><patternFill patternType="gray125"/></fill>\
        <fill><patternFill patternType="solid"><fgColor rgb="FF12486B"/><bgColor indexed="64"/></patternFill></fill>\
        <fill><patternFill patternType="solid"><fgColor rgb="FFE3EEF5"/><bgColor indexed="64"/></patternFill></fill>\
        </fills>\
        <borders count="5"><border><left/><right/><top/><bottom/><diagonal/></border>\
        <border><left/><right/><top/><bottom style="medium"><color rgb="FF0B2F47"/></bottom><diagonal/></border>\
        <border><left/><right/><top/><bottom style="thin"><color rgb="FFD3DCE4"/></bottom><diagonal/></border>\
        <border><left/><right/><top style="thin"><color rgb="FF12486B"/></top><bottom/><diagonal/></border>\
        <border><left/><right/><top/><bottom style="medium"><color rgb="FF12486B"/></bottom><diagonal/></border>\
        </borders>\
        <cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
        <cellXfs count="%d">""".formatted(date, values().length));
    for (XlsxStyle style : values()) {
      xml.append("<xf numFmtId=\"").append(style.format).append("\" fontId=\"").append(style.font)
          .append("\" fillId=\"").append(style.fill).append("\" borderId=\"").append(style.border)
          .append("\" xfId=\"0\"");
      if (style == LONG_TEXT || style == WRAPPED_LONG_TEXT || style == FACT) {
        xml.append(" quotePrefix=\"1\"");
      }
      xml.append(style.format > 0 ? " applyNumberFormat=\"1\"" : "").append(style.font > 0 ? " applyFont=\"1\"" : "")
          .append(style.fill > 0 ? " applyFill=\"1\"" : "").append(style.border > 0 ? " applyBorder=\"1\"" : "")
          .append(style.alignment.isEmpty() ? "/>" : " applyAlignment=\"1\">" + style.alignment + "</xf>");
    }
    return xml.append("""
        </cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
        <dxfs count="0"/><tableStyles count="0" defaultTableStyle="TableStyleMedium2"/></styleSheet>""").toString();
  }
}
