package no.rapport.reportfiles;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.CodeBreak;
import no.rapport.reporting.Comparability;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.FigureRuleTexts;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.ShownFigure;

/// Texts that depend on the report and that several formats use.
public final class ReportTexts {

  private static final int MAX_CELL_CHARACTERS = 32_767;
  private static final BigDecimal MINUTES_PER_HOUR = BigDecimal.valueOf(60);

  private ReportTexts() {}

  public static String documentTitle(ReportDescription description) {
    return Wording.REPORT_TITLE.in(description.locale()) + " \u2013 " + description.organizationName();
  }

  public static String period(ReportDescription description) {
    return ReportDates.format(description.period().from(), description.locale()) + "\u2013"
        + ReportDates.format(description.period().to(), description.locale());
  }

  public static BigDecimal hours(long minutes) {
    return BigDecimal.valueOf(minutes).divide(MINUTES_PER_HOUR, 1, RoundingMode.HALF_UP);
  }

  public static String suppression(ReportDescription description) {
    int bound = description.suppression().bound();
    return bound == 0 ? Wording.SUPPRESSION_NONE.in(description.locale())
        : description.suppression().word() + ": " + Wording.SUPPRESSION_RULE.in(description.locale()).formatted(bound);
  }

  public static String selectedTypes(ReportDescription description) {
    ReportLocale locale = description.locale();
    return description.activityTypes().isEmpty() ? Wording.ALL_TYPES.in(locale)
        : String.join(", ", ActivityTypes.inOrder(description.activityTypes()).stream()
            .map(type -> ActivityTypes.name(type, locale)).toList());
  }

  /// Topics of methods and sources, each with its text.
  public static List<Map.Entry<String, String>> methodTopics(ReportDescription description) {
    ReportLocale locale = description.locale();
    int bound = description.suppression().bound();
    return List.of(
        Map.entry(Wording.METHOD_ROWS_TOPIC.in(locale), Wording.METHOD_ROWS.in(locale)),
        Map.entry(Wording.METHOD_COUNTING_TOPIC.in(locale), Wording.METHOD_COUNTING.in(locale)),
        Map.entry(Wording.METHOD_TOTALS_TOPIC.in(locale), Wording.METHOD_TOTALS.in(locale)),
        Map.entry(Wording.METHOD_FIGURES_TOPIC.in(locale), Wording.METHOD_FIGURES.in(locale)),
        Map.entry(Wording.METHOD_SUPPRESSION_TOPIC.in(locale), bound == 0
            ? Wording.METHOD_SUPPRESSION_NONE.in(locale)
            : Wording.METHOD_SUPPRESSION.in(locale).formatted(description.suppression().word(), bound)),
        Map.entry(Wording.METHOD_PRIVACY_TOPIC.in(locale), Wording.METHOD_PRIVACY.in(locale)),
        Map.entry(Wording.METHOD_SOURCES_TOPIC.in(locale), Wording.METHOD_SOURCES.in(locale)));
  }

  /// Returns the explanation of the mark after prior values, or an empty text if no value is marked.
  public static Optional<String> footnote(FigureSnapshot snapshot, List<ShownFigure> shown, ReportLocale locale) {
    List<ShownFigure> marked = shown.stream().filter(ShownFigure::isMarked).toList();
    if (marked.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder(ShownFigure.NOT_COMPARABLE_MARK).append(' ')
        .append(Wording.NOT_COMPARABLE.in(locale));
    if (marked.stream().anyMatch(figure -> figure.comparability() == Comparability.RULE_CHANGE)) {
      text.append(' ').append(Wording.RULES_CHANGED.in(locale));
    }
    List<String> keys = marked.stream().map(figure -> figure.figure().key()).toList();
    for (CodeBreak found : Comparability.breaks(snapshot.priorBasis(), snapshot.basis(), keys)) {
      text.append(' ').append(found.words().in(locale)).append('.');
    }
    return Optional.of(text.toString());
  }

  /// Returns the rules of the figures by their keys, in the order of the catalogue; empty if the rule set is not known.
  public static Map<String, String> rules(FigureSnapshot snapshot, ReportLocale locale) {
    Map<String, String> rules = new LinkedHashMap<>();
    for (FigureCatalogue.Figure figure : FigureCatalogue.figures()) {
      FigureRuleTexts.of(figure.key(), snapshot.ruleVersion(), locale)
          .ifPresent(rule -> rules.put(figure.key(), rule));
    }
    return rules;
  }

  /// Returns the text. If it is too long for a spreadsheet cell, returns its beginning and a mark.
  public static String fitted(String text, ReportLocale locale) {
    if (text.length() <= MAX_CELL_CHARACTERS) {
      return text;
    }
    String mark = Wording.CUT.in(locale);
    int end = MAX_CELL_CHARACTERS - mark.length();
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + mark;
  }
}
