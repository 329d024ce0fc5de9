package no.rapport.reportfiles.xlsx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import no.rapport.reportfiles.Reports;
import no.rapport.reportfiles.Wording;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityColumn;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Countability;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.CellType;
import org.apache.poi.ss.usermodel.DateUtil;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class XlsxWriterTest {

  private static final ReportDescription BOKMAL = Reports.aDescription(ReportLocale.NB);

  @ParameterizedTest
  @EnumSource(ReportLocale.class)
  void poiReadsEveryCellBackAsItWas(ReportLocale locale) throws IOException {
    List<Activity> rows = Reports.someActivities(1_500, 42);
    byte[] file = Reports.write(ReportFormat.XLSX, Reports.aDescription(locale), rows, 4, Optional.empty());
    try (XSSFWorkbook workbook = new XSSFWorkbook(new ByteArrayInputStream(file))) {
      XSSFSheet sheet = workbook.getSheet(Wording.ACTIVITIES.in(locale));
      assertThat(sheet.getLastRowNum()).isEqualTo(rows.size());
      for (ActivityColumn column : ActivityColumn.values()) {
        assertThat(sheet.getRow(0).getCell(column.ordinal()).getStringCellValue()).isEqualTo(column.heading(locale));
      }
      for (int i = 0; i < rows.size(); i++) {
        assertRow(sheet.getRow(i + 1), rows.get(i), locale);
      }
    }
  }

  private static void assertRow(Row read, Activity row, ReportLocale locale) {
    assertThat(text(read, 0)).isEqualTo(row.activityId());
    assertThat(text(read, 1)).isEqualTo(ActivityTypes.name(row.activityType(), locale));
    assertThat(DateUtil.isCellDateFormatted(read.getCell(2))).isTrue();
    assertThat(read.getCell(2).getLocalDateTimeCellValue()).isEqualTo(row.date().atStartOfDay());
    assertThat(read.getCell(3).getCellType()).isEqualTo(CellType.NUMERIC);
    assertThat(read.getCell(3).getNumericCellValue()).isEqualTo(row.participantCount());
    assertThat(read.getCell(4).getNumericCellValue()).isEqualTo(row.durationMinutes());
    assertThat(text(read, 5)).isEqualTo(row.location());
    assertThat(text(read, 6)).isEqualTo(row.municipality());
    assertThat(text(read, 7)).isEqualTo(row.county());
    assertThat(text(read, 8)).isEqualTo(row.targetGroup());
    assertThat(text(read, 9)).isEqualTo(row.title());
    assertThat(text(read, 10)).isEqualTo(row.notes());
    assertThat(text(read, 11)).isEqualTo(String.join("|", row.attachments()));
    assertThat(text(read, 12)).isEqualTo(Countability.of(row).reason(locale));
  }

  private static String text(Row row, int column) {
    Cell cell = row.getCell(column);
    if (cell == null || cell.getCellType() == CellType.BLANK) {
      return "";
    }
    assertThat(cell.getCellType()).isEqualTo(CellType.STRING);
    return cell.getStringCellValue();
  }

  @Test
  void fastexcelReadsTheSameTexts() throws IOException {
    List<Activity> rows = Reports.someActivities(300, 5);
    byte[] file = Reports.write(ReportFormat.XLSX, BOKMAL, rows, 2, Optional.empty());
    try (ReadableWorkbook workbook = new ReadableWorkbook(new ByteArrayInputStream(file))) {
      List<org.dhatim.fastexcel.reader.Row> read = workbook.findSheet("Aktiviteter").orElseThrow().read();
      assertThat(read).hasSize(301);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(read.get(i + 1).getCellAsString(9).orElse("").replace("_x005F_", "_"))
            .isEqualTo(rows.get(i).title());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "1, 3", "2, 7", "5, 50"})
  void sharesJoinToTheSameCellsHoweverTheRowsAreSplit(int shares, int count) throws IOException {
    List<Activity> rows = Reports.someActivities(count, 3);
    byte[] file = Reports.write(ReportFormat.XLSX, BOKMAL, rows, shares, Optional.empty());
    try (XSSFWorkbook workbook = new XSSFWorkbook(new ByteArrayInputStream(file))) {
      XSSFSheet sheet = workbook.getSheet("Aktiviteter");
      List<String> ids = new ArrayList<>();
      sheet.forEach(row -> ids.add(row.getCell(0).getStringCellValue()));
      assertThat(ids.subList(1, ids.size())).containsExactlyElementsOf(rows.stream().map(Activity::activityId).toList());
      assertThat(workbook.getSheet("Vedlegg").getLastRowNum())
          .isEqualTo(rows.stream().mapToInt(row -> row.attachments().size()).sum());
    }
  }

  @Test
  void theSameInputGivesTheSameBytes() {
    List<Activity> rows = Reports.someActivities(100, 9);
    assertThat(Reports.write(ReportFormat.XLSX, BOKMAL, rows, 3, Optional.empty()))
        .isEqualTo(Reports.write(ReportFormat.XLSX, BOKMAL, rows, 3, Optional.empty()));
  }

  @Test
  void textsThatXmlCannotHoldDoNotBreakTheFile() throws IOException {
    String title = "NUL \u0000 bell \u0007 lone \uD800 x \uDC00 \uFFFF end";
    Activity row = Reports.withTexts(Reports.anActivity("a", LocalDate.of(2025, 1, 1)), title, "n".repeat(40_000));
    byte[] file = Reports.write(ReportFormat.XLSX, BOKMAL, List.of(row), 1, Optional.empty());
    try (XSSFWorkbook workbook = new XSSFWorkbook(new ByteArrayInputStream(file))) {
      Row read = workbook.getSheet("Aktiviteter").getRow(1);
      assertThat(read.getCell(9).getStringCellValue()).isEqualTo(
          "NUL \u0000 bell \u0007 lone \uFFFD x \uFFFD \uFFFD end");
      assertThat(read.getCell(10).getStringCellValue()).hasSize(32_767).endsWith("… [avkortet]").startsWith("nnn");
    }
  }
}
