package no.rapport.reportfiles.xlsx;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.ReportTexts;
import no.rapport.reportfiles.Wording;
import no.rapport.reportfiles.zip.Deflated;
import no.rapport.reportfiles.zip.ZipArchive;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportLocale;

/// The package around the sheets: content types, relations, workbook, formats and properties. Sheets are written as they
/// come; what names them follows at the end.
final class XlsxWorkbook {

  private static final String XML = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
  private static final String OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  private static final String SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.";

  private final ZipArchive zip;
  private final ReportDescription description;
  private final List<Sheet> sheets = new ArrayList<>();
  private boolean hasChart;

  /// @param table the filtered cells, absolute, where there is a table
  /// @param printsTableOnly whether what texts show beyond its last column stays out of print
  private record Sheet(String name, Optional<String> table, int headingRow, boolean printsTableOnly) {}

  XlsxWorkbook(OutputStream out, ReportDescription description) {
    this.zip = new ZipArchive(out);
    this.description = description;
  }

  void summary(XlsxSheet sheet) throws IOException {
    plain(Wording.SUMMARY, sheet);
  }

  void methods(XlsxSheet sheet) throws IOException {
    plain(Wording.METHODS, sheet);
  }

  private void plain(Wording name, XlsxSheet sheet) throws IOException {
    sheets.add(new Sheet(name.in(description.locale()), Optional.empty(), 0, false));
    zip.entry(sheetPath(), sheet.finish(0));
  }

  /// @param lastRow of the table of figures
  void keyFigures(XlsxSheet sheet, int lastRow, Optional<XlsxChart> chart) throws IOException {
    chart.ifPresent(drawn -> sheet.drawing("rId1"));
    String name = Wording.KEY_FIGURES.in(description.locale());
    sheets.add(new Sheet(name, Optional.of(absolute(sheet.table(lastRow))), sheet.tableRow(), false));
    String path = sheetPath();
    zip.entry(path, sheet.finish(lastRow));
    if (chart.isPresent()) {
      hasChart = true;
      zip.entry("xl/worksheets/_rels/" + path.substring(path.lastIndexOf('/') + 1) + ".rels",
          relations(relation(1, OFFICE + "/drawing", "../drawings/drawing1.xml")));
      zip.entry("xl/drawings/drawing1.xml", Bytes.utf8(chart.get().drawing()));
      zip.entry("xl/drawings/_rels/drawing1.xml.rels",
          relations(relation(1, OFFICE + "/chart", "../charts/chart1.xml")));
      zip.entry("xl/charts/chart1.xml", chart.get().chart(name));
    }
  }

  /// Begins a big sheet; raw deflate must then be written to the stream, and [#endSheet] be called.
  OutputStream beginSheet(String name, int columns, long rows) throws IOException {
    sheets.add(new Sheet(name, Optional.of(absolute(XlsxSheet.cells(columns, rows))), XlsxRows.HEADING_ROWS, true));
    zip.begin(sheetPath());
    return zip.stream();
  }

  void endSheet(Deflated content) throws IOException {
    zip.end(content);
  }

  private String sheetPath() {
    return "xl/worksheets/sheet" + sheets.size() + ".xml";
  }

  void finish() throws IOException {
    zip.entry("xl/styles.xml", Bytes.utf8(XlsxStyle.stylesheet(description.locale())));
    zip.entry("xl/workbook.xml", workbook());
    StringBuilder sheetRelations = new StringBuilder();
    for (int i = 1; i <= sheets.size(); i++) {
      sheetRelations.append(relation(i, OFFICE + "/worksheet", "worksheets/sheet" + i + ".xml"));
    }
    sheetRelations.append(relation(sheets.size() + 1, OFFICE + "/styles", "styles.xml"));
    zip.entry("xl/_rels/workbook.xml.rels", relations(sheetRelations.toString()));
    zip.entry("docProps/core.xml", coreProperties());
    zip.entry("docProps/app.xml", Bytes.utf8(XML
        + "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">"
        + "<Application>Rapport</Application></Properties>"));
    zip.entry("_rels/.rels", relations(relation(1, OFFICE + "/officeDocument", "xl/workbook.xml")
        + relation(2, "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
            "docProps/core.xml")
        + relation(3, OFFICE + "/extended-properties", "docProps/app.xml")));
    zip.entry("[Content_Types].xml", contentTypes());
    zip.finish();
  }

