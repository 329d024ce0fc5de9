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

/// What the 34 figures are, once everything is counted: which sums they are made of, and which types of record they
/// count. A figure whose type has no live record, of any date, is empty; so is one with a zero denominator. Shares,
/// means and full-time equivalents have one decimal, half up from the exact value.
final class FigureRules {

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  /// @param counts a figure is empty unless there are live records of all these types
  /// @param share numerator and denominator of a percentage that is no more than those
  private record Rule(String key, Set<RecordType> counts, Function<Tally, Optional<BigDecimal>> value,
      Optional<Share> share) {}

  private record Share(Sum numerator, Sum denominator) {

    FigureSnapshot.Fraction of(Tally tally) {
      return new FigureSnapshot.Fraction(BigDecimal.valueOf(tally.count(numerator)),
          BigDecimal.valueOf(tally.count(denominator)));
    }
  }

  private static final Map<String, Rule> RULES = Stream.of(
      rule("antall_meldinger_mottatt", count(MELDINGER_MOTTATT), MELDING),
      rule("antall_barn_med_melding", count(BARN_MED_MELDING), MELDING),
      rule("antall_meldinger_henlagt", count(MELDINGER_HENLAGT), MELDING),
      rule("antall_meldinger_til_undersokelse", count(MELDINGER_TIL_UNDERSOKELSE), MELDING),
      share("andel_meldinger_konkludert_innen_frist",
          MELDINGER_KONKLUDERT_INNEN_FRIST, MELDINGER_KONKLUDERT, MELDING),

      rule("antall_undersokelser_pabegynt", count(UNDERSOKELSER_PABEGYNT), UNDERSOKELSE),
      rule("antall_undersokelser_avsluttet", count(UNDERSOKELSER_AVSLUTTET), UNDERSOKELSE),
      rule("antall_undersokelser_henlagt", count(UNDERSOKELSER_HENLAGT), UNDERSOKELSE),
      rule("antall_undersokelser_med_tiltak", count(UNDERSOKELSER_MED_TILTAK), UNDERSOKELSE),
      rule("antall_fristbrudd_undersokelser", count(UNDERSOKELSER_MED_FRISTBRUDD), UNDERSOKELSE),
      rule("andel_undersokelser_innen_frist", tally -> percent(
          tally.count(UNDERSOKELSER_AVSLUTTET) - tally.count(UNDERSOKELSER_MED_FRISTBRUDD),
          tally.count(UNDERSOKELSER_AVSLUTTET)), UNDERSOKELSE),
      rule("gjennomsnittlig_behandlingstid_undersokelser", tally -> quotient(
          BigDecimal.valueOf(tally.count(UNDERSOKELSER_DAGER)),
          BigDecimal.valueOf(tally.count(UNDERSOKELSER_AVSLUTTET))), UNDERSOKELSE),

      rule("antall_barn_med_hjelpetiltak", count(BARN_MED_HJELPETILTAK), TILTAK),
      rule("antall_barn_med_hjelpetiltak_ved_periodeslutt", count(BARN_MED_HJELPETILTAK_VED_PERIODESLUTT), TILTAK),
      rule("antall_nye_barn_med_tiltak", count(NYE_BARN_MED_TILTAK), TILTAK),
      rule("antall_barn_hjelpetiltak_med_tiltaksplan", count(BARN_MED_TILTAKSPLAN), TILTAK),
      share("andel_barn_hjelpetiltak_med_tiltaksplan",
          BARN_MED_TILTAKSPLAN, BARN_MED_HJELPETILTAK_VED_PERIODESLUTT, TILTAK),
      rule("antall_barn_hjelpetiltak_med_evaluert_plan", count(BARN_MED_EVALUERT_PLAN), TILTAK),

      rule("antall_barn_plassert_utenfor_hjemmet", count(BARN_PLASSERT), TILTAK),
      rule("antall_barn_med_omsorgsovertakelse", count(BARN_MED_OMSORGSOVERTAKELSE), TILTAK),
      rule("antall_akuttplasseringer", count(AKUTTPLASSERINGER), TILTAK),
      rule("antall_barn_i_fosterhjem", count(BARN_I_FOSTERHJEM), TILTAK),
      share("andel_barn_i_fosterhjem", BARN_I_FOSTERHJEM, BARN_PLASSERT, TILTAK),
      rule("antall_barn_i_institusjon", count(BARN_I_INSTITUSJON), TILTAK),
      rule("antall_flyttinger", count(FLYTTINGER), FLYTTING),
      rule("antall_barn_med_omsorgsplan", count(BARN_MED_OMSORGSPLAN), TILTAK),

      rule("antall_oppfolgingsbesok_fosterhjem", count(OPPFOLGINGSBESOK), OPPFOLGING),
      rule("antall_barn_oppfolgingskrav_ikke_oppfylt", count(BARN_MED_FOR_FA_OPPFOLGINGSBESOK), OPPFOLGING, TILTAK),
      rule("antall_tilsynsbesok_fosterhjem", count(TILSYNSBESOK), TILSYN),
      rule("antall_barn_tilsynskrav_ikke_oppfylt", count(BARN_MED_FOR_FA_TILSYNSBESOK), TILSYN, TILTAK),

      rule("antall_unge_med_ettervern", count(UNGE_MED_ETTERVERN), SAK, TILTAK),
      share("andel_ettervernstilbud_akseptert", ETTERVERN_AKSEPTERT, ETTERVERN_KONKLUDERT, ETTERVERN),

      rule("antall_arsverk", tally -> quotient(tally.bemannet(), HUNDRED), STILLING),
      rule("andel_arsverk_med_kompetansekrav",
          tally -> quotient(tally.kvalifisert().multiply(HUNDRED), tally.bemannet()), STILLING))
      .collect(Collectors.toUnmodifiableMap(Rule::key, Function.identity()));

  private FigureRules() {}

  /// All figures, in the order of the catalogue.
  static List<Figure> figures(Tally total) {
    return FigureCatalogue.figures().stream().map(figure -> {
      Rule rule = RULES.get(figure.key());
      Optional<BigDecimal> value = rule.counts().stream().allMatch(total::has) ? rule.value().apply(total)
          : Optional.empty();
      return new Figure(figure.key(), value, total.onlySource(rule.counts()).orElse(figure.defaultDataSource()),
          rule.share().filter(_ -> value.isPresent()).map(share -> share.of(total)));
    }).toList();
  }

  private static Rule rule(String key, Function<Tally, Optional<BigDecimal>> value, RecordType... counts) {
    return new Rule(key, Set.of(counts), value, Optional.empty());
  }

  private static Function<Tally, Optional<BigDecimal>> count(Sum sum) {
    return tally -> Optional.of(BigDecimal.valueOf(tally.count(sum)));
  }

  private static Rule share(String key, Sum numerator, Sum denominator, RecordType... counts) {
    return new Rule(key, Set.of(counts), tally -> percent(tally.count(numerator), tally.count(denominator)),
        Optional.of(new Share(numerator, denominator)));
  }

  private static Optional<BigDecimal> percent(long numerator, long denominator) {
    return quotient(BigDecimal.valueOf(numerator).multiply(HUNDRED), BigDecimal.valueOf(denominator));
  }

  private static Optional<BigDecimal> quotient(BigDecimal numerator, BigDecimal denominator) {
    return denominator.signum() == 0 ? Optional.empty()
        : Optional.of(numerator.divide(denominator, 1, RoundingMode.HALF_UP));
  }
}
