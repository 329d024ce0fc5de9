package no.rapport.reportfiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.HiddenFigures;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.CellType;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SuppressionTest {

  private static final int MOST = 20;

  /// Reads the workbook as a curious reader would and tries every set of counts that fits what is shown: a hidden small
  /// count must never have one possible value only.
  @ParameterizedTest
  @EnumSource(value = Suppression.class, names = {"LT3", "LE3", "LE5"})
  void noHiddenCountCanBeRecomputedFromTheFile(Suppression rule) throws IOException {
    SplittableRandom random = new SplittableRandom(2025);
    int attacked = 0;
    for (int i = 0; i < 20; i++) {
      Map<Integer, BigDecimal> now = figures(random);
      Map<Integer, BigDecimal> then = figures(random);
      Map<Integer, BigDecimal[]> shown = read(file(now, then, rule, i % 2 == 0));
      for (int column = 0; column < 2; column++) {
        Map<Integer, BigDecimal> visible = new HashMap<>();
        for (Map.Entry<Integer, BigDecimal[]> figure : shown.entrySet()) {
          visible.put(figure.getKey(), figure.getValue()[column]);
        }
        attacked += attack(visible, column == 0 ? now : then, rule);
      }
      for (Map.Entry<Integer, BigDecimal[]> figure : shown.entrySet()) {
        if (figure.getValue()[0] == null || figure.getValue()[1] == null) {
          assertThat(figure.getValue()[2]).as("change of figure %d", figure.getKey()).isNull();
        }
      }
    }
    assertThat(attacked).as("hidden counts").isGreaterThan(40);
  }

  @Test
  void theAttackSucceedsWhereOnlySmallCountsAreHidden() {
    Map<Integer, BigDecimal> now = figures(new SplittableRandom(1));
    now.put(7, number(12));
    now.put(8, number(2));
    now.put(9, number(10));
    now.put(10, number(3));
    now.put(11, percent(9, 12));
    now.put(12, null);
    Map<Integer, BigDecimal> visible = new HashMap<>(now);
    visible.put(8, null);
    assertThat(candidates(visible, 8, new int[] {7, 8, 9}, SuppressionTest::investigationsFit)).containsExactly(2);
  }

  private static int attack(Map<Integer, BigDecimal> visible, Map<Integer, BigDecimal> truth, Suppression rule) {
    int attacked = 0;
    attacked += attackGroup(visible, truth, rule, new int[] {7, 8, 9, 10}, SuppressionTest::investigationsFit);
    attacked += attackGroup(visible, truth, rule, new int[] {14, 16, 18}, SuppressionTest::plansFit);
    attacked += attackGroup(visible, truth, rule, new int[] {19, 22, 24}, SuppressionTest::placementsFit);
    return attacked;
  }

  private static int attackGroup(Map<Integer, BigDecimal> visible, Map<Integer, BigDecimal> truth, Suppression rule,
      int[] group, Predicate<Map<Integer, BigDecimal>> fits) {
    int attacked = 0;
    for (int figure : group) {
      int count = truth.get(figure).intValue();
      boolean small = count > 0 && count <= rule.bound();
      if (small) {
        assertThat(visible.get(figure)).as("figure %d = %d in %s", figure, count, truth).isNull();
        assertThat(candidates(visible, figure, group, fits)).as("figure %d of %s seen as %s", figure, truth, visible)
            .hasSizeGreaterThan(1).contains(count);
        attacked++;
      }
      if (count == 0) {
        assertThat(visible.get(figure)).as("zero is shown").isEqualByComparingTo(BigDecimal.ZERO);
      }
    }
    return attacked;
  }

  private static TreeSet<Integer> candidates(Map<Integer, BigDecimal> visible, int figure, int[] group,
      Predicate<Map<Integer, BigDecimal>> fits) {
    TreeSet<Integer> candidates = new TreeSet<>();
    tryAll(new HashMap<>(visible), group, 0, fits, found -> candidates.add(found.get(figure).intValue()));
    return candidates;
  }

  private static void tryAll(Map<Integer, BigDecimal> guess, int[] group, int at,
      Predicate<Map<Integer, BigDecimal>> fits, Consumer<Map<Integer, BigDecimal>> found) {
    if (at == group.length) {
      if (fits.test(guess)) {
        found.accept(guess);
      }
    } else if (guess.get(group[at]) != null) {
      tryAll(guess, group, at + 1, fits, found);
    } else {
      for (int value = 1; value <= MOST; value++) {
        guess.put(group[at], number(value));
        tryAll(guess, group, at + 1, fits, found);
      }
      guess.put(group[at], null);
    }
  }

  private static boolean investigationsFit(Map<Integer, BigDecimal> figures) {
    int completed = figures.get(7).intValue();
    return figures.get(8).intValue() + figures.get(9).intValue() == completed
        && figures.get(10).intValue() <= completed
        && matches(figures.get(11), completed - figures.get(10).intValue(), completed)
        && isMeanOf(figures.get(12), completed);
  }

  private static boolean plansFit(Map<Integer, BigDecimal> figures) {
    return figures.get(16).intValue() <= figures.get(14).intValue()
        && figures.get(18).intValue() <= figures.get(16).intValue()
        && matches(figures.get(17), figures.get(16).intValue(), figures.get(14).intValue());
  }

  private static boolean placementsFit(Map<Integer, BigDecimal> figures) {
    return figures.get(22).intValue() + figures.get(24).intValue() <= figures.get(19).intValue()
        && matches(figures.get(23), figures.get(22).intValue(), figures.get(19).intValue());
  }

  private static boolean matches(BigDecimal percentage, int numerator, int denominator) {
    return percentage == null || denominator > 0 && percent(numerator, denominator).compareTo(percentage) == 0;
  }

  private static boolean isMeanOf(BigDecimal mean, int count) {
    if (mean == null || count == 0) {
      return true;
    }
    BigDecimal near = mean.multiply(number(count));
    return near.setScale(0, RoundingMode.FLOOR).divide(number(count), 1, RoundingMode.HALF_UP).compareTo(mean) == 0
        || near.setScale(0, RoundingMode.CEILING).divide(number(count), 1, RoundingMode.HALF_UP).compareTo(mean) == 0;
  }

  /// Figures that hang together, often small; by number.
  private static Map<Integer, BigDecimal> figures(SplittableRandom random) {
    Map<Integer, BigDecimal> figures = new HashMap<>();
    for (FigureCatalogue.Figure figure : FigureCatalogue.figures()) {
      figures.put(figure.number(), number(random.nextInt(12)));
    }
    int dismissed = random.nextInt(8);
    int withMeasures = random.nextInt(8);
    int completed = dismissed + withMeasures;
    int late = random.nextInt(completed + 1);
    figures.put(7, number(completed));
    figures.put(8, number(dismissed));
    figures.put(9, number(withMeasures));
    figures.put(10, number(late));
    figures.put(11, completed == 0 ? null : percent(completed - late, completed));
    figures.put(12, completed == 0 ? null
        : number(random.nextInt(90 * completed)).divide(number(completed), 1, RoundingMode.HALF_UP));
    int assisted = random.nextInt(12);
    int planned = random.nextInt(assisted + 1);
    figures.put(14, number(assisted));
    figures.put(16, number(planned));
    figures.put(17, assisted == 0 ? null : percent(planned, assisted));
    figures.put(18, number(random.nextInt(planned + 1)));
    int foster = random.nextInt(8);
    int institution = random.nextInt(5);
    int placed = foster + institution + random.nextInt(3);
    figures.put(19, number(placed));
    figures.put(22, number(foster));
    figures.put(23, placed == 0 ? null : percent(foster, placed));
    figures.put(24, number(institution));
    for (int percentage : new int[] {5, 32, 34}) {
      figures.put(percentage, percent(random.nextInt(7), 7));
    }
    return figures;
  }

  private static byte[] file(Map<Integer, BigDecimal> now, Map<Integer, BigDecimal> then, Suppression rule,
      boolean withShares) {
    List<FigureSnapshot.Figure> figures = new ArrayList<>();
    for (FigureCatalogue.Figure figure : FigureCatalogue.figures()) {
      Optional<FigureSnapshot.Fraction> share = withShares && figure.number() == 32
          ? Optional.of(new FigureSnapshot.Fraction(number(4), number(7))) : Optional.empty();
      figures.add(new FigureSnapshot.Figure(figure.key(), Optional.ofNullable(now.get(figure.number())),
          Optional.ofNullable(then.get(figure.number())), figure.defaultDataSource(), share, share));
    }
    return Reports.write(ReportFormat.XLSX, description(rule), List.of(), 0,
        Optional.of(new FigureSnapshot("snap", "2025", figures)));
  }

  private static ReportDescription description(Suppression rule) {
    return new ReportDescription("o", "Org", Reports.year(2025), List.of(), ReportLocale.NB, true, rule);
  }

  /// Value, prior value and change by the figure's number; null where there is no number.
  private static Map<Integer, BigDecimal[]> read(byte[] file) throws IOException {
    Map<String, Integer> numbers = new HashMap<>();
    FigureCatalogue.figures().forEach(figure -> numbers.put(figure.label(ReportLocale.NB), figure.number()));
    Map<Integer, BigDecimal[]> read = new HashMap<>();
    try (XSSFWorkbook workbook = new XSSFWorkbook(new ByteArrayInputStream(file))) {
      for (Row row : workbook.getSheet("Nøkkeltall")) {
        Integer number = numbers.get(row.getCell(0).getStringCellValue());
        if (number != null) {
          read.put(number, new BigDecimal[] {number(row.getCell(1)), number(row.getCell(2)), number(row.getCell(3))});
        }
      }
    }
    assertThat(read).hasSize(34);
    return read;
  }

  private static BigDecimal number(Cell cell) {
    if (cell.getCellType() == CellType.STRING) {
      assertThat(cell.getStringCellValue()).isEqualTo(":");
    }
    return cell.getCellType() == CellType.NUMERIC ? BigDecimal.valueOf(cell.getNumericCellValue()) : null;
  }

  private static BigDecimal number(int number) {
    return BigDecimal.valueOf(number);
  }

  private static BigDecimal percent(int numerator, int denominator) {
    return number(100 * numerator).divide(number(denominator), 1, RoundingMode.HALF_UP);
  }

  @Test
  void withoutARuleEveryFigureIsShown() throws IOException {
    Map<Integer, BigDecimal> now = figures(new SplittableRandom(3));
    read(file(now, now, Suppression.NONE, false)).forEach((number, shown) -> {
      if (now.get(number) != null) {
        assertThat(shown[0]).isEqualByComparingTo(now.get(number));
      }
    });
  }

  @Test
  void percentagesWithAHiddenNumeratorComplementOrDenominatorAreHidden() {
    assertThat(hidden(Map.of(14, 40, 16, 2), Map.of(17, "5.0"))).contains(16, 17);
    assertThat(hidden(Map.of(14, 40, 16, 38), Map.of(17, "95.0"))).contains(16, 17);
    assertThat(hidden(Map.of(14, 3, 16, 0), Map.of(17, "0.0"))).contains(14, 17).doesNotContain(16);
    assertThat(hidden(Map.of(14, 40, 16, 20), Map.of(17, "50.0"))).isEmpty();
    assertThat(hidden(Map.of(14, 40, 16, 0), Map.of(17, "0.0"))).isEmpty();
  }

  @Test
  void oneMoreCountOfEachSumIsHidden() {
    assertThat(hidden(Map.of(3, 2, 4, 30), Map.of())).containsExactlyInAnyOrder(3, 4);
    assertThat(hidden(Map.of(7, 12, 8, 2, 9, 10), Map.of())).containsExactlyInAnyOrder(8, 9);
    assertThat(hidden(Map.of(19, 20, 22, 17, 24, 2), Map.of(23, "85.0"))).contains(22, 23, 24).doesNotContain(19);
    assertThat(hidden(Map.of(19, 20, 22, 0, 24, 2), Map.of())).containsExactlyInAnyOrder(19, 24);
  }

  /// Were 4 shown, a hidden total of two hidden parts would be 2 or 3, and no part 3.
  @Test
  void aTotalJustAboveTheBoundIsHiddenWithItsParts() {
    assertThat(hidden(Map.of(7, 2, 8, 1, 9, 1), Map.of())).containsExactlyInAnyOrder(7, 8, 9);
    assertThat(hidden(Map.of(7, 4, 8, 3, 9, 1), Map.of(12, "200.0"))).containsExactlyInAnyOrder(7, 8, 9, 12);
    assertThat(hidden(Map.of(19, 4, 22, 1, 24, 1), Map.of(23, "25.0"))).containsExactlyInAnyOrder(19, 22, 23, 24);
    assertThat(hidden(Map.of(7, 5, 8, 2, 9, 3), Map.of())).containsExactlyInAnyOrder(8, 9);
  }

  /// 5 have an evaluated plan, 6 a measure, and one at least has no plan: 5 have a plan.
  @Test
  void aPartThatWouldGiveItsHiddenWholeAwayIsHidden() {
    assertThat(hidden(Map.of(14, 6, 16, 5, 18, 5), Map.of(17, "83.3"))).containsExactlyInAnyOrder(16, 17, 18);
    assertThat(hidden(Map.of(14, 9, 16, 8, 18, 5), Map.of(17, "88.9"))).containsExactlyInAnyOrder(16, 17);
    assertThat(hidden(Map.of(19, 6, 22, 5, 24, 1, 28, 5, 30, 0), Map.of(23, "83.3")))
        .containsExactlyInAnyOrder(22, 23, 24, 28);
    assertThat(hidden(Map.of(19, 6, 22, 5, 24, 1, 28, 0, 30, 5), Map.of(23, "83.3")))
        .containsExactlyInAnyOrder(22, 23, 24, 30);
  }

  /// A late investigation took 90 days or more: of 6 with 172 days in all, one at most was late.
  @Test
  void aMeanThatIncludesAHiddenNumberOfLateInvestigationsIsHidden() {
    assertThat(hidden(Map.of(7, 6, 10, 1), Map.of(12, "28.7"))).containsExactlyInAnyOrder(10, 12);
    assertThat(hidden(Map.of(7, 6, 10, 1), Map.of(12, "200.0"))).containsExactlyInAnyOrder(10, 12);
    assertThat(hidden(Map.of(7, 6, 10, 0), Map.of(12, "28.7"))).isEmpty();
  }

  @Test
  void staffIsNotHidden() {
    assertThat(hidden(Map.of(33, 2), Map.of(34, "50.0"))).isEmpty();
  }

  private static List<Integer> hidden(Map<Integer, Integer> counts, Map<Integer, String> percentages) {
    Map<String, BigDecimal> values = new HashMap<>();
    counts.forEach((number, count) -> values.put(FigureCatalogue.figures().get(number - 1).key(), number(count)));
    percentages.forEach((number, value) ->
        values.put(FigureCatalogue.figures().get(number - 1).key(), new BigDecimal(value)));
    return HiddenFigures.of(values, Map.of(), Suppression.LE3).stream()
        .map(key -> FigureCatalogue.figure(key).orElseThrow().number()).sorted().toList();
  }

  @Test
  void theFileSaysWhichRuleWasUsed() throws IOException {
    for (ReportFormat format : List.of(ReportFormat.XLSX, ReportFormat.JSON)) {
      byte[] file = Reports.write(format, description(Suppression.LE3), List.of(), 0, Optional.empty());
      if (format == ReportFormat.JSON) {
        assertThat(new String(file, StandardCharsets.UTF_8)).contains("\"suppression\":\"le3\"");
      } else {
        try (XSSFWorkbook workbook = new XSSFWorkbook(new ByteArrayInputStream(file))) {
          assertThat(texts(workbook, "Sammendrag")).contains("le3: Antall fra 1 til 3 er vist som «:»");
          assertThat(texts(workbook, "Metode og kilder")).contains("Regelen le3 er brukt");
        }
      }
    }
  }

  private static String texts(XSSFWorkbook workbook, String sheet) {
    StringBuilder texts = new StringBuilder();
    workbook.getSheet(sheet).forEach(row -> row.forEach(cell -> texts.append(cell).append('\n')));
    return texts.toString();
  }
}
