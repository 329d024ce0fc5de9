package no.rapport.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeBreakTest {

  @ParameterizedTest
  @CsvSource({
    "2021, 2022, 0", "2022, 2023, 1", "2023, 2024, 0", "2024, 2025, 0", "2025, 2026, 3", "2026, 2027, 0",
    "2022-Q4, 2023-Q4, 1", "2025-H1, 2026-H1, 3", "2025-Q1, 2025-Q4, 0"
  })
  void countsBreaksBetweenPeriods(String earlier, String later, int breaks) {
    assertThat(CodeBreak.between(period(earlier), period(later))).hasSize(breaks);
  }

  @Test
  void namesOnlyFiguresOfTheCatalogue() {
    assertThat(FigureCatalogue.figures()).extracting(FigureCatalogue.Figure::key)
        .containsAll(CodeBreak.figures(CodeBreak.ALL));
    assertThat(CodeBreak.figures(CodeBreak.between(period("2025"), period("2026")))).isEqualTo(List.of(
        "antall_meldinger_henlagt", "antall_undersokelser_henlagt", "antall_barn_med_hjelpetiltak",
        "antall_barn_med_hjelpetiltak_ved_periodeslutt", "antall_barn_hjelpetiltak_med_tiltaksplan",
        "andel_barn_hjelpetiltak_med_tiltaksplan", "antall_barn_hjelpetiltak_med_evaluert_plan",
        "antall_barn_plassert_utenfor_hjemmet", "antall_akuttplasseringer", "andel_barn_i_fosterhjem"));
  }

  private static Period period(String id) {
    return Period.ofId(id).orElseThrow();
  }
}
