package no.rapport.reporting;

import static no.rapport.reporting.Comparability.CODE_BREAK;
import static no.rapport.reporting.Comparability.RULE_CHANGE;
import static no.rapport.reporting.Comparability.SAME;
import static org.assertj.core.api.Assertions.assertThat;

import no.rapport.reporting.Comparability.Basis;
import org.junit.jupiter.api.Test;

class ComparabilityTest {

  private static final Basis Y2024 = basis("2024", 1);
  private static final Basis Y2025 = basis("2025", 1);
  private static final Basis Y2026 = basis("2026", 1);

  @Test
  void comparesPeriodsOfTheSameRulesAndCodes() {
    assertThat(Comparability.of(Y2024, Y2025)).isEqualTo(SAME);
    assertThat(Comparability.notComparable(Y2024, Y2025)).isEmpty();
    assertThat(Comparability.reason(Y2024, Y2025)).isEmpty();
  }

  @Test
  void reportsCodeBreakInEitherOrder() {
    assertThat(Comparability.of(Y2025, Y2026)).isEqualTo(CODE_BREAK);
    assertThat(Comparability.of(Y2026, Y2025)).isEqualTo(CODE_BREAK);
    assertThat(Comparability.of("antall_meldinger_henlagt", Y2026, Y2025)).isEqualTo(CODE_BREAK);
    assertThat(Comparability.of("antall_flyttinger", Y2026, Y2025)).isEqualTo(SAME);
    assertThat(Comparability.notComparable(Y2025, Y2026)).contains("antall_meldinger_henlagt")
        .doesNotContain("antall_flyttinger");
  }

  @Test
  void reportsRuleChangeForUnrecordedRules() {
    Basis unrecorded = basis("2024", RuleSet.UNKNOWN);
    assertThat(Comparability.of(unrecorded, Y2025)).isEqualTo(RULE_CHANGE);
    assertThat(Comparability.of("antall_flyttinger", Y2025, unrecorded)).isEqualTo(RULE_CHANGE);
    assertThat(Comparability.notComparable(unrecorded, Y2025)).hasSize(34);
    assertThat(Comparability.reason(unrecorded, Y2025))
        .isEqualTo("The rules differ: rule set of an earlier release against 1");
    assertThat(Comparability.of(unrecorded, basis("2025", RuleSet.UNKNOWN))).isEqualTo(SAME);
  }

  @Test
  void numbersRuleSetsFromOneWithoutGaps() {
    for (int i = 0; i < RuleSet.ALL.size(); i++) {
      assertThat(RuleSet.ALL.get(i).version()).isEqualTo(i + 1);
    }
  }

  private static Basis basis(String periodId, int version) {
    return new Basis(Period.ofId(periodId).orElseThrow(), version);
  }
}
