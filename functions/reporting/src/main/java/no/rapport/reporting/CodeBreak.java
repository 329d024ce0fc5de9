package no.rapport.reporting;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;

/// A day on which the national register replaced codes. Figures that count these codes cannot be compared across that
/// day.
///
/// @param since the first day of the new codes
/// @param words description of the change
/// @param figures keys of the figures that count the replaced codes
public record CodeBreak(LocalDate since, LocalizedText words, Set<String> figures) {

  private static final LocalDate ACT_OF_2021 = LocalDate.of(2023, 1, 1);
  private static final LocalDate CODES_OF_2026 = LocalDate.of(2026, 1, 1);

  /// All breaks, oldest first.
  public static final List<CodeBreak> ALL = List.of(
      new CodeBreak(ACT_OF_2021, new LocalizedText(
          "Barnevernsloven av 2021 avløste loven av 1992 den 01.01.2023",
          "Barnevernslova av 2021 avløyste lova av 1992 den 01.01.2023", "",
          "The Child Welfare Act of 2021 replaced that of 1992 on 2023-01-01"), Set.of(
          "antall_barn_med_hjelpetiltak", "antall_barn_med_hjelpetiltak_ved_periodeslutt",
          "antall_barn_hjelpetiltak_med_tiltaksplan", "andel_barn_hjelpetiltak_med_tiltaksplan",
          "antall_barn_hjelpetiltak_med_evaluert_plan", "antall_barn_med_omsorgsovertakelse",
          "antall_akuttplasseringer", "antall_barn_med_omsorgsplan")),
      new CodeBreak(CODES_OF_2026,
          new LocalizedText(
              "Kategori 8.2, som er en plassering, ble avløst av 8.4 og 8.5, som ikke er det, den 01.01.2026",
              "Kategori 8.2, som er ei plassering, vart avløyst av 8.4 og 8.5, som ikkje er det, den 01.01.2026", "",
              "Category 8.2, a placement, was replaced by 8.4 and 8.5, which are none, on 2026-01-01"),
          Set.of(
              "antall_barn_med_hjelpetiltak", "antall_barn_med_hjelpetiltak_ved_periodeslutt",
              "antall_barn_hjelpetiltak_med_tiltaksplan", "andel_barn_hjelpetiltak_med_tiltaksplan",
              "antall_barn_hjelpetiltak_med_evaluert_plan", "antall_barn_plassert_utenfor_hjemmet",
              "antall_akuttplasseringer", "andel_barn_i_fosterhjem")),
      new CodeBreak(CODES_OF_2026, new LocalizedText(
          "Konklusjon 1 av meldinger ble delt i 5-10 den 01.01.2026",
          "Konklusjon 1 av meldingar vart delt i 5-10 den 01.01.2026", "",
          "Conclusion 1 of reports of concern was split into 5-10 on 2026-01-01"),
          Set.of("antall_meldinger_henlagt")),
      new CodeBreak(CODES_OF_2026, new LocalizedText(
          "Konklusjon 5 av undersøkelser ble delt i 7-9 den 01.01.2026",
          "Konklusjon 5 av undersøkingar vart delt i 7-9 den 01.01.2026", "",
          "Conclusion 5 of investigations was split into 7-9 on 2026-01-01"),
          Set.of("antall_undersokelser_henlagt")));

  public CodeBreak {
    figures = Set.copyOf(figures);
  }

  /// Returns a description of the change in English.
  public String reason() {
    return words.en();
  }

  /// Returns the breaks between a period and an earlier one: part of the earlier period is before the break, and part
  /// of the later period is on or after it.
  public static List<CodeBreak> between(Period earlier, Period later) {
    return ALL.stream()
        .filter(found -> earlier.from().isBefore(found.since) && !later.to().isBefore(found.since))
        .toList();
  }

  /// Returns the keys of the figures that cannot be compared across at least one of these breaks, in the order of the
  /// catalogue.
  public static List<String> figures(List<CodeBreak> breaks) {
    return FigureCatalogue.figures().stream().map(FigureCatalogue.Figure::key)
        .filter(key -> breaks.stream().anyMatch(found -> found.figures.contains(key)))
        .toList();
  }
}
