package no.rapport.reportfiles.pdf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import no.rapport.reportfiles.ReportDates;
import no.rapport.reportfiles.Reports;
import no.rapport.reportfiles.Wording;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.documentinterchange.logicalstructure.PDStructureElement;
import org.apache.pdfbox.pdmodel.documentinterchange.logicalstructure.PDStructureNode;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PdfWriterTest {

  private static final ReportDescription BOKMAL = Reports.aDescription(ReportLocale.NB);

  @ParameterizedTest
  @EnumSource(ReportLocale.class)
  void holdsEveryActivityOnceInItsReadersLanguage(ReportLocale locale) throws IOException {
    List<Activity> rows = new ArrayList<>();
    for (String type : ActivityTypes.codes()) {
      for (int i = 1; i <= 20; i++) {
        Activity row = Reports.anActivity(type.substring(0, 4) + "-" + i + ".", LocalDate.of(2025, 1 + i % 12, i));
        rows.add(new Activity(row.activityId(), row.orgId(), type, row.date(), i, 1000 + i, row.location(),
            row.municipality(), row.county(), row.targetGroup(), "Čáhci đ ŋ š ŧ ž á æøå", "", List.of(), row.updatedAt()));
      }
    }
    String text = text(Reports.write(ReportFormat.PDF, Reports.aDescription(locale), rows, 3, Optional.empty()));
    for (Activity row : rows) {
      assertThat(text).containsOnlyOnce(row.activityId() + " ");
    }
    assertThat(text).contains("Čáhci đ ŋ š ŧ ž á æøå", ReportDates.format(LocalDate.of(2025, 9, 20), locale),
        Wording.KEY_FIGURES.in(locale), Wording.BY_MONTH_AND_TYPE.in(locale), Wording.METHODS.in(locale),
        locale == ReportLocale.EN ? "1,020" : "1\u00A0020");
    for (String type : ActivityTypes.codes()) {
      assertThat(text).contains(ActivityTypes.name(type, locale));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "1, 9", "4, 5"})
  void readsTheSameHoweverTheRowsAreSplit(int some, int others) throws IOException {
    List<Activity> rows = Reports.someActivities(200, 17);
    assertThat(text(Reports.write(ReportFormat.PDF, BOKMAL, rows, some, Optional.empty())))
        .isEqualTo(text(Reports.write(ReportFormat.PDF, BOKMAL, rows, others, Optional.empty())));
  }

  @Test
  void theSameInputGivesTheSameBytes() {
    List<Activity> rows = Reports.someActivities(60, 21);
    assertThat(Reports.write(ReportFormat.PDF, BOKMAL, rows, 2, Optional.empty()))
        .isEqualTo(Reports.write(ReportFormat.PDF, BOKMAL, rows, 2, Optional.empty()));
  }

  @Test
  void isTaggedHasATitleALanguageAndAnOutline() throws IOException {
    byte[] file = Reports.write(ReportFormat.PDF, BOKMAL, Reports.someActivities(100, 2), 2, Optional.empty());
    try (PDDocument document = Loader.loadPDF(file)) {
      var catalog = document.getDocumentCatalog();
      assertThat(catalog.getLanguage()).isEqualTo("nb-NO");
      assertThat(catalog.getMarkInfo().isMarked()).isTrue();
      assertThat(catalog.getViewerPreferences().displayDocTitle()).isTrue();
      assertThat(document.getDocumentInformation().getTitle())
          .isEqualTo("Aktivitetsrapport til Bufdir – Likepersonforbundet Øst-Finnmark");
      assertThat(catalog.getDocumentOutline().children()).hasSizeGreaterThan(10);
      assertThat(types(catalog.getStructureTreeRoot(), new HashSet<>()))
          .contains("Document", "H1", "H2", "P", "Figure", "Table", "THead", "TBody", "TR", "TH", "TD");
    }
  }

  private static Set<String> types(PDStructureNode node, Set<String> found) {
    for (Object kid : node.getKids()) {
      if (kid instanceof PDStructureElement element) {
        found.add(element.getStructureType());
        if (element.getStructureType().equals("Figure")) {
          assertThat(element.getAlternateDescription()).contains("jan. 2025");
        }
        types(element, found);
      }
    }
    return found;
  }

  @Test
  void everyFontIsEmbeddedAsASubset() throws IOException {
    byte[] file = Reports.write(ReportFormat.PDF, BOKMAL, Reports.someActivities(100, 2), 1, Optional.empty());
    try (PDDocument document = Loader.loadPDF(file)) {
      for (PDPage page : document.getPages()) {
        for (COSName name : page.getResources().getFontNames()) {
          assertThat(page.getResources().getFont(name).isEmbedded()).isTrue();
          assertThat(page.getResources().getFont(name).getName()).matches("[A-Z]{6}\\+LiberationSans-.*");
        }
      }
    }
  }

  @Test
  void everyPageTellsItsNumberAndRepeatsTheHeadings() throws IOException {
    List<Activity> rows = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      rows.add(Reports.anActivity("a-%03d".formatted(i), LocalDate.of(2025, 5, 1)));
    }
    byte[] file = Reports.write(ReportFormat.PDF, BOKMAL, rows, 2, Optional.empty());
    try (PDDocument document = Loader.loadPDF(file)) {
      int pages = document.getNumberOfPages();
      assertThat(pages).isGreaterThan(6);
      for (int page = 1; page <= pages; page++) {
        PDFTextStripper stripper = new PDFTextStripper();
        stripper.setStartPage(page);
        stripper.setEndPage(page);
        String text = stripper.getText(document);
        assertThat(text).contains("Side " + page + " av " + pages);
        if (text.contains("a-")) {
          assertThat(text).contains("Aktivitets-ID", "Målgruppe");
        }
      }
    }
  }

  @Test
  void longNamesOfOrganizationsStayOnThePage() throws IOException {
    String name = "Landsforeningen for pårørende i Nordre og Søndre Land, ".repeat(6) + "Toten";
    byte[] file = Reports.write(ReportFormat.PDF, new ReportDescription("o", name, Reports.year(2025), List.of(),
        ReportLocale.NB, true, Suppression.NONE), List.of(), 0, Optional.empty());
    try (PDDocument document = Loader.loadPDF(file)) {
      List<Float> ends = new ArrayList<>();
      new PDFTextStripper() {
        @Override
        protected void processTextPosition(TextPosition text) {
          ends.add(text.getX() + text.getWidth());
        }
      }.getText(document);
      assertThat(ends).isNotEmpty().allMatch(end -> end <= document.getPage(0).getMediaBox().getWidth() - 35);
    }
    assertThat(text(file).replaceAll("\\s+", " ")).contains(", Toten · 01.01.2025");
  }

  @Test
  void marksBokmalTextsOfASamiReport() throws IOException {
    for (ReportLocale locale : ReportLocale.values()) {
      byte[] file = Reports.write(ReportFormat.PDF, Reports.aDescription(locale), List.of(), 0,
          Optional.of(Reports.aSnapshot()));
      try (PDDocument document = Loader.loadPDF(file)) {
        long marked = document.getDocument().getXrefTable().keySet().stream().map(key -> {
          try {
            return document.getDocument().getObjectFromPool(key).getObject();
          } catch (RuntimeException e) {
            throw new AssertionError(e);
          }
        }).filter(object -> object instanceof COSDictionary element && "nb-NO".equals(element.getString(COSName.LANG))
            && "StructElem".equals(element.getNameAsString(COSName.TYPE))).count();
        assertThat(marked).as("%s", locale).isEqualTo(locale == ReportLocale.SE ? 15 : 0);
      }
    }
  }

  @Test
  void aReportWithoutRowsSaysSo() throws IOException {
    assertThat(text(Reports.write(ReportFormat.PDF, BOKMAL, List.of(), 0, Optional.empty())))
        .contains("Ingen aktiviteter i perioden.");
  }

  @Test
  void hazardousTextsAreShownAsFarAsFontsCan() throws IOException {
    Activity row = Reports.withTexts(Reports.anActivity("a", LocalDate.of(2025, 1, 1)),
        "\u0000(x)\\ 😀 \uD800 c\u030C ђ", "lang ".repeat(8_000));
    String text = text(Reports.write(ReportFormat.PDF, BOKMAL, List.of(row), 1, Optional.empty()));
    assertThat(text).contains("(x)\\", "č ђ", "…");
  }

  @Test
  void hebrewStandsFromRightToLeftAndIsReadAsItWasWritten() throws IOException {
    Activity row = Reports.withTexts(Reports.anActivity("a", LocalDate.of(2025, 1, 1)),
        "Møte: \u05E9\u05DC\u05D5\u05DD (12) \u202E", "");
    assertThat(PdfText.leftToRight(PdfText.shown(row.title()))).isEqualTo("Møte: (12) \u05DD\u05D5\u05DC\u05E9 ");
    assertThat(text(Reports.write(ReportFormat.PDF, BOKMAL, List.of(row), 1, Optional.empty())))
        .contains("\u05E9\u05DC\u05D5\u05DD");
  }

  @Test
  void aReportWithoutAnnexesHasNeitherKeyFiguresNorMethods() throws IOException {
    ReportDescription plain = new ReportDescription("o", "Org", Reports.year(2025), List.of(), ReportLocale.EN, false,
        Suppression.NONE);
    assertThat(text(Reports.write(ReportFormat.PDF, plain, Reports.someActivities(10, 1), 1, Optional.empty())))
        .contains("Summary").doesNotContain("Key figures", "Methods and sources");
  }

  @Test
  void charactersThatCannotBeDrawnStayInTheTextAndTheMethodPageSaysSo() throws IOException {
    List<String> titles = List.of("中文", "한국어", "ትግርኛ", "हिन्दी", "☐ valg");
    List<Activity> rows = new ArrayList<>();
    for (String title : titles) {
      rows.add(Reports.withTexts(Reports.anActivity("a-" + rows.size(), LocalDate.of(2025, 3, 1)), title, ""));
    }
    assertThat(text(Reports.write(ReportFormat.PDF, BOKMAL, rows, 2, Optional.empty()))).contains(titles)
        .contains("Noen tegn i rapporten finnes ikke i skriftene");
    assertThat(text(Reports.write(ReportFormat.PDF, BOKMAL,
        List.of(Reports.anActivity("a-1", LocalDate.of(2025, 3, 1))), 1, Optional.empty())))
        .doesNotContain("Noen tegn i rapporten");
  }

  private static String text(byte[] file) throws IOException {
    try (PDDocument document = Loader.loadPDF(file)) {
      return new PDFTextStripper().getText(document);
    }
  }
}
