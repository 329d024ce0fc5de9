package no.rapport.reportfiles;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.FigureRuleTexts;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.RuleSet;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.poi.ss.usermodel.DataFormatter;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.xssf.usermodel.XSSFSheet;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which prior values a report compares, how it marks those that it does not, and where a figure's rule stands.
class FiguresComparedTest {

  private static final String BROKEN = "antall_barn_plassert_utenfor_hjemmet";
  private static final String SAME = "antall_meldinger_mottatt";

  /// All figures are 12, and were 10 a year before.
  private static FigureSnapshot snapshot(String periodId, int priorRuleVersion) {
    return new FigureSnapshot("snap-1", periodId, FigureCatalogue.figures().stream().map(figure ->
        new FigureSnapshot.Figure(figure.key(), Optional.of(BigDecimal.valueOf(12)),
            Optional.of(BigDecimal.valueOf(10)), "fagsystem-cis")).toList(), RuleSet.CURRENT, priorRuleVersion);
  }

  private static byte[] write(ReportFormat format, ReportLocale locale, FigureSnapshot snapshot) {
    return Reports.write(format, Reports.aDescription(locale), Reports.someActivities(10, 1), 1,
        Optional.of(snapshot));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "NB | * Forrige periode kan ikke sammenlignes, så endringen er ikke vist. Kategori 8.2, som er en plassering, ble "
          + "avløst av 8.4 og 8.5, som ikke er det, den 01.01.2026. Konklusjon 1 av meldinger ble delt i 5-10 den "
          + "01.01.2026. Konklusjon 5 av undersøkelser ble delt i 7-9 den 01.01.2026.",
      "NN | * Førre periode kan ikkje samanliknast, så endringa er ikkje vist. Kategori 8.2, som er ei plassering, vart "
          + "avløyst av 8.4 og 8.5, som ikkje er det, den 01.01.2026. Konklusjon 1 av meldingar vart delt i 5-10 den "
          + "01.01.2026. Konklusjon 5 av undersøkingar vart delt i 7-9 den 01.01.2026.",
      "SE | * Forrige periode kan ikke sammenlignes, så endringen er ikke vist. Kategori 8.2, som er en plassering, ble "
          + "avløst av 8.4 og 8.5, som ikke er det, den 01.01.2026. Konklusjon 1 av meldinger ble delt i 5-10 den "
          + "01.01.2026. Konklusjon 5 av undersøkelser ble delt i 7-9 den 01.01.2026.",
      "EN | * The previous period cannot be compared, so no change is shown. Category 8.2, a placement, was replaced by "
          + "8.4 and 8.5, which are none, on 2026-01-01. Conclusion 1 of reports of concern was split into 5-10 on "
          + "2026-01-01. Conclusion 5 of investigations was split into 7-9 on 2026-01-01."})
  void marksPriorValuesAcrossABreakOfCodesAndSaysWhy(ReportLocale locale, String footnote) throws IOException {
    FigureSnapshot snapshot = snapshot("2026", RuleSet.CURRENT);
    try (XSSFWorkbook workbook = open(write(ReportFormat.XLSX, locale, snapshot))) {
      XSSFSheet sheet = workbook.getSheet(Wording.KEY_FIGURES.in(locale));
      assertThat(shown(sheet, BROKEN, locale)).containsExactly("12", "10*", "");
      assertThat(sheet.getRow(row(sheet, BROKEN, locale)).getCell(2).getNumericCellValue()).isEqualTo(10);
      assertThat(shown(sheet, SAME, locale)).containsExactly("12", "10", "+2");
      assertThat(sheet.getRow(sheet.getLastRowNum()).getCell(0).getStringCellValue()).isEqualTo(footnote);
      assertThat(sheet.getCTWorksheet().getAutoFilter().getRef())
          .as("the footnote is no row of the table").isEqualTo("A1:F" + (sheet.getLastRowNum() - 1));
    }
    String text = pdfText(write(ReportFormat.PDF, locale, snapshot));
    assertThat(text).contains(footnote).contains(label(SAME, locale) + " 12 10 +2 ");
    assertThat(text).contains(" 12 10* ");
  }

  @Test
  void comparesWithinTheSameCodesAndRulesWithoutAMark() throws IOException {
    FigureSnapshot snapshot = snapshot("2025", RuleSet.CURRENT);
    try (XSSFWorkbook workbook = open(write(ReportFormat.XLSX, ReportLocale.EN, snapshot))) {
      XSSFSheet sheet = workbook.getSheet("Key figures");
      assertThat(shown(sheet, BROKEN, ReportLocale.EN)).containsExactly("12", "10", "+2");
      assertThat(sheet.getRow(sheet.getLastRowNum()).getCell(0).getStringCellValue()).doesNotStartWith("*");
    }
    assertThat(pdfText(write(ReportFormat.PDF, ReportLocale.EN, snapshot))).doesNotContain("10*", "cannot be compared");
  }

  @Test
  void marksPriorValuesOfOtherRules() throws IOException {
    FigureSnapshot snapshot = snapshot("2025", RuleSet.UNKNOWN);
    try (XSSFWorkbook workbook = open(write(ReportFormat.XLSX, ReportLocale.EN, snapshot))) {
      XSSFSheet sheet = workbook.getSheet("Key figures");
      assertThat(shown(sheet, SAME, ReportLocale.EN)).containsExactly("12", "10*", "");
      assertThat(sheet.getRow(sheet.getLastRowNum()).getCell(0).getStringCellValue())
          .isEqualTo("* The previous period cannot be compared, so no change is shown. The rules of the figure have "
              + "changed since the previous period.");
    }
  }

  @Test
  void saysInJsonHowEachFigureCompares() throws IOException {
    JsonNode document = new ObjectMapper().readTree(
        write(ReportFormat.JSON, ReportLocale.EN, snapshot("2026", RuleSet.CURRENT)));
    List<String> compared = new ArrayList<>();
    document.findValues("figures").forEach(figures -> figures.forEach(figure -> {
      if (List.of(SAME, BROKEN).contains(figure.path("field_key").asText())) {
        compared.add(figure.get("prior_value") + " " + figure.get("change") + " " + figure.get("comparability").asText());
      }
    }));
    assertThat(compared).containsExactly("10 2 same", "10 null code_break");
  }

  @ParameterizedTest
  @CsvSource({"NB", "NN", "SE", "EN"})
  void leadsFromEveryFigureToItsRule(ReportLocale locale) throws IOException {
    FigureSnapshot snapshot = snapshot("2025", RuleSet.CURRENT);
    try (XSSFWorkbook workbook = open(write(ReportFormat.XLSX, locale, snapshot))) {
      XSSFSheet sheet = workbook.getSheet(Wording.KEY_FIGURES.in(locale));
      XSSFSheet methods = workbook.getSheet(Wording.METHODS.in(locale));
      for (FigureCatalogue.Figure figure : FigureCatalogue.figures()) {
        String location = sheet.getRow(row(sheet, figure.key(), locale)).getCell(0).getHyperlink().getLocation();
        assertThat(location).startsWith("'" + Wording.METHODS.in(locale) + "'!A");
        Row rule = methods.getRow(Integer.parseInt(location.substring(location.indexOf("!A") + 2)) - 1);
        assertThat(rule.getCell(0).getStringCellValue()).isEqualTo(figure.label(locale));
        assertThat(rule.getCell(1).getStringCellValue())
            .isEqualTo(FigureRuleTexts.of(figure.key(), RuleSet.CURRENT, locale).orElseThrow());
      }
    }
    String text = pdfText(write(ReportFormat.PDF, locale, snapshot));
    for (FigureCatalogue.Figure figure : FigureCatalogue.figures()) {
      assertThat(text).contains(FigureRuleTexts.of(figure.key(), RuleSet.CURRENT, locale).orElseThrow());
    }
  }

  private static XSSFWorkbook open(byte[] file) throws IOException {
    return new XSSFWorkbook(new ByteArrayInputStream(file));
  }

  private static String label(String key, ReportLocale locale) {
    return FigureCatalogue.figure(key).orElseThrow().label(locale);
  }

  private static int row(XSSFSheet sheet, String key, ReportLocale locale) {
    for (Row row : sheet) {
      if (row.getCell(0) != null && row.getCell(0).getStringCellValue().equals(label(key, locale))) {
        return row.getRowNum();
      }
    }
    throw new AssertionError("no row of " + key);
  }

  /// Value, prior value and change as the sheet shows them.
  private static List<String> shown(XSSFSheet sheet, String key, ReportLocale locale) {
    Row row = sheet.getRow(row(sheet, key, locale));
    DataFormatter formatter = new DataFormatter(java.util.Locale.ROOT);
    return List.of(formatter.formatCellValue(row.getCell(1)), formatter.formatCellValue(row.getCell(2)),
        formatter.formatCellValue(row.getCell(3)));
  }

  /// In one line, so that it does not matter where lines are broken.
  private static String pdfText(byte[] file) throws IOException {
    try (PDDocument document = Loader.loadPDF(file)) {
      return new PDFTextStripper().getText(document).replaceAll("\\s+", " ");
    }
  }
}
