package no.rapport.aggregatedreportdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.rapport.records.Documents;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecord.Melding;
import no.rapport.sourcedata.CaseRecord.Sak;
import no.rapport.sourcedata.CaseRecord.Stilling;
import no.rapport.sourcedata.CaseRecord.Tiltak;
import no.rapport.sourcedata.CaseRecord.Undersokelse;
import no.rapport.sourcedata.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FigureRulesTest {

  private static final List<String> PERIODS = List.of("2023", "2024", "2023-H1", "2023-H2", "2024-H1", "2024-H2",
      "2023-Q4", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2019", "2030-Q2");
  private static final Instant T = Instant.parse("2025-01-01T00:00:00Z");

  @Test
  void agreesWithAnIndependentComputationOverRandomHistories() {
    var seen = new HashMap<String, Set<Optional<BigDecimal>>>();
    for (long seed = 1; seed <= 30; seed++) {
      var cases = new RandomCases(seed, 5 + (int) seed % 40, List.of("fagsystem-a"));
      for (int step = 0; step < 4; step++) {
        List<CaseRecord> live = cases.happen(20 + (int) seed * 7, RandomCases.ALL_TYPES);
        for (String period : PERIODS) {
          Map<String, Optional<BigDecimal>> computed = byKey(FigureRules.figures(tally(live, period)));
          assertThat(computed).as("seed %d, step %d, period %s", seed, step, period)
              .containsExactlyInAnyOrderEntriesOf(IndependentFigures.of(live, period));
          computed.forEach((key, value) -> seen.computeIfAbsent(key, _ -> new HashSet<>()).add(value));
        }
      }
    }
    // The histories are no alibi: every figure took many values, the empty one among them.
    seen.forEach((key, values) -> assertThat(values).as(key).hasSizeGreaterThan(3));
  }

  @Test
  void explainsEveryFigureAsAnIndependentComputationDoesOverRandomHistories() {
    var seen = new HashMap<String, Set<Object>>();
    for (long seed = 1; seed <= 20; seed++) {
      var cases = new RandomCases(seed, 5 + (int) seed * 2, List.of("fagsystem-a"));
      for (int step = 0; step < 2; step++) {
        List<CaseRecord> live = cases.happen(60 + (int) seed * 10, RandomCases.ALL_TYPES);
        for (String period : PERIODS) {
          var independent = IndependentExplanations.of(live, period);
          for (Figure figure : FigureRules.figures(tally(live, period))) {
            var expected = independent.get(figure.fieldKey());
            Figure.Counts counts = figure.counts().orElseThrow();
            var excluded = counts.excluded().stream().map(e -> Map.entry(e.reason(), e.count())).toList();
            String as = "seed %d, step %d, period %s, %s".formatted(seed, step, period, figure.fieldKey());
            assertThat(counts.recordsConsidered()).as(as).isEqualTo(expected.considered());
            assertThat(excluded).as(as).isEqualTo(List.copyOf(expected.excluded().entrySet()));
            assertThat(counts.numerator()).as(as).isEqualByComparingTo(expected.numerator());
            assertThat(counts.denominator().isPresent()).as(as).isEqualTo(expected.denominator() != null);
            counts.denominator().ifPresent(d -> assertThat(d).as(as).isEqualByComparingTo(expected.denominator()));
            excluded.forEach(e -> seen.computeIfAbsent(figure.fieldKey() + " " + e.getKey(), _ -> new HashSet<>())
                .add(e.getValue()));
          }
        }
      }
    }
    // The histories are no alibi: every reason of every figure took more than one value.
    // But for a child in two foster homes at once, which the next test has.
    seen.keySet().removeIf(reason -> reason.matches("antall_barn_(oppfolgings|tilsyns)krav_ikke_oppfylt same_child"));
    seen.forEach((reason, values) -> assertThat(values).as(reason).hasSizeGreaterThan(1));
  }

  @Test
  void countsAChildInTwoFosterHomesOnce() {
    var visit = new CaseRecord.Besok("v1", "a", T, "b2", CaseRecord.Besokstype.TILSYN, LocalDate.of(2024, 3, 1));
    List<CaseRecord> live = List.of(aFosterHome("t1"), aFosterHome("t2"), visit);
    Figure.Counts counts = FigureRules.figures(tally(live, "2024")).stream()
        .filter(figure -> figure.fieldKey().equals("antall_barn_tilsynskrav_ikke_oppfylt")).findFirst().orElseThrow()
        .counts().orElseThrow();
    assertThat(counts.numerator()).isEqualTo(BigDecimal.ONE);
    assertThat(counts.excluded()).containsExactly(new Figure.Excluded("not_foster_home", 0),
        new Figure.Excluded("not_open_at_period_end", 0), new Figure.Excluded("started_too_late", 0),
        new Figure.Excluded("requirement_met", 0), new Figure.Excluded("same_child", 1));
  }

  private static Tiltak aFosterHome(String id) {
    return new Tiltak(id, "a", T, "b1", "2.1", "BVL2021", "5", "1", LocalDate.of(2022, 2, 1), Optional.empty(),
        OptionalInt.of(4), OptionalInt.of(4));
  }

  @Test
  void accountsForEveryRecordThatAFigureConsiders() {
    List<CaseRecord> live = new RandomCases(3, 40, List.of("fagsystem-a")).happen(900, RandomCases.ALL_TYPES);
    for (Figure figure : FigureRules.figures(tally(live, "2024"))) {
      Figure.Counts counts = figure.counts().orElseThrow();
      long excluded = counts.excluded().stream().mapToLong(Figure.Excluded::count).sum();
      if (!figure.fieldKey().contains("arsverk")) {
        assertThat(BigDecimal.valueOf(counts.recordsConsidered() - excluded)).as(figure.fieldKey())
            .isEqualByComparingTo(counts.denominator().orElse(counts.numerator()));
      }
    }
  }

  @Test
  void refusesCountsOfAnotherRuleSet() {
    Tally older = Documents.read("""
        {"sums": {}, "bemannet": "0", "kvalifisert": "0", "sources": {}}""", Tally.class);
    assertThatThrownBy(() -> Tally.total(List.of(Tally.NOTHING, older))).isInstanceOf(IllegalStateException.class)
        .hasMessage("Counted by rule set 0, not 1");
  }

  @Test
  void keepsTheCountsBehindPercentagesOfChildren() {
    List<CaseRecord> live = new RandomCases(11, 30, List.of("fagsystem-a")).happen(400, RandomCases.ALL_TYPES);
    var withCounts = FigureRules.figures(tally(live, "2024")).stream()
        .filter(figure -> figure.share().isPresent()).toList();
    assertThat(withCounts).extracting(Figure::fieldKey).containsExactly("andel_meldinger_konkludert_innen_frist",
        "andel_barn_hjelpetiltak_med_tiltaksplan", "andel_barn_i_fosterhjem", "andel_ettervernstilbud_akseptert");
    assertThat(withCounts).allSatisfy(figure -> {
      var share = figure.share().orElseThrow();
      assertThat(figure.value().orElseThrow()).isEqualByComparingTo(share.numerator().scaleByPowerOfTen(2)
          .divide(share.denominator(), 1, RoundingMode.HALF_UP));
    });
  }

  @Test
  void isEmptyExactlyWhereTheIndependentComputationIsWhenTypesAreMissing() {
    for (int missing = 0; missing < (1 << 10); missing += 7) {
      var types = new ArrayList<Integer>();
      for (int type = 0; type < 10; type++) {
        if ((missing & 1 << type) == 0) {
          types.add(type);
        }
      }
      if (types.isEmpty()) {
        continue;
      }
      List<CaseRecord> live = new RandomCases(missing, 10, List.of("a")).happen(60, types);
      assertThat(byKey(FigureRules.figures(tally(live, "2024")))).as("types %s", types)
          .containsExactlyInAnyOrderEntriesOf(IndependentFigures.of(live, "2024"));
    }
    assertThat(FigureRules.figures(Tally.NOTHING)).hasSize(34).allMatch(figure -> figure.value().isEmpty());
  }

  @Test
  void addsUpTheSameHoweverTheChildrenAreSplitAndTheRecordsShuffled() {
    var random = new Random(7);
    for (long seed = 100; seed < 130; seed++) {
      List<CaseRecord> live = new RandomCases(seed, 25, List.of("a", "b", "c")).happen(400, RandomCases.ALL_TYPES);
      Tally whole = tally(live, "2024-H1");
      var parts = new ArrayList<List<CaseRecord>>();
      for (int i = 0; i < 6; i++) {
        parts.add(new ArrayList<>());
      }
      Map<String, Integer> partOf = new HashMap<>();
      live.forEach(record -> parts.get(partOf.computeIfAbsent(
          record instanceof CaseRecord.OfChild c ? c.barnId() : record.recordId(), _ -> random.nextInt(6))).add(record));
      var tallies = new ArrayList<>(parts.stream().map(part -> throughJson(tally(part, "2024-H1"))).toList());
      Collections.shuffle(tallies, random);
      Tally total = tallies.stream().reduce(Tally.NOTHING, Tally::plus);

      assertThat(FigureRules.figures(total)).isEqualTo(FigureRules.figures(whole));
      assertThat(FigureRules.figures(Tally.total(tallies))).isEqualTo(FigureRules.figures(whole));
    }
  }

  @Test
  void holdsARuleForEveryFigureOfTheCatalogueInItsOrder() {
    assertThat(FigureRules.figures(Tally.NOTHING)).extracting(Figure::fieldKey)
        .isEqualTo(FigureCatalogue.figures().stream().map(FigureCatalogue.Figure::key).toList());
  }

  @Test
  void clipsAMonthsEndWhenItCountsDeadlines() {
    // 30 November and three months is 29 February of a leap year: the 29th is in time, 1 March is not.
    assertThat(figure("antall_fristbrudd_undersokelser", "2024-Q1",
        anInvestigation("u1", "2023-11-30", "2024-02-29"))).contains(BigDecimal.valueOf(0));
    assertThat(figure("antall_fristbrudd_undersokelser", "2024-Q1",
        anInvestigation("u1", "2023-11-30", "2024-03-01"))).contains(BigDecimal.valueOf(1));
  }

  @Test
  void roundsHalfUpFromTheExactValue() {
    // 1 of 16 is 6.25 %.
    var records = new ArrayList<CaseRecord>();
    for (int i = 0; i < 16; i++) {
      records.add(new Melding("m" + i, "a", T, "b" + i, LocalDate.of(2024, 5, 1),
          Optional.of(LocalDate.of(2024, 5, i == 0 ? 8 : 9)), OptionalInt.of(1)));
    }
    assertThat(figure("andel_meldinger_konkludert_innen_frist", "2024", records.toArray(CaseRecord[]::new)))
        .contains(new BigDecimal("6.3"));
  }

  @Test
  void dividesUnroundedSumsOfPositions() {
    // 0.05 of 0.15 full-time equivalents: a third, though both round to 0.1 and 0.2.
    assertThat(figure("andel_arsverk_med_kompetansekrav", "2024", aPosition("s1", "5", true), aPosition("s2", "10", false)))
        .contains(new BigDecimal("33.3"));
    assertThat(figure("antall_arsverk", "2024", aPosition("s1", "5", true))).contains(new BigDecimal("0.1"));
  }

  @Test
  void isZeroWithoutRecordsInPeriodAndEmptyWithoutRecords() {
    var elsewhere = new Melding("m1", "a", T, "b1", LocalDate.of(2020, 5, 1), Optional.empty(), OptionalInt.empty());
    assertThat(figure("antall_meldinger_mottatt", "2024", elsewhere)).contains(BigDecimal.ZERO);
    assertThat(figure("andel_meldinger_konkludert_innen_frist", "2024", elsewhere)).isEmpty();
    assertThat(figure("antall_undersokelser_pabegynt", "2024", elsewhere)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    // act     | chap. | sect. | ledd | jmfr      | care order | acute
    "BVL2021   | 5     | 1     |      |           | 1          | 0",
    "BVL2021   | 5     | 1     | 1    | 4-4       | 1          | 0",
    "BVL2021   | 5     | 2     |      |           | 0          | 0",
    "BVL2021   | 4     | 1     |      |           | 0          | 1",
    "BVL2021   | 4     | 12    |      |           | 0          | 1",
    "BVL       | 4     | 12    |      |           | 1          | 0",
    "BVL       | 4     | 12    | 1    |           | 1          | 0",
    "BVL       | 4     | 8     |      |           | 0          | 0",
    "BVL       | 4     | 8     | 1    |           | 0          | 0",
    "BVL       | 4     | 8     | 2    |           | 1          | 0",
    "BVL       | 4     | 8     | 1,3  |           | 1          | 0",
    "BVL       | 4     | 8     | 4    |           | 0          | 0",
    "BVL       | 4     | 8     | 1    | 4-4,4-12  | 1          | 0",
    "BVL       | 4     | 8     |      | 4-11,5-12 | 0          | 0",
    "BVL       | 4     | 4     | 2    | 4-12      | 0          | 0",
    "BVL       | 5     | 12    |      |           | 0          | 0",
    "BVL       | 4     | 6     |      |           | 0          | 1",
    "BVL       | 4     | 25    |      |           | 0          | 1",
    "BVL       | 4     | 29    |      |           | 0          | 1",
    "BVL       | 4     | 24    |      |           | 0          | 0",
    "BVL       | 3     | 6     |      |           | 0          | 0",
    "BL1981    | 4     | 12    |      |           | 0          | 0",
    "BL1981    | 5     | 1     |      |           | 0          | 0"
  })
  void knowsCareOrdersAndAcutePlacementsOfBothActs(
      String lov, String kap, String par, String ledd, String jmfr, long care, long acute) {
    var measure = new Tiltak("t1", "a", T, "b1", "1.1", lov, kap, par,
        ledd == null ? List.of() : Stream.of(ledd.split(",")).map(Integer::valueOf).toList(),
        jmfr == null ? List.of() : List.of(jmfr.split(",")),
        LocalDate.of(2024, 2, 1), Optional.empty(), OptionalInt.empty(), OptionalInt.empty());
    assertThat(figure("antall_barn_med_omsorgsovertakelse", "2024", measure)).contains(BigDecimal.valueOf(care));
    assertThat(figure("antall_akuttplasseringer", "2024", measure)).contains(BigDecimal.valueOf(acute));
    assertThat(IndependentFigures.of(List.of(measure), "2024"))
        .isEqualTo(byKey(FigureRules.figures(tally(List.of(measure), "2024"))));
  }

  @Test
  void countsHousingOfTheNewCodesAsAssistanceAndOfTheOldOneAsPlacement() {
    for (String category : List.of("8.2", "8.4", "8.5")) {
      var measure = new Tiltak("t1", "a", T, "b1", category, "BVL2021", "3", "1", LocalDate.of(2024, 2, 1),
          Optional.empty(), OptionalInt.empty(), OptionalInt.empty());
      long placed = category.equals("8.2") ? 1 : 0;
      assertThat(figure("antall_barn_plassert_utenfor_hjemmet", "2024", measure)).contains(BigDecimal.valueOf(placed));
      assertThat(figure("antall_barn_med_hjelpetiltak", "2024", measure)).contains(BigDecimal.valueOf(1 - placed));
    }
  }

  @Test
  void takesTheAgeFromTheNewestCase() {
    var measure = new Tiltak("t1", "a", T, "b1", "4.1", "BVL2021", "3", "1", LocalDate.of(2023, 1, 1), Optional.empty(),
        OptionalInt.empty(), OptionalInt.empty());
    var old = new Sak("s2", "a", T, "b1", LocalDate.of(2012, 1, 1), new Version(5, 7, 0, 3));
    var corrected = new Sak("s1", "a", T, "b1", LocalDate.of(2005, 1, 1), new Version(5, 8, 0, 1));
    assertThat(figure("antall_unge_med_ettervern", "2024", old, corrected, measure)).contains(BigDecimal.ONE);
    assertThat(figure("antall_unge_med_ettervern", "2024", old, measure)).contains(BigDecimal.ZERO);
  }

  @Test
  void namesTheSystemThatDeliveredAllOfAFiguresRecordsElseTheUsualOne() {
    var one = new Melding("m1", "familia", T, "b1", LocalDate.of(2024, 5, 1), Optional.empty(), OptionalInt.empty());
    var other = new Melding("m2", "flyt", T, "b2", LocalDate.of(2024, 5, 1), Optional.empty(), OptionalInt.empty());
    assertThat(source("antall_meldinger_mottatt", one)).isEqualTo("familia");
    assertThat(source("antall_meldinger_mottatt", one, other)).isEqualTo("fagsystem-cis");
    assertThat(source("antall_tilsynsbesok_fosterhjem", one)).isEqualTo("manual");
    assertThat(source("antall_arsverk", aPosition("s1", "5", true))).isEqualTo("a");
  }

  private static Undersokelse anInvestigation(String id, String start, String end) {
    return new Undersokelse(id, "a", T, "b1", LocalDate.parse(start), Optional.of(LocalDate.parse(end)), false,
        OptionalInt.of(3));
  }

  private static Stilling aPosition(String id, String percent, boolean qualified) {
    return new Stilling(id, "a", T, id, new BigDecimal(percent), LocalDate.of(2020, 1, 1), Optional.empty(), true,
        qualified);
  }

  private static Optional<BigDecimal> figure(String key, String period, CaseRecord... records) {
    return byKey(FigureRules.figures(tally(List.of(records), period))).get(key);
  }

  private static String source(String key, CaseRecord... records) {
    return FigureRules.figures(tally(List.of(records), "2024")).stream().filter(f -> f.fieldKey().equals(key))
        .findFirst().orElseThrow().dataSource();
  }

  private static Tally tally(List<CaseRecord> records, String period) {
    var tallying = new Tallying(ReportingPeriod.of(period));
    records.forEach(tallying);
    return tallying.total();
  }

  private static Tally throughJson(Tally tally) {
    return Documents.read(Documents.write(tally), Tally.class);
  }

  private static Map<String, Optional<BigDecimal>> byKey(List<Figure> figures) {
    return figures.stream().collect(Collectors.toMap(Figure::fieldKey, Figure::value));
  }
}
