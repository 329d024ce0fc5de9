package no.rapport.aggregatedreportdata;

import static no.rapport.aggregatedreportdata.RecordType.*;
import static no.rapport.aggregatedreportdata.Sum.*;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.RuleSet;

/// What the 34 figures are, once everything is counted: which sums they are made of, and which types of record they
/// count. A figure whose type has no live record, of any date, is empty; so is one with a zero denominator. Shares,
/// means and full-time equivalents have one decimal, half up from the exact value.
///
/// A change needs a new version of [RuleSet].
final class FigureRules {

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  /// @param counts a figure is empty unless there are live records of all these types
  /// @param counted the sum that says which records the figure considers and leaves out
  /// @param denominator empty for a plain count
  /// @param factor what the quotient is multiplied by
  /// @param isShare whether it is a percentage of which a report must know the counts to hide small ones
  private record Rule(String key, Set<RecordType> counts, Sum counted, Function<Tally, BigDecimal> numerator,
      Optional<Function<Tally, BigDecimal>> denominator, BigDecimal factor, boolean isShare) {

    Figure of(Tally total, FigureCatalogue.Figure figure) {
      BigDecimal n = numerator.apply(total);
      Optional<BigDecimal> d = denominator.map(of -> of.apply(total));
      List<String> missing = counts.stream().filter(type -> !total.has(type)).sorted().map(RecordType::word).toList();
      Optional<BigDecimal> value = missing.isEmpty() ? d.map(of -> quotient(n.multiply(factor), of))
          .orElse(Optional.of(n)) : Optional.empty();
      return new Figure(key, value, total.onlySource(counts).orElse(figure.defaultDataSource()),
          isShare && value.isPresent() ? Optional.of(new FigureSnapshot.Fraction(n, d.orElseThrow()))
              : Optional.empty(),
          Optional.of(new Figure.Counts(n, d, total.records(counted.considered().orElseThrow()),
              counted.exclusions().stream()
                  .map(reason -> new Figure.Excluded(reason.word(), total.excluded(counted, reason))).toList(),
              missing)));
    }
  }

