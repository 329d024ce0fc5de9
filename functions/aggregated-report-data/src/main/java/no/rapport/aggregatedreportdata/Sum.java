package no.rapport.aggregatedreportdata;

import static no.rapport.aggregatedreportdata.Exclusion.*;

import java.util.List;
import java.util.Optional;

/// What is counted child by child and added up. The numbers are those of the figures that are made of it.
///
/// A sum either considers all records of one type and leaves some out for a reason, or it adds up something else about
/// records that another sum counts.
enum Sum {
  /// 1
  MELDINGER_MOTTATT(RecordType.MELDING, RECEIVED_OUTSIDE_PERIOD),
  /// 2
  BARN_MED_MELDING(RecordType.MELDING, RECEIVED_OUTSIDE_PERIOD, SAME_CHILD),
  /// 3
  MELDINGER_HENLAGT(RecordType.MELDING, NOT_CONCLUDED, CONCLUDED_OUTSIDE_PERIOD, OTHER_CONCLUSION),
  /// 4
  MELDINGER_TIL_UNDERSOKELSE(RecordType.MELDING, NOT_CONCLUDED, CONCLUDED_OUTSIDE_PERIOD, OTHER_CONCLUSION),
  /// 5, numerator
  MELDINGER_KONKLUDERT_INNEN_FRIST,
  /// 5, denominator
  MELDINGER_KONKLUDERT(RecordType.MELDING, NOT_CONCLUDED, CONCLUDED_OUTSIDE_PERIOD),
  /// 6
  UNDERSOKELSER_PABEGYNT(RecordType.UNDERSOKELSE, STARTED_OUTSIDE_PERIOD),
  /// 7; denominator of 11 and 12
  UNDERSOKELSER_AVSLUTTET(RecordType.UNDERSOKELSE, NOT_ENDED, ENDED_OUTSIDE_PERIOD),
  /// 8
  UNDERSOKELSER_HENLAGT(RecordType.UNDERSOKELSE, NOT_ENDED, ENDED_OUTSIDE_PERIOD, OTHER_CONCLUSION),
  /// 9
  UNDERSOKELSER_MED_TILTAK(RecordType.UNDERSOKELSE, NOT_ENDED, ENDED_OUTSIDE_PERIOD, OTHER_CONCLUSION),
  /// 10; what 11 leaves out
  UNDERSOKELSER_MED_FRISTBRUDD(RecordType.UNDERSOKELSE, NOT_ENDED, ENDED_OUTSIDE_PERIOD, WITHIN_LIMIT),
  /// 12, numerator
  UNDERSOKELSER_DAGER,
  /// 13
  BARN_MED_HJELPETILTAK(RecordType.TILTAK, PLACEMENT, CARE_ORDER, OUTSIDE_PERIOD, SAME_CHILD),
  /// 14; denominator of 17
  BARN_MED_HJELPETILTAK_VED_PERIODESLUTT(RecordType.TILTAK, PLACEMENT, CARE_ORDER, NOT_OPEN_AT_PERIOD_END, SAME_CHILD),
  /// 15
  NYE_BARN_MED_TILTAK(RecordType.TILTAK, NOT_FIRST_OF_CHILD, STARTED_OUTSIDE_PERIOD),
  /// 16; numerator of 17
  BARN_MED_TILTAKSPLAN(RecordType.TILTAK, PLACEMENT, CARE_ORDER, NOT_OPEN_AT_PERIOD_END, SAME_CHILD, NO_OPEN_PLAN),
  /// 18
  BARN_MED_EVALUERT_PLAN(RecordType.TILTAK, PLACEMENT, CARE_ORDER, NOT_OPEN_AT_PERIOD_END, SAME_CHILD,
      NO_EVALUATED_PLAN),
  /// 19; denominator of 23
  BARN_PLASSERT(RecordType.TILTAK, NOT_PLACEMENT, NOT_OPEN_AT_PERIOD_END, SAME_CHILD),
  /// 20
  BARN_MED_OMSORGSOVERTAKELSE(RecordType.TILTAK, NOT_CARE_ORDER, NOT_OPEN_AT_PERIOD_END, SAME_CHILD),
  /// 21
  AKUTTPLASSERINGER(RecordType.TILTAK, NOT_PLACEMENT, NOT_ACUTE, STARTED_OUTSIDE_PERIOD),
  /// 22; numerator of 23
  BARN_I_FOSTERHJEM(RecordType.TILTAK, NOT_FOSTER_HOME, NOT_OPEN_AT_PERIOD_END, SAME_CHILD),
  /// 24
  BARN_I_INSTITUSJON(RecordType.TILTAK, NOT_INSTITUTION, NOT_OPEN_AT_PERIOD_END, SAME_CHILD),
  /// 25
  FLYTTINGER(RecordType.FLYTTING, OUTSIDE_PERIOD),
  /// 26
  BARN_MED_OMSORGSPLAN(RecordType.TILTAK, NOT_CARE_ORDER, NOT_OPEN_AT_PERIOD_END, SAME_CHILD, NO_OPEN_PLAN),
  /// 27
  OPPFOLGINGSBESOK(RecordType.OPPFOLGING, OUTSIDE_PERIOD),
  /// 28
  BARN_MED_FOR_FA_OPPFOLGINGSBESOK(RecordType.TILTAK, NOT_FOSTER_HOME, NOT_OPEN_AT_PERIOD_END, STARTED_TOO_LATE,
      REQUIREMENT_MET, SAME_CHILD),
  /// 29
  TILSYNSBESOK(RecordType.TILSYN, OUTSIDE_PERIOD),
  /// 30
  BARN_MED_FOR_FA_TILSYNSBESOK(RecordType.TILTAK, NOT_FOSTER_HOME, NOT_OPEN_AT_PERIOD_END, STARTED_TOO_LATE,
      REQUIREMENT_MET, SAME_CHILD),
  /// 31
  UNGE_MED_ETTERVERN(RecordType.TILTAK, NOT_OPEN_AT_PERIOD_END, SAME_CHILD, AGE_UNKNOWN, OTHER_AGE),
  /// 32, numerator
  ETTERVERN_AKSEPTERT,
  /// 32, denominator
  ETTERVERN_KONKLUDERT(RecordType.ETTERVERN, CONCLUDED_OUTSIDE_PERIOD),
  /// The positions of 33 and 34
  STILLINGER_BESATT(RecordType.STILLING, NOT_OPEN_AT_PERIOD_END, VACANT);

  private final Optional<RecordType> considered;
  private final List<Exclusion> exclusions;

  Sum() {
    this.considered = Optional.empty();
    this.exclusions = List.of();
  }

  Sum(RecordType considered, Exclusion... exclusions) {
    this.considered = Optional.of(considered);
    this.exclusions = List.of(exclusions);
  }

  /// The type of the records that are considered, live ones of any date; empty for a sum of something else.
  Optional<RecordType> considered() {
    return considered;
  }

  /// Why considered records are left out, in the order in which the reasons are looked at.
  List<Exclusion> exclusions() {
    return exclusions;
  }
}
