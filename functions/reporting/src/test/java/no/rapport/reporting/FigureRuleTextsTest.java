package no.rapport.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

class FigureRuleTextsTest {

  @Test
  void hasADistinctTextForEveryFigureInEveryLanguage() {
    for (ReportLocale locale : ReportLocale.values()) {
      var texts = new HashSet<String>();
      for (var figure : FigureCatalogue.figures()) {
        String text = FigureRuleTexts.of(figure.key(), RuleSet.CURRENT, locale).orElseThrow();
        assertThat(text).as(figure.key()).endsWith(".").doesNotContain("  ");
        assertThat(texts.add(text)).as(figure.key() + " in " + locale).isTrue();
      }
    }
  }

  @Test
  void answersInBokmålWhereThereIsNoNorthernSamiText() {
    assertThat(FigureRuleTexts.of("antall_flyttinger", 1, ReportLocale.SE))
        .isEqualTo(FigureRuleTexts.of("antall_flyttinger", 1, ReportLocale.NB))
        .contains("Flyttinger med dato i perioden.");
    assertThat(FigureRuleTexts.of("antall_flyttinger", 1, ReportLocale.NN)).contains("Flyttingar med dato i perioden.");
    assertThat(FigureRuleTexts.of("antall_flyttinger", 1, ReportLocale.EN)).contains("Moves dated in the period.");
  }

  @Test
  void returnsNoTextForUnknownVersionOrFigure() {
    assertThat(FigureRuleTexts.of("antall_flyttinger", RuleSet.UNKNOWN, ReportLocale.NB)).isEmpty();
    assertThat(FigureRuleTexts.of("antall_flyttinger", RuleSet.CURRENT + 1, ReportLocale.NB)).isEmpty();
    assertThat(FigureRuleTexts.of("antall_annet", RuleSet.CURRENT, ReportLocale.NB)).isEmpty();
  }
}
