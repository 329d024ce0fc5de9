package no.rapport.aggregatedreportdata;

import static no.rapport.aggregatedreportdata.Exclusion.*;
import static no.rapport.aggregatedreportdata.Sum.*;

import java.time.LocalDate;
import java.time.Period;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import no.rapport.sourcedata.CaseRecord.Besok;
import no.rapport.sourcedata.CaseRecord.Besokstype;
import no.rapport.sourcedata.CaseRecord.Ettervern;
import no.rapport.sourcedata.CaseRecord.Flytting;
import no.rapport.sourcedata.CaseRecord.Melding;
import no.rapport.sourcedata.CaseRecord.Plan;
import no.rapport.sourcedata.CaseRecord.Sak;
import no.rapport.sourcedata.CaseRecord.Stilling;
import no.rapport.sourcedata.CaseRecord.Tiltak;
import no.rapport.sourcedata.CaseRecord.Undersokelse;

/// What one child, or one position, adds to the figures of a period, and why a record does not count. To be read beside
/// the texts of [no.rapport.reporting.FigureRuleTexts]: the numbers in the comments are the figures', P is the period,
/// D its last day. A change needs a new version of [no.rapport.reporting.RuleSet].
final class ChildRules {

  /// Placed outside the home, by the national register's own list: 8.4 and 8.5, which replaced 8.2 in 2026, are not on
  /// it.
  private static final Set<String> PL =
      Set.of("1.1", "1.2", "1.99", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.99", "8.2");
  /// Foster home.
  private static final Set<String> FH = Set.of("2.1", "2.2", "2.3", "2.4", "2.99");
  /// Institution.
  private static final Set<String> INST = Set.of("1.1", "1.2", "1.99");
  private static final String BVL2021 = "BVL2021";
  /// The act of 1992.
  private static final String BVL = "BVL";
  private static final String BVL_4_12 = "4-12";
  /// Sections of chapter 4 of the act of 1992 that allow an acute placement.
  private static final Set<String> BVL_AKUTT = Set.of("6", "25", "29");

  private static final Set<Integer> MELDING_HENLAGT = Set.of(1, 3, 5, 6, 9, 10);
  private static final int MELDING_TIL_UNDERSOKELSE = 2;
  private static final int MELDING_FRIST_DAGER = 7;
  private static final int UNDERSOKELSE_FRIST_MANEDER = 3;
  private static final int UNDERSOKELSE_UTVIDET_FRIST_MANEDER = 6;
  private static final int TILTAKSPLAN = 1;
  private static final int OMSORGSPLAN = 4;
  private static final int ETTERVERN_TAKKET_JA = 1;

  private final ReportingPeriod p;
  private final Tally.Addition tally;
  /// The sums that have counted, or left out, the present child itself.
  private final Set<Sum> counted = EnumSet.noneOf(Sum.class);

  ChildRules(ReportingPeriod period, Tally.Addition tally) {
    this.p = period;
    this.tally = tally;
  }

  static boolean isPlassert(Tiltak tiltak) {
    return PL.contains(tiltak.kategori());
  }

  static boolean isFosterhjem(Tiltak tiltak) {
    return FH.contains(tiltak.kategori());
  }

  /// OO, a care order, as the national register defines it.
  static boolean isOmsorgsovertakelse(Tiltak tiltak) {
    return switch (tiltak.lov()) {
      case BVL2021 -> tiltak.kap().equals("5") && tiltak.par().equals("1");
      case BVL -> tiltak.kap().equals("4") && switch (tiltak.par()) {
        case "12" -> true;
        case "8" -> tiltak.ledd().contains(2) || tiltak.ledd().contains(3) || tiltak.jmfr().contains(BVL_4_12);
        default -> false;
      };
      default -> false;
    };
  }

  /// An acute placement.
  static boolean isAkuttplassering(Tiltak tiltak) {
    return isPlassert(tiltak) && tiltak.kap().equals("4")
        && (tiltak.lov().equals(BVL2021) || tiltak.lov().equals(BVL) && BVL_AKUTT.contains(tiltak.par()));
  }

  void count(Child child) {
    counted.clear();
    meldinger(child);
    undersokelser(child);
    hjelpetiltak(child);
    omsorg(child);
    oppfolgingOgTilsyn(child);
    ettervern(child);
  }

  private void meldinger(Child child) {
    for (Melding melding : child.meldinger()) {
      Exclusion utenfor = when(!p.contains(melding.mottattDato()), RECEIVED_OUTSIDE_PERIOD);
      tally.count(MELDINGER_MOTTATT, utenfor);                                                                  // 1
      countChild(BARN_MED_MELDING, utenfor, NONE);                                                              // 2
      Exclusion ukonkludert = when(melding.konkludertDato().isEmpty(), NOT_CONCLUDED)
          .or(!p.contains(melding.konkludertDato()), CONCLUDED_OUTSIDE_PERIOD);
      int konklusjon = melding.konklusjon().orElse(0);
      tally.count(MELDINGER_HENLAGT,
          ukonkludert.or(!MELDING_HENLAGT.contains(konklusjon), OTHER_CONCLUSION));                             // 3
      tally.count(MELDINGER_TIL_UNDERSOKELSE,
          ukonkludert.or(konklusjon != MELDING_TIL_UNDERSOKELSE, OTHER_CONCLUSION));                            // 4
      tally.count(MELDINGER_KONKLUDERT, ukonkludert);                                                           // 5
      if (ukonkludert == NONE) {
        LocalDate frist = melding.mottattDato().plusDays(MELDING_FRIST_DAGER);
        tally.addIf(!melding.konkludertDato().orElseThrow().isAfter(frist), MELDINGER_KONKLUDERT_INNEN_FRIST);  // 5
      }
    }
  }

  private void undersokelser(Child child) {
    for (Undersokelse undersokelse : child.undersokelser()) {
      LocalDate start = undersokelse.start();
      tally.count(UNDERSOKELSER_PABEGYNT, when(!p.contains(start), STARTED_OUTSIDE_PERIOD));                    // 6
      Exclusion uavsluttet = when(undersokelse.slutt().isEmpty(), NOT_ENDED)
          .or(!p.contains(undersokelse.slutt()), ENDED_OUTSIDE_PERIOD);
      LocalDate slutt = undersokelse.slutt().orElse(start);
      int konklusjon = undersokelse.konklusjon().orElse(0);
      LocalDate frist = start.plusMonths(
          undersokelse.utvidetFrist() ? UNDERSOKELSE_UTVIDET_FRIST_MANEDER : UNDERSOKELSE_FRIST_MANEDER);
      tally.count(UNDERSOKELSER_AVSLUTTET, uavsluttet);                                                         // 7
      tally.count(UNDERSOKELSER_HENLAGT, uavsluttet.or(konklusjon < 3 || konklusjon > 9, OTHER_CONCLUSION));    // 8
      tally.count(UNDERSOKELSER_MED_TILTAK, uavsluttet.or(konklusjon != 1 && konklusjon != 2, OTHER_CONCLUSION)); // 9
      tally.count(UNDERSOKELSER_MED_FRISTBRUDD, uavsluttet.or(!slutt.isAfter(frist), WITHIN_LIMIT));           // 10
      if (uavsluttet == NONE) {
        tally.add(UNDERSOKELSER_DAGER, ChronoUnit.DAYS.between(start, slutt));                                 // 12
      }
    }
  }

  private void hjelpetiltak(Child child) {
    Exclusion utenPlan = when(!hasOpenPlan(child, TILTAKSPLAN), NO_OPEN_PLAN);
    Exclusion utenEvaluering = when(!hasEvaluatedPlan(child), NO_EVALUATED_PLAN);
    Tiltak forste = null;
    for (Tiltak tiltak : child.tiltak()) {
      Exclusion annet = when(isPlassert(tiltak), PLACEMENT).or(isOmsorgsovertakelse(tiltak), CARE_ORDER);
      countChild(BARN_MED_HJELPETILTAK,
          annet.or(!p.overlaps(tiltak.start(), tiltak.slutt()), OUTSIDE_PERIOD), NONE);                        // 13
      Exclusion lukket = annet.or(!isOpen(tiltak), NOT_OPEN_AT_PERIOD_END);
      countChild(BARN_MED_HJELPETILTAK_VED_PERIODESLUTT, lukket, NONE);                                        // 14
      countChild(BARN_MED_TILTAKSPLAN, lukket, utenPlan);                                                      // 16
      countChild(BARN_MED_EVALUERT_PLAN, lukket, utenEvaluering);                                              // 18
      forste = forste == null || tiltak.start().isBefore(forste.start()) ? tiltak : forste;
    }
    for (Tiltak tiltak : child.tiltak()) {
      tally.count(NYE_BARN_MED_TILTAK, when(tiltak != forste, NOT_FIRST_OF_CHILD)
          .or(!p.contains(tiltak.start()), STARTED_OUTSIDE_PERIOD));                                           // 15
    }
  }

  private void omsorg(Child child) {
    Exclusion utenPlan = when(!hasOpenPlan(child, OMSORGSPLAN), NO_OPEN_PLAN);
    for (Tiltak tiltak : child.tiltak()) {
      boolean lukket = !isOpen(tiltak);
      Exclusion ikkePlassert = when(!isPlassert(tiltak), NOT_PLACEMENT);
      Exclusion ikkeOvertatt =
          when(!isOmsorgsovertakelse(tiltak), NOT_CARE_ORDER).or(lukket, NOT_OPEN_AT_PERIOD_END);
      countChild(BARN_PLASSERT, ikkePlassert.or(lukket, NOT_OPEN_AT_PERIOD_END), NONE);                        // 19
      countChild(BARN_MED_OMSORGSOVERTAKELSE, ikkeOvertatt, NONE);                                             // 20
      tally.count(AKUTTPLASSERINGER, ikkePlassert.or(!isAkuttplassering(tiltak), NOT_ACUTE)
          .or(!p.contains(tiltak.start()), STARTED_OUTSIDE_PERIOD));                                           // 21
      countChild(BARN_I_FOSTERHJEM,
          when(!isFosterhjem(tiltak), NOT_FOSTER_HOME).or(lukket, NOT_OPEN_AT_PERIOD_END), NONE);              // 22
      countChild(BARN_I_INSTITUSJON, when(!INST.contains(tiltak.kategori()), NOT_INSTITUTION)
          .or(lukket, NOT_OPEN_AT_PERIOD_END), NONE);                                                          // 24
      countChild(BARN_MED_OMSORGSPLAN, ikkeOvertatt, utenPlan);                                                // 26
    }
    for (Flytting flytting : child.flyttinger()) {
      tally.count(FLYTTINGER, when(!p.contains(flytting.dato()), OUTSIDE_PERIOD));                             // 25
    }
  }

  /// Counts the child of a record that is not left out: with its first such record, unless the child itself is left
  /// out.
  private void countChild(Sum sum, Exclusion ofRecord, Exclusion ofChild) {
    tally.count(sum, ofRecord != NONE ? ofRecord : counted.add(sum) ? ofChild : SAME_CHILD);
  }

  private boolean isOpen(Tiltak tiltak) {
    return p.isOpenAtEnd(tiltak.start(), tiltak.slutt());
  }

  private boolean hasOpenPlan(Child child, int type) {
    return child.planer().stream().anyMatch(plan -> isOpen(plan, type));
  }

  /// A tiltaksplan open at D that began 3 months or more before D and was evaluated in P.
  private boolean hasEvaluatedPlan(Child child) {
    return child.planer().stream().anyMatch(plan -> isOpen(plan, TILTAKSPLAN) && p.begunBefore(plan.start(), 3)
        && plan.evalueringer().stream().anyMatch(p::contains));
  }

  private boolean isOpen(Plan plan, int type) {
    return plan.planType() == type && p.isOpenAtEnd(plan.start(), plan.slutt());
  }

  private void oppfolgingOgTilsyn(Child child) {
    for (Besok besok : child.besok()) {
      tally.count(switch (besok.besokType()) {
        case OPPFOLGING -> OPPFOLGINGSBESOK;                                                                   // 27
        case TILSYN -> TILSYNSBESOK;                                                                           // 29
      }, when(!p.contains(besok.dato()), OUTSIDE_PERIOD));
    }
    long oppfolging = visits(child, Besokstype.OPPFOLGING);
    long tilsyn = visits(child, Besokstype.TILSYN);
    for (Tiltak tiltak : child.tiltak()) {
      Exclusion utenKrav = when(!isFosterhjem(tiltak), NOT_FOSTER_HOME).or(!isOpen(tiltak), NOT_OPEN_AT_PERIOD_END)
          .or(!p.begunBefore(tiltak.start(), 12), STARTED_TOO_LATE);
      countChild(BARN_MED_FOR_FA_OPPFOLGINGSBESOK,
          utenKrav.or(oppfolging >= required(tiltak.hyppighetOppf()), REQUIREMENT_MET), NONE);                 // 28
      countChild(BARN_MED_FOR_FA_TILSYNSBESOK,
          utenKrav.or(tilsyn >= required(tiltak.hyppighetTilsyn()), REQUIREMENT_MET), NONE);                   // 30
    }
  }

  private long visits(Child child, Besokstype type) {
    return child.besok().stream().filter(besok -> besok.besokType() == type && p.contains(besok.dato())).count();
  }

  /// floor(visits a year × months of P / 12).
  private long required(OptionalInt visitsAYear) {
    return Math.floorDiv((long) visitsAYear.orElse(0) * p.months(), 12L);
  }

  private void ettervern(Child child) {
    Exclusion alder = age(child.saker());
    for (Tiltak tiltak : child.tiltak()) {
      countChild(UNGE_MED_ETTERVERN, when(!isOpen(tiltak), NOT_OPEN_AT_PERIOD_END), alder);                    // 31
    }
    for (Ettervern ettervern : child.ettervern()) {
      Exclusion utenfor = when(!p.contains(ettervern.konkludert()), CONCLUDED_OUTSIDE_PERIOD);
      tally.count(ETTERVERN_KONKLUDERT, utenfor);                                                              // 32
      tally.addIf(utenfor == NONE && ettervern.konklusjon() == ETTERVERN_TAKKET_JA, ETTERVERN_AKSEPTERT);      // 32
    }
  }

  /// Returns why a young person does not count by age at D, which the newest of the cases tells.
  private Exclusion age(List<Sak> saker) {
    return saker.stream().max(Comparator.comparing(Sak::version)).map(sak -> {
      int age = Period.between(sak.fodt(), p.last()).getYears();
      return when(age < 18 || age > 24, OTHER_AGE);
    }).orElse(AGE_UNKNOWN);
  }

  void count(Stilling stilling) {
    Exclusion ubesatt = when(!p.isOpenAtEnd(stilling.start(), stilling.slutt()), NOT_OPEN_AT_PERIOD_END)
        .or(!stilling.besatt(), VACANT);
    tally.count(STILLINGER_BESATT, ubesatt);
    if (ubesatt == NONE) {
      tally.addStilling(stilling.prosent(), stilling.oppfyller156());                                      // 33, 34
    }
  }
}