  private byte[] workbook() {
    Bytes xml = new Bytes(4096);
    xml.put(XML + "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"" + OFFICE
        + "\"><workbookPr/><bookViews><workbookView xWindow=\"0\" yWindow=\"0\" windowWidth=\"28800\""
        + " windowHeight=\"16000\" activeTab=\"0\"/></bookViews><sheets>");
    for (int i = 0; i < sheets.size(); i++) {
      xml.put("<sheet name=\"");
      XlsxText.put(xml, sheets.get(i).name());
      xml.put("\" sheetId=\"" + (i + 1) + "\" r:id=\"rId" + (i + 1) + "\"/>");
    }
    xml.put("</sheets><definedNames>");
    for (int i = 0; i < sheets.size(); i++) {
      Sheet sheet = sheets.get(i);
      if (sheet.table().isPresent()) {
        String quoted = "'" + sheet.name() + "'!";
        definedName(xml, "_xlnm._FilterDatabase\" hidden=\"1", i, quoted + sheet.table().get());
      }
    }
    for (int i = 0; i < sheets.size(); i++) {
      Sheet sheet = sheets.get(i);
      if (sheet.printsTableOnly()) {
        // A long text in a last column would otherwise widen the page and shrink all else.
        definedName(xml, "_xlnm.Print_Area", i, "'" + sheet.name() + "'!" + sheet.table().orElseThrow());
      }
    }
    for (int i = 0; i < sheets.size(); i++) {
      Sheet sheet = sheets.get(i);
      if (sheet.table().isPresent()) {
        definedName(xml, "_xlnm.Print_Titles", i,
            "'" + sheet.name() + "'!$" + sheet.headingRow() + ":$" + sheet.headingRow());
      }
    }
    xml.put("</definedNames></workbook>");
    return xml.toByteArray();
  }

  private static void definedName(Bytes xml, String name, int sheet, String content) {
    xml.put("<definedName name=\"" + name + "\" localSheetId=\"" + sheet + "\">");
    XlsxText.put(xml, content);
    xml.put("</definedName>");
  }

  private byte[] coreProperties() {
    ReportLocale locale = description.locale();
    Bytes xml = new Bytes(2048);
    xml.put(XML + "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/"
        + "core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\""
        + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>");
    XlsxText.put(xml, ReportTexts.documentTitle(description));
    xml.put("</dc:title><dc:subject>");
    XlsxText.put(xml, Wording.PERIOD.in(locale) + " " + ReportTexts.period(description));
    xml.put("</dc:subject><dc:creator>");
    XlsxText.put(xml, description.organizationName());
    xml.put("</dc:creator><dc:language>" + locale.tag() + "</dc:language></cp:coreProperties>");
    return xml.toByteArray();
  }

  private byte[] contentTypes() {
    StringBuilder xml = new StringBuilder(XML)
        .append("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">")
        .append("<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>")
        .append("<Default Extension=\"xml\" ContentType=\"application/xml\"/>")
        .append(override("/xl/workbook.xml", SPREADSHEET + "sheet.main+xml"))
        .append(override("/xl/styles.xml", SPREADSHEET + "styles+xml"))
        .append(override("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"))
        .append(override("/docProps/app.xml",
            "application/vnd.openxmlformats-officedocument.extended-properties+xml"));
    for (int i = 1; i <= sheets.size(); i++) {
      xml.append(override("/xl/worksheets/sheet" + i + ".xml", SPREADSHEET + "worksheet+xml"));
    }
    if (hasChart) {
      xml.append(override("/xl/drawings/drawing1.xml", "application/vnd.openxmlformats-officedocument.drawing+xml"))
          .append(override("/xl/charts/chart1.xml",
              "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"));
    }
    return Bytes.utf8(xml.append("</Types>").toString());
  }

  private static String override(String part, String type) {
    return "<Override PartName=\"" + part + "\" ContentType=\"" + type + "\"/>";
  }

  private static byte[] relations(String relations) {
    return Bytes.utf8(XML + "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
        + relations + "</Relationships>");
  }

  private static String relation(int id, String type, String target) {
    return "<Relationship Id=\"rId" + id + "\" Type=\"" + type + "\" Target=\"" + target + "\"/>";
  }

  /// `A1:F20` as `$A$1:$F$20`.
  private static String absolute(String cells) {
    return cells.replaceAll("([A-Z]+)([0-9]+)", "\\$$1\\$$2");
  }
}
