package no.rapport.reportfiles.xlsx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import no.rapport.reportfiles.Reports;
import no.rapport.reportfiles.ShareSource;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reportfiles.Wording;
import no.rapport.reportfiles.formats.ReportWriters;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Countability;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.apache.poi.ss.usermodel.CellType;
import org.apache.poi.ss.usermodel.PaperSize;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class XlsxStructureTest {

  private static final ReportDescription BOKMAL = Reports.aDescription(ReportLocale.NB);

  @ParameterizedTest
  @CsvSource({
      "NB, Sammendrag, Nøkkeltall, Aktiviteter, Vedlegg, Metode og kilder, dd\\.mm\\.yyyy",
      "NN, Samandrag, Nøkkeltal, Aktivitetar, Vedlegg, Metode og kjelder, dd\\.mm\\.yyyy",
      "SE, Čoahkkáigeassu, Nøkkeltall, Doaimmat, Mildosat, Metoda ja gáldut, yyyy\\-mm\\-dd",
      "EN, Summary, Key figures, Activities, Attachments, Methods and sources, dd\\/mm\\/yyyy"})
  void sheetsFormatsAndPrintAreAsTheReaderExpects(ReportLocale locale, String summary, String figures, String activities,
      String attachments, String methods, String date) throws IOException {
    try (XSSFWorkbook workbook = open(Reports.write(ReportFormat.XLSX, Reports.aDescription(locale),
        Reports.someActivities(30, 4), 2, Optional.empty()))) {
      List<String> names = new ArrayList<>();
      workbook.forEach(sheet -> names.add(sheet.getSheetName()));
      assertThat(names).containsExactly(summary, figures, activities, attachments, methods);
      XSSFSheet sheet = workbook.getSheet(activities);
      assertThat(sheet.getRow(1).getCell(2).getCellStyle().getDataFormatString()).isEqualTo(date);
      assertThat(sheet.getRow(1).getCell(3).getCellStyle().getDataFormatString()).isEqualTo("#,##0");
      assertThat(sheet.getPaneInformation().isFreezePane()).isTrue();
      assertThat(sheet.getPaneInformation().getHorizontalSplitPosition()).isEqualTo((short) 1);
      assertThat(sheet.getCTWorksheet().getAutoFilter().getRef()).isEqualTo("A1:M31");
      assertThat(sheet.getRepeatingRows().formatAsString()).isEqualTo("1:1");
      assertThat(sheet.getPrintSetup().getPaperSizeEnum()).isEqualTo(PaperSize.A4_PAPER);
      assertThat(sheet.getPrintSetup().getLandscape()).isTrue();
      assertThat(sheet.getFitToPage()).isTrue();
      assertThat(workbook.getPrintArea(2)).endsWith("!$A$1:$M$31");
      assertThat(sheet.getColumnWidth(9) / 256).isBetween(30, 40);
      var properties = workbook.getProperties().getCoreProperties();
      assertThat(properties.getTitle()).contains(Wording.REPORT_TITLE.in(locale), "Øst-Finnmark");
      assertThat(properties.getCreator()).isEqualTo("Likepersonforbundet Øst-Finnmark");
      assertThat(properties.getCreated()).as("nothing depends on the clock").isNull();
    }
  }

  @Test
  void keyFiguresHaveANativeChartBoundToTheCellsBesideThem() throws IOException {
    List<Activity> rows = Reports.someActivities(200, 4);
    try (XSSFWorkbook workbook = open(Reports.write(ReportFormat.XLSX, BOKMAL, rows, 2, Optional.empty()))) {
      XSSFSheet sheet = workbook.getSheet("Nøkkeltall");
      var charts = sheet.getDrawingPatriarch().getCharts();
      assertThat(charts).hasSize(1);
      var bars = charts.getFirst().getCTChart().getPlotArea().getBarChartArray(0);
      assertThat(bars.getSerArray()).hasSize(13);
      assertThat(bars.getSerArray(0).getVal().getNumRef().getF()).isEqualTo("'Nøkkeltall'!$I$24:$T$24");
      assertThat(bars.getSerArray(12).getTx().getStrRef().getF()).isEqualTo("'Nøkkeltall'!$H$36");
      assertThat(bars.getSerArray(0).getCat().getStrRef().getF()).isEqualTo("'Nøkkeltall'!$I$23:$T$23");
      double charted = 0;
      for (int column = 8; column < 20; column++) {
        for (int row = 23; row < 36; row++) {
          charted += sheet.getRow(row).getCell(column).getNumericCellValue();
        }
      }
      assertThat(charted).isEqualTo(rows.size());
    }
  }

  @Test
  void theSummaryTellsHowManyRowsCount() throws IOException {
    List<Activity> rows = Reports.someActivities(200, 4);
    long counting = rows.stream().filter(row -> Countability.of(row).counts()).count();
    try (XSSFWorkbook workbook = open(Reports.write(ReportFormat.XLSX, BOKMAL, rows, 2, Optional.empty()))) {
      XSSFSheet sheet = workbook.getSheet("Sammendrag");
      List<String> found = new ArrayList<>();
      sheet.getRow(3).forEach(label -> found.add(label.getStringCellValue() + "="
          + (long) sheet.getRow(4).getCell(label.getColumnIndex()).getNumericCellValue()));
      assertThat(found).contains("Antall aktiviteter=200", "Aktiviteter som teller=" + counting,
          "Aktiviteter som ikke teller=" + (200 - counting));
    }
  }

  @Test
  void noCellOfAnySheetIsAFormula() throws IOException, XMLStreamException {
    byte[] file = Reports.write(ReportFormat.XLSX, new ReportDescription("=1", "=HYPERLINK(\"x\")", Reports.year(2025),
        List.of("=cmd|' /C calc'!A0"), ReportLocale.NB, true, Suppression.NONE), Reports.someActivities(300, 8), 3,
        Optional.empty());
    int cells = 0;
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().startsWith("xl/worksheets/sheet")) {
          XMLStreamReader xml = XMLInputFactory.newFactory()
              .createXMLStreamReader(new ByteArrayInputStream(zip.readAllBytes()));
          while (xml.hasNext()) {
            if (xml.next() == XMLStreamConstants.START_ELEMENT) {
              assertThat(xml.getLocalName()).isNotEqualTo("f");
              cells += xml.getLocalName().equals("c") ? 1 : 0;
            }
          }
        }
      }
    }
    assertThat(cells).isGreaterThan(3_900);
  }

  @Test
  void textsWiderThanTheirColumnAreBrokenIntoLinesAndTheirRowsAreHighEnough() throws IOException {
    Activity row = Reports.anActivity("short", LocalDate.of(2025, 1, 1));
    List<Activity> rows = List.of(row,
        Reports.withTexts(Reports.anActivity("two", LocalDate.of(2025, 1, 2)), "To\nlinjer", ""),
        Reports.withTexts(Reports.anActivity("wide", LocalDate.of(2025, 1, 3)), "t", "ord ".repeat(60).strip()),
        Reports.withTexts(Reports.anActivity("novel", LocalDate.of(2025, 1, 4)), "t", "ord ".repeat(300)));
    try (XSSFWorkbook workbook = open(Reports.write(ReportFormat.XLSX, BOKMAL, rows, 1, Optional.empty()))) {
      XSSFSheet sheet = workbook.getSheet("Aktiviteter");
      assertThat(sheet.getRow(1).getHeightInPoints()).isEqualTo(15);
      assertThat(sheet.getRow(1).getCell(9).getCellStyle().getWrapText()).isFalse();
      assertThat(sheet.getRow(2).getHeightInPoints()).isEqualTo(30);
      assertThat(sheet.getRow(2).getCell(9).getCellStyle().getWrapText()).isTrue();
      assertThat(sheet.getRow(3).getHeightInPoints()).isEqualTo(90);
      assertThat(sheet.getRow(3).getCell(10).getCellStyle().getWrapText()).isTrue();
      assertThat(sheet.getRow(3).getCell(10).getStringCellValue()).isEqualTo("ord ".repeat(60).strip());
      assertThat(sheet.getRow(4).getHeightInPoints()).as("a row that would fill the window").isEqualTo(15);
    }
  }

  @Test
  void longFactsOfTheSummaryAreShownInFull() throws IOException {
    ReportDescription description = new ReportDescription("o", "Org", Reports.year(2025), ActivityTypes.codes(),
        ReportLocale.NB, true, Suppression.NONE);
    try (XSSFWorkbook workbook = open(Reports.write(ReportFormat.XLSX, description, Reports.someActivities(20, 1), 1,
        Optional.empty()))) {
      XSSFSheet sheet = workbook.getSheet("Sammendrag");
      int row = 0;
      while (sheet.getRow(row).getCell(0) == null
          || !sheet.getRow(row).getCell(0).toString().equals("Utvalg av aktivitetstyper")) {
        row++;
      }
      assertThat(sheet.getRow(row).getCell(1).getStringCellValue()).startsWith("Gruppesamling, ").endsWith("Foredrag");
      assertThat(sheet.getRow(row).getCell(1).getCellStyle().getWrapText()).isTrue();
      assertThat(sheet.getRow(row).getHeightInPoints()).isEqualTo(48);
      assertThat(sheet.getMergedRegions()).extracting(cells -> cells.formatAsString())
          .contains("B" + (row + 1) + ":E" + (row + 1));
    }
  }

  @Test
  void withoutAnnexesOnlySummaryAndActivitiesAreThere() throws IOException {
    ReportDescription plain = new ReportDescription("o", "Org", Reports.year(2025), List.of(), ReportLocale.EN, false,
        Suppression.NONE);
    try (XSSFWorkbook workbook = open(Reports.write(ReportFormat.XLSX, plain, Reports.someActivities(5, 1), 1,
        Optional.empty()))) {
      assertThat(workbook.getNumberOfSheets()).isEqualTo(2);
    }
  }

  /// A share of a full sheet's rows would take seconds to make: its summary claims them instead.
  @Test
  void continuesAFullSheetOnAnotherOne() throws IOException {
    List<byte[]> rendered = new ArrayList<>();
    List<ShareSummary> summaries = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ShareWriter share = ReportWriters.of(ReportFormat.XLSX).share(out, BOKMAL, i, 0);
      share.row(Reports.anActivity("row-" + i, LocalDate.of(2025, 1, 1 + i)));
      ShareSummary summary = share.finish();
      ShareSummary.Section section = summary.sections().getFirst();
      summaries.add(new ShareSummary(i, 500_000, summary.bytes(), List.of(new ShareSummary.Section(section.name(),
          section.offset(), section.bytes(), section.uncompressedBytes(), section.crc32(), 500_000)),
          summary.totals(), summary.traits()));
      rendered.add(out.toByteArray());
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ShareSource source = (index, offset, length) ->
        new ByteArrayInputStream(rendered.get(index), (int) offset, (int) length);
    ReportWriters.of(ReportFormat.XLSX).assemble(file, BOKMAL,
        new KeyFigures(ActivityTotals.NONE, Optional.empty()), summaries, source);
    try (XSSFWorkbook workbook = open(file.toByteArray())) {
      assertThat(workbook.getSheet("Aktiviteter").getRow(1).getCell(0).getStringCellValue()).isEqualTo("row-0");
      assertThat(workbook.getSheet("Aktiviteter").getRow(500_001).getCell(0).getStringCellValue()).isEqualTo("row-1");
      assertThat(workbook.getSheet("Aktiviteter (2)").getRow(0).getCell(0).getStringCellValue())
          .isEqualTo("Aktivitets-ID");
      assertThat(workbook.getSheet("Aktiviteter (2)").getRow(1).getCell(0).getStringCellValue()).isEqualTo("row-2");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 99, 500})
  void numbersRowsRightHoweverManyWereExpected(int rowsBefore) throws IOException, XMLStreamException {
    List<Activity> rows = new ArrayList<>(Reports.someActivities(1_100, 9));
    rows.addAll(Reports.hazardousActivities());
    byte[] expected = Reports.write(ReportFormat.XLSX, BOKMAL, rows, 4, Optional.empty());
    byte[] file = Reports.write(ReportFormat.XLSX, BOKMAL, rows, 4, Optional.empty(), _ -> rowsBefore);
    for (String sheet : List.of("xl/worksheets/sheet3.xml", "xl/worksheets/sheet4.xml")) {
      String xml = entry(file, sheet);
      List<String> numbers = new ArrayList<>();
      Matcher matcher = Pattern.compile("<row r=\"(.*?)\"").matcher(xml);
      while (matcher.find()) {
        numbers.add(matcher.group(1));
      }
      assertThat(numbers).hasSizeGreaterThan(400)
          .isEqualTo(IntStream.rangeClosed(1, numbers.size()).mapToObj(Integer::toString).toList());
      assertThat(xml).isEqualTo(entry(expected, sheet));
    }
  }

  private static String entry(byte[] file, String name) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      ZipEntry entry = zip.getNextEntry();
      while (!entry.getName().equals(name)) {
        entry = zip.getNextEntry();
      }
      return new String(zip.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void datesThatExcelDoesNotKnowAreTexts() throws IOException {
    List<Activity> rows = List.of(Reports.anActivity("old", LocalDate.of(1899, 12, 31)),
        Reports.anActivity("first", LocalDate.of(1900, 1, 1)), Reports.anActivity("leap", LocalDate.of(1900, 2, 28)),
        Reports.anActivity("march", LocalDate.of(1900, 3, 1)));
    try (XSSFWorkbook workbook = open(Reports.write(ReportFormat.XLSX, BOKMAL, rows, 1, Optional.empty()))) {
      XSSFSheet sheet = workbook.getSheet("Aktiviteter");
      assertThat(sheet.getRow(1).getCell(2).getStringCellValue()).isEqualTo("31.12.1899");
      assertThat(sheet.getRow(2).getCell(2).getNumericCellValue()).isEqualTo(1);
      assertThat(sheet.getRow(3).getCell(2).getNumericCellValue()).isEqualTo(59);
      assertThat(sheet.getRow(4).getCell(2).getNumericCellValue()).isEqualTo(61);
    }
  }

  private static XSSFWorkbook open(byte[] file) throws IOException {
    try (InputStream in = new ByteArrayInputStream(file)) {
      return new XSSFWorkbook(in);
    }
  }
}