  private static final Map<String, Rule> RULES = Stream.of(
      rule("antall_meldinger_mottatt", MELDINGER_MOTTATT, MELDING),
      rule("antall_barn_med_melding", BARN_MED_MELDING, MELDING),
      rule("antall_meldinger_henlagt", MELDINGER_HENLAGT, MELDING),
      rule("antall_meldinger_til_undersokelse", MELDINGER_TIL_UNDERSOKELSE, MELDING),
      share("andel_meldinger_konkludert_innen_frist",
          MELDINGER_KONKLUDERT_INNEN_FRIST, MELDINGER_KONKLUDERT, MELDING),

      rule("antall_undersokelser_pabegynt", UNDERSOKELSER_PABEGYNT, UNDERSOKELSE),
      rule("antall_undersokelser_avsluttet", UNDERSOKELSER_AVSLUTTET, UNDERSOKELSE),
      rule("antall_undersokelser_henlagt", UNDERSOKELSER_HENLAGT, UNDERSOKELSE),
      rule("antall_undersokelser_med_tiltak", UNDERSOKELSER_MED_TILTAK, UNDERSOKELSE),
      rule("antall_fristbrudd_undersokelser", UNDERSOKELSER_MED_FRISTBRUDD, UNDERSOKELSE),
      new Rule("andel_undersokelser_innen_frist", Set.of(UNDERSOKELSE), UNDERSOKELSER_AVSLUTTET,
          tally -> BigDecimal.valueOf(
              tally.count(UNDERSOKELSER_AVSLUTTET) - tally.count(UNDERSOKELSER_MED_FRISTBRUDD)),
          Optional.of(sum(UNDERSOKELSER_AVSLUTTET)), HUNDRED, false),
      new Rule("gjennomsnittlig_behandlingstid_undersokelser", Set.of(UNDERSOKELSE), UNDERSOKELSER_AVSLUTTET,
          sum(UNDERSOKELSER_DAGER), Optional.of(sum(UNDERSOKELSER_AVSLUTTET)), BigDecimal.ONE, false),

      rule("antall_barn_med_hjelpetiltak", BARN_MED_HJELPETILTAK, TILTAK),
      rule("antall_barn_med_hjelpetiltak_ved_periodeslutt", BARN_MED_HJELPETILTAK_VED_PERIODESLUTT, TILTAK),
      rule("antall_nye_barn_med_tiltak", NYE_BARN_MED_TILTAK, TILTAK),
      rule("antall_barn_hjelpetiltak_med_tiltaksplan", BARN_MED_TILTAKSPLAN, TILTAK),
      share("andel_barn_hjelpetiltak_med_tiltaksplan",
          BARN_MED_TILTAKSPLAN, BARN_MED_HJELPETILTAK_VED_PERIODESLUTT, TILTAK),
      rule("antall_barn_hjelpetiltak_med_evaluert_plan", BARN_MED_EVALUERT_PLAN, TILTAK),

      rule("antall_barn_plassert_utenfor_hjemmet", BARN_PLASSERT, TILTAK),
      rule("antall_barn_med_omsorgsovertakelse", BARN_MED_OMSORGSOVERTAKELSE, TILTAK),
      rule("antall_akuttplasseringer", AKUTTPLASSERINGER, TILTAK),
      rule("antall_barn_i_fosterhjem", BARN_I_FOSTERHJEM, TILTAK),
      share("andel_barn_i_fosterhjem", BARN_I_FOSTERHJEM, BARN_PLASSERT, TILTAK),
      rule("antall_barn_i_institusjon", BARN_I_INSTITUSJON, TILTAK),
      rule("antall_flyttinger", FLYTTINGER, FLYTTING),
      rule("antall_barn_med_omsorgsplan", BARN_MED_OMSORGSPLAN, TILTAK),

      rule("antall_oppfolgingsbesok_fosterhjem", OPPFOLGINGSBESOK, OPPFOLGING),
      rule("antall_barn_oppfolgingskrav_ikke_oppfylt", BARN_MED_FOR_FA_OPPFOLGINGSBESOK, OPPFOLGING, TILTAK),
      rule("antall_tilsynsbesok_fosterhjem", TILSYNSBESOK, TILSYN),
      rule("antall_barn_tilsynskrav_ikke_oppfylt", BARN_MED_FOR_FA_TILSYNSBESOK, TILSYN, TILTAK),

      rule("antall_unge_med_ettervern", UNGE_MED_ETTERVERN, SAK, TILTAK),
      share("andel_ettervernstilbud_akseptert", ETTERVERN_AKSEPTERT, ETTERVERN_KONKLUDERT, ETTERVERN),

      new Rule("antall_arsverk", Set.of(STILLING), STILLINGER_BESATT, Tally::bemannet, Optional.of(_ -> HUNDRED),
          BigDecimal.ONE, false),
      new Rule("andel_arsverk_med_kompetansekrav", Set.of(STILLING), STILLINGER_BESATT, Tally::kvalifisert,
          Optional.of(Tally::bemannet), HUNDRED, false))
      .collect(Collectors.toUnmodifiableMap(Rule::key, Function.identity()));

  private FigureRules() {}

  /// All figures, in the order of the catalogue.
  static List<Figure> figures(Tally total) {
    return FigureCatalogue.figures().stream().map(figure -> RULES.get(figure.key()).of(total, figure)).toList();
  }

  private static Rule rule(String key, Sum sum, RecordType... counts) {
    return new Rule(key, Set.of(counts), sum, sum(sum), Optional.empty(), BigDecimal.ONE, false);
  }

  private static Rule share(String key, Sum numerator, Sum denominator, RecordType... counts) {
    return new Rule(key, Set.of(counts), denominator, sum(numerator), Optional.of(sum(denominator)), HUNDRED, true);
  }

  private static Function<Tally, BigDecimal> sum(Sum sum) {
    return tally -> BigDecimal.valueOf(tally.count(sum));
  }

  private static Optional<BigDecimal> quotient(BigDecimal numerator, BigDecimal denominator) {
    return denominator.signum() == 0 ? Optional.empty()
        : Optional.of(numerator.divide(denominator, 1, RoundingMode.HALF_UP));
  }
}
