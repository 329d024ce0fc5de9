package no.rapport.reportfiles.xlsx;

import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.ChartColours;
import no.rapport.reportfiles.MonthlyActivities;
import no.rapport.reportfiles.Wording;
import no.rapport.reporting.ReportLocale;

/// A native chart of stacked columns beside the key figures, bound to the cells of a matrix of months by types and
/// holding their values too, so that every program can draw it at once.
///
/// @param headingRow the matrix' heading row, from 1
/// @param firstColumn the column of its months, 0 being A
record XlsxChart(MonthlyActivities activities, ReportLocale locale, int headingRow, int firstColumn) {

  private static final String MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main";
  /// In rows of [XlsxSheet#ROW_HEIGHT] points.
  private static final int ROWS = 20;
  private static final int POINT = 12_700;
  private static final int WIDTH = 850 * POINT;

  /// The rows that the chart takes from the second one on.
  static int rows() {
    return ROWS;
  }

  String drawing() {
    return """
        <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
        <xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="%s">\
        <xdr:oneCellAnchor><xdr:from><xdr:col>%d</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row>\
        <xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="%d" cy="%d"/>\
        <xdr:graphicFrame macro=""><xdr:nvGraphicFramePr>\
        <xdr:cNvPr id="2" name="%s" descr="%s"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr>\
        <xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic>\
        <a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">\
        <c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" \
        xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"/>\
        </a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>"""
        .formatted(MAIN, firstColumn, WIDTH, ROWS * XlsxSheet.ROW_HEIGHT * POINT, title(), title());
  }

  private String title() {
    return Wording.BY_MONTH_AND_TYPE.in(locale);
  }

