package no.rapport.aggregatedreportdata;

/// What is counted child by child and added up. The numbers are those of the figures that come of it.
enum Sum {
  /// 1
  MELDINGER_MOTTATT,
  /// 2
  BARN_MED_MELDING,
  /// 3
  MELDINGER_HENLAGT,
  /// 4
  MELDINGER_TIL_UNDERSOKELSE,
  /// 5, numerator
  MELDINGER_KONKLUDERT_INNEN_FRIST,
  /// 5, denominator
  MELDINGER_KONKLUDERT,
  /// 6
  UNDERSOKELSER_PABEGYNT,
  /// 7; denominator of 11 and 12
  UNDERSOKELSER_AVSLUTTET,
  /// 8
  UNDERSOKELSER_HENLAGT,
  /// 9
  UNDERSOKELSER_MED_TILTAK,
  /// 10; what 11 leaves out
  UNDERSOKELSER_MED_FRISTBRUDD,
  /// 12, numerator
  UNDERSOKELSER_DAGER,
  /// 13
  BARN_MED_HJELPETILTAK,
  /// 14; denominator of 17
  BARN_MED_HJELPETILTAK_VED_PERIODESLUTT,
  /// 15
  NYE_BARN_MED_TILTAK,
  /// 16; numerator of 17
  BARN_MED_TILTAKSPLAN,
  /// 18
  BARN_MED_EVALUERT_PLAN,
  /// 19; denominator of 23
  BARN_PLASSERT,
  /// 20
  BARN_MED_OMSORGSOVERTAKELSE,
  /// 21
  AKUTTPLASSERINGER,
  /// 22; numerator of 23
  BARN_I_FOSTERHJEM,
  /// 24
  BARN_I_INSTITUSJON,
  /// 25
  FLYTTINGER,
  /// 26
  BARN_MED_OMSORGSPLAN,
  /// 27
  OPPFOLGINGSBESOK,
  /// 28
  BARN_MED_FOR_FA_OPPFOLGINGSBESOK,
  /// 29
  TILSYNSBESOK,
  /// 30
  BARN_MED_FOR_FA_TILSYNSBESOK,
  /// 31
  UNGE_MED_ETTERVERN,
  /// 32, numerator
  ETTERVERN_AKSEPTERT,
  /// 32, denominator
  ETTERVERN_KONKLUDERT
}
