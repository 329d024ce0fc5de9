package no.rapport.reporting;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;

/// A day on which codes of the national register began and ended, so that figures that count them cannot be compared
/// across it.
///
/// @param since the first day of the new codes
/// @param words what changed
/// @param figures the keys of the figures that count such codes
public record CodeBreak(LocalDate since, LocalizedText words, Set<String> figures) {

  private static final LocalDate ACT_OF_2021 = LocalDate.of(2023, 1, 1);
  private static final LocalDate CODES_OF_2026 = LocalDate.of(2026, 1, 1);

  /// All breaks, the oldest first.
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

  /// What changed, in English.
  public String reason() {
    return words.en();
  }

  /// The breaks between a period and an earlier one: part of the earlier one lies before, part of the later one after.
  public static List<CodeBreak> between(Period earlier, Period later) {
    return ALL.stream()
        .filter(found -> earlier.from().isBefore(found.since) && !later.to().isBefore(found.since))
        .toList();
  }

  /// The keys of the figures that cannot be compared across any of these breaks, in the order of the catalogue.
  public static List<String> figures(List<CodeBreak> breaks) {
    return FigureCatalogue.figures().stream().map(FigureCatalogue.Figure::key)
        .filter(key -> breaks.stream().anyMatch(found -> found.figures.contains(key)))
        .toList();
  }
}
