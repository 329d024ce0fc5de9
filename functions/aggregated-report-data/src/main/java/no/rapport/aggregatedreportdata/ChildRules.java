package no.rapport.aggregatedreportdata;

import static no.rapport.aggregatedreportdata.Sum.*;

import java.time.LocalDate;
import java.time.Period;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import no.rapport.sourcedata.CaseRecord.Besokstype;
import no.rapport.sourcedata.CaseRecord.Ettervern;
import no.rapport.sourcedata.CaseRecord.Flytting;
import no.rapport.sourcedata.CaseRecord.Melding;
import no.rapport.sourcedata.CaseRecord.Plan;
import no.rapport.sourcedata.CaseRecord.Sak;
import no.rapport.sourcedata.CaseRecord.Stilling;
import no.rapport.sourcedata.CaseRecord.Tiltak;
import no.rapport.sourcedata.CaseRecord.Undersokelse;

/// What one child, or one position, adds to the figures of a period. To be read beside the table of rules: the numbers
/// in the comments are the figures', P is the period, D its last day.
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

  /// H, an assistance measure: neither Pl nor OO.
  static boolean isHjelpetiltak(Tiltak tiltak) {
    return !isPlassert(tiltak) && !isOmsorgsovertakelse(tiltak);
  }

  void count(Child child) {
    meldinger(child);
    undersokelser(child);
    tiltak(child);
    oppfolgingOgTilsyn(child);
    ettervern(child);
  }

  private void meldinger(Child child) {
    boolean mottatt = false;
    for (Melding melding : child.meldinger()) {
      if (p.contains(melding.mottattDato())) {
        tally.add(MELDINGER_MOTTATT, 1);                                                                        // 1
        mottatt = true;
      }
      if (p.contains(melding.konkludertDato())) {
        int konklusjon = melding.konklusjon().orElse(0);
        tally.addIf(MELDING_HENLAGT.contains(konklusjon), MELDINGER_HENLAGT);                                   // 3
        tally.addIf(konklusjon == MELDING_TIL_UNDERSOKELSE, MELDINGER_TIL_UNDERSOKELSE);                        // 4
        LocalDate frist = melding.mottattDato().plusDays(MELDING_FRIST_DAGER);
        tally.addIf(!melding.konkludertDato().orElseThrow().isAfter(frist), MELDINGER_KONKLUDERT_INNEN_FRIST);  // 5
        tally.add(MELDINGER_KONKLUDERT, 1);                                                                     // 5
      }
    }
    tally.addIf(mottatt, BARN_MED_MELDING);                                                                     // 2
  }

  private void undersokelser(Child child) {
    for (Undersokelse undersokelse : child.undersokelser()) {
      LocalDate start = undersokelse.start();
      tally.addIf(p.contains(start), UNDERSOKELSER_PABEGYNT);                                                   // 6
      if (p.contains(undersokelse.slutt())) {
        LocalDate slutt = undersokelse.slutt().orElseThrow();
        int konklusjon = undersokelse.konklusjon().orElse(0);
        LocalDate frist = start.plusMonths(
            undersokelse.utvidetFrist() ? UNDERSOKELSE_UTVIDET_FRIST_MANEDER : UNDERSOKELSE_FRIST_MANEDER);
        tally.add(UNDERSOKELSER_AVSLUTTET, 1);                                                                  // 7
        tally.addIf(konklusjon >= 3 && konklusjon <= 9, UNDERSOKELSER_HENLAGT);                                 // 8
        tally.addIf(konklusjon == 1 || konklusjon == 2, UNDERSOKELSER_MED_TILTAK);                              // 9
        tally.addIf(slutt.isAfter(frist), UNDERSOKELSER_MED_FRISTBRUDD);                                       // 10
        tally.add(UNDERSOKELSER_DAGER, ChronoUnit.DAYS.between(start, slutt));                                 // 12
      }
    }
  }

  private void tiltak(Child child) {
    boolean hjelpetiltak = false;
    boolean hjelpetiltakVedSlutt = false;
    boolean plassert = false;
    boolean omsorgsovertakelse = false;
    boolean fosterhjem = false;
    boolean institusjon = false;
    LocalDate forste = LocalDate.MAX;
    for (Tiltak tiltak : child.tiltak()) {
      boolean open = p.isOpenAtEnd(tiltak.start(), tiltak.slutt());
      boolean h = isHjelpetiltak(tiltak);
      hjelpetiltak |= h && p.overlaps(tiltak.start(), tiltak.slutt());
      hjelpetiltakVedSlutt |= h && open;
      plassert |= open && isPlassert(tiltak);
      omsorgsovertakelse |= open && isOmsorgsovertakelse(tiltak);
      fosterhjem |= open && isFosterhjem(tiltak);
      institusjon |= open && INST.contains(tiltak.kategori());
      forste = tiltak.start().isBefore(forste) ? tiltak.start() : forste;
      tally.addIf(isAkuttplassering(tiltak) && p.contains(tiltak.start()), AKUTTPLASSERINGER);                 // 21
    }
    tally.addIf(hjelpetiltak, BARN_MED_HJELPETILTAK);                                                          // 13
    tally.addIf(hjelpetiltakVedSlutt, BARN_MED_HJELPETILTAK_VED_PERIODESLUTT);                                 // 14
    tally.addIf(p.contains(forste), NYE_BARN_MED_TILTAK);                                                      // 15
    tally.addIf(hjelpetiltakVedSlutt && hasOpenPlan(child, TILTAKSPLAN), BARN_MED_TILTAKSPLAN);                // 16
    tally.addIf(hjelpetiltakVedSlutt && hasEvaluatedPlan(child), BARN_MED_EVALUERT_PLAN);                      // 18
    tally.addIf(plassert, BARN_PLASSERT);                                                                      // 19
    tally.addIf(omsorgsovertakelse, BARN_MED_OMSORGSOVERTAKELSE);                                              // 20
    tally.addIf(fosterhjem, BARN_I_FOSTERHJEM);                                                                // 22
    tally.addIf(institusjon, BARN_I_INSTITUSJON);                                                              // 24
    tally.addIf(omsorgsovertakelse && hasOpenPlan(child, OMSORGSPLAN), BARN_MED_OMSORGSPLAN);                  // 26
    for (Flytting flytting : child.flyttinger()) {
      tally.addIf(p.contains(flytting.dato()), FLYTTINGER);                                                    // 25
    }
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
    long oppfolging = visits(child, Besokstype.OPPFOLGING);
    long tilsyn = visits(child, Besokstype.TILSYN);
    tally.add(OPPFOLGINGSBESOK, oppfolging);                                                                   // 27
    tally.add(TILSYNSBESOK, tilsyn);                                                                           // 29
    boolean oppfolgingMangler = false;
    boolean tilsynMangler = false;
    for (Tiltak tiltak : child.tiltak()) {
      if (isFosterhjem(tiltak) && p.isOpenAtEnd(tiltak.start(), tiltak.slutt()) && p.begunBefore(tiltak.start(), 12)) {
        oppfolgingMangler |= oppfolging < required(tiltak.hyppighetOppf());
        tilsynMangler |= tilsyn < required(tiltak.hyppighetTilsyn());
      }
    }
    tally.addIf(oppfolgingMangler, BARN_MED_FOR_FA_OPPFOLGINGSBESOK);                                          // 28
    tally.addIf(tilsynMangler, BARN_MED_FOR_FA_TILSYNSBESOK);                                                  // 30
  }

  private long visits(Child child, Besokstype type) {
    return child.besok().stream().filter(besok -> besok.besokType() == type && p.contains(besok.dato())).count();
  }

  /// floor(visits a year × months of P / 12).
  private long required(OptionalInt visitsAYear) {
    return Math.floorDiv((long) visitsAYear.orElse(0) * p.months(), 12L);
  }

  private void ettervern(Child child) {
    tally.addIf(isYoungAdult(child.saker())
        && child.tiltak().stream().anyMatch(t -> p.isOpenAtEnd(t.start(), t.slutt())), UNGE_MED_ETTERVERN);    // 31
    for (Ettervern ettervern : child.ettervern()) {
      if (p.contains(ettervern.konkludert())) {
        tally.addIf(ettervern.konklusjon() == ETTERVERN_TAKKET_JA, ETTERVERN_AKSEPTERT);                       // 32
        tally.add(ETTERVERN_KONKLUDERT, 1);                                                                    // 32
      }
    }
  }

  /// Aged 18 to 24 at D, by the newest of the child's cases.
  private boolean isYoungAdult(List<Sak> saker) {
    return saker.stream().max(Comparator.comparing(Sak::version))
        .map(sak -> Period.between(sak.fodt(), p.last()).getYears())
        .filter(age -> age >= 18 && age <= 24)
        .isPresent();
  }

  void count(Stilling stilling) {
    if (stilling.besatt() && p.isOpenAtEnd(stilling.start(), stilling.slutt())) {
      tally.addStilling(stilling.prosent(), stilling.oppfyller156());                                      // 33, 34
    }
  }
}