  byte[] chart(String sheetName) {
    Bytes xml = new Bytes(1 << 14);
    String sheet = "'" + sheetName + "'!";
    int count = activities.months().size();
    String months = sheet + (activities.monthsAcross() ? cells(firstColumn + 1, headingRow, count, 1)
        : cells(firstColumn, headingRow + 1, 1, count));
    xml.put("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<c:chartSpace xmlns:c=\"http://schemas."
        + "openxmlformats.org/drawingml/2006/chart\" xmlns:a=\"" + MAIN + "\"><c:date1904 val=\"0\"/>"
        + "<c:roundedCorners val=\"0\"/><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz=\"1400\""
        + " b=\"1\"/></a:pPr><a:r><a:rPr lang=\"" + locale.tag() + "\" sz=\"1400\" b=\"1\"><a:solidFill><a:srgbClr val=\"12486B\"/>"
        + "</a:solidFill></a:rPr><a:t>");
    XlsxText.put(xml, title());
    xml.put("</a:t></a:r></a:p></c:rich></c:tx><c:overlay val=\"0\"/></c:title><c:autoTitleDeleted val=\"0\"/>"
        + "<c:plotArea><c:layout/><c:barChart><c:barDir val=\"col\"/><c:grouping val=\"stacked\"/>"
        + "<c:varyColors val=\"0\"/>");
    for (int i = 0; i < activities.names().size(); i++) {
      String name = activities.monthsAcross() ? cells(firstColumn, headingRow + 1 + i, 1, 1)
          : cells(firstColumn + 1 + i, headingRow, 1, 1);
      String values = activities.monthsAcross() ? cells(firstColumn + 1, headingRow + 1 + i, count, 1)
          : cells(firstColumn + 1 + i, headingRow + 1, 1, count);
      xml.put("<c:ser><c:idx val=\"" + i + "\"/><c:order val=\"" + i + "\"/><c:tx><c:strRef><c:f>");
      XlsxText.put(xml, sheet + name);
      xml.put("</c:f><c:strCache><c:ptCount val=\"1\"/><c:pt idx=\"0\"><c:v>");
      XlsxText.put(xml, activities.names().get(i));
      xml.put("</c:v></c:pt></c:strCache></c:strRef></c:tx><c:spPr><a:solidFill><a:srgbClr val=\"" + ChartColours.of(i)
          + "\"/></a:solidFill><a:ln w=\"3175\"><a:solidFill><a:srgbClr val=\"FFFFFF\"/></a:solidFill></a:ln></c:spPr>"
          + "<c:invertIfNegative val=\"0\"/><c:cat><c:strRef><c:f>");
      XlsxText.put(xml, months);
      xml.put("</c:f><c:strCache><c:ptCount val=\"" + activities.months().size() + "\"/>");
      for (int month = 0; month < activities.months().size(); month++) {
        xml.put("<c:pt idx=\"" + month + "\"><c:v>"
            + MonthlyActivities.label(activities.months().get(month), locale) + "</c:v></c:pt>");
      }
      xml.put("</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>");
      XlsxText.put(xml, sheet + values);
      xml.put("</c:f><c:numCache><c:formatCode>#,##0</c:formatCode><c:ptCount val=\"" + activities.months().size()
          + "\"/>");
      for (int month = 0; month < activities.months().size(); month++) {
        xml.put("<c:pt idx=\"" + month + "\"><c:v>" + activities.rows().get(i)[month] + "</c:v></c:pt>");
      }
      xml.put("</c:numCache></c:numRef></c:val></c:ser>");
    }
    xml.put("<c:gapWidth val=\"45\"/><c:overlap val=\"100\"/><c:axId val=\"111111111\"/><c:axId val=\"222222222\"/>"
        + "</c:barChart><c:catAx><c:axId val=\"111111111\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling>"
        + "<c:delete val=\"0\"/><c:axPos val=\"b\"/><c:numFmt formatCode=\"General\" sourceLinked=\"0\"/>"
        + "<c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"nextTo\"/>"
        + "<c:spPr><a:ln w=\"9525\"><a:solidFill><a:srgbClr val=\"7F8C99\"/></a:solidFill></a:ln></c:spPr>"
        + "<c:crossAx val=\"222222222\"/><c:crosses val=\"autoZero\"/><c:auto val=\"0\"/><c:lblAlgn val=\"ctr\"/>"
        + "<c:lblOffset val=\"100\"/><c:noMultiLvlLbl val=\"1\"/></c:catAx><c:valAx><c:axId val=\"222222222\"/>"
        + "<c:scaling><c:orientation val=\"minMax\"/><c:min val=\"0\"/></c:scaling><c:delete val=\"0\"/>"
        + "<c:axPos val=\"l\"/><c:majorGridlines><c:spPr><a:ln w=\"6350\"><a:solidFill><a:srgbClr val=\"D3DCE4\"/>"
        + "</a:solidFill></a:ln></c:spPr></c:majorGridlines><c:title><c:tx><c:rich><a:bodyPr rot=\"-5400000\""
        + " vert=\"horz\"/><a:p><a:pPr><a:defRPr sz=\"1000\" b=\"0\"/></a:pPr><a:r><a:rPr lang=\"" + locale.tag()
        + "\" sz=\"1000\" b=\"0\"/><a:t>");
    XlsxText.put(xml, Wording.ROWS.in(locale));
    xml.put("</a:t></a:r></a:p></c:rich></c:tx><c:overlay val=\"0\"/></c:title>"
        + "<c:numFmt formatCode=\"#,##0\" sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/>"
        + "<c:minorTickMark val=\"none\"/><c:tickLblPos val=\"nextTo\"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>"
        + "<c:crossAx val=\"111111111\"/><c:crosses val=\"autoZero\"/><c:crossBetween val=\"between\"/></c:valAx>"
        + "</c:plotArea><c:legend><c:legendPos val=\"b\"/><c:overlay val=\"0\"/></c:legend><c:plotVisOnly val=\"1\"/>"
        + "<c:dispBlanksAs val=\"zero\"/></c:chart><c:spPr><a:solidFill><a:srgbClr val=\"FFFFFF\"/></a:solidFill>"
        + "<a:ln><a:noFill/></a:ln></c:spPr><c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz=\"1000\"><a:solidFill>"
        + "<a:srgbClr val=\"3E4C59\"/></a:solidFill></a:defRPr></a:pPr><a:endParaRPr lang=\"" + locale.tag()
        + "\"/></a:p></c:txPr></c:chartSpace>");
    return xml.toByteArray();
  }

  /// `$B$3`, or `$B$3:$M$3`.
  private static String cells(int column, int row, int columns, int rows) {
    String first = "$" + XlsxSheet.name(column) + "$" + row;
    return columns * rows == 1 ? first
        : first + ":$" + XlsxSheet.name(column + columns - 1) + "$" + (row + rows - 1);
  }
}
