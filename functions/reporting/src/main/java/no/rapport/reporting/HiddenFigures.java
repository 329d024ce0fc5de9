package no.rapport.reporting;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Decides which figures of one period a report hides, so that no count from 1 to the rule's bound can be read or
/// recomputed. It hides small counts, the percentages and means computed from them, and one more count of each sum from
/// which a hidden count could be recomputed. Zero is never hidden.
public final class HiddenFigures {

  private static final String REPORTS_DISMISSED = "antall_meldinger_henlagt";
  private static final String REPORTS_INVESTIGATED = "antall_meldinger_til_undersokelse";
  private static final String REPORTS_IN_TIME = "andel_meldinger_konkludert_innen_frist";
  private static final String INVESTIGATIONS_COMPLETED = "antall_undersokelser_avsluttet";
  private static final String INVESTIGATIONS_LATE = "antall_fristbrudd_undersokelser";
  private static final String MEAN_DURATION = "gjennomsnittlig_behandlingstid_undersokelser";
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private final Map<String, BigDecimal> values;
  private final Map<String, FigureSnapshot.Fraction> shares;
  private final BigDecimal bound;
  private final Set<String> hidden = new HashSet<>();

  private HiddenFigures(Map<String, BigDecimal> values, Map<String, FigureSnapshot.Fraction> shares, int bound) {
    this.values = values;
    this.shares = shares;
    this.bound = BigDecimal.valueOf(bound);
  }

  /// Returns the keys of the figures to hide.
  ///
  /// @param values values of the figures that could be computed
  /// @param shares numerators and denominators of percentages, as far as known
  public static Set<String> of(Map<String, BigDecimal> values, Map<String, FigureSnapshot.Fraction> shares,
      Suppression rule) {
    if (rule.bound() == 0) {
      return Set.of();
    }
    HiddenFigures figures = new HiddenFigures(values, shares, rule.bound());
    figures.hide();
    return Set.copyOf(figures.hidden);
  }

  private void hide() {
    for (FigureCatalogue.Figure figure : FigureCatalogue.figures()) {
      if (figure.unit().countsPeople() && values.containsKey(figure.key()) && isSmall(values.get(figure.key()))) {
        hidden.add(figure.key());
      }
    }
    int before;
    do {
      before = hidden.size();
      FigureCatalogue.ratios().forEach(this::hideRatio);
      FigureCatalogue.sums().forEach(this::hideOneMoreOf);
    } while (hidden.size() > before);
    for (FigureCatalogue.Figure figure : FigureCatalogue.figures()) {
      if (figure.unit() == FigureCatalogue.Unit.PERCENT && values.containsKey(figure.key()) && givesCountAway(figure)) {
        hidden.add(figure.key());
      }
    }
    if (values.containsKey(MEAN_DURATION) && meanGivesCountAway()) {
      hidden.add(MEAN_DURATION);
    }
  }

  private boolean isSmall(BigDecimal count) {
    return count.signum() > 0 && count.compareTo(bound) <= 0;
  }

  /// Hides counts from which a small difference to the denominator could be computed, and percentages of hidden counts.
  private void hideRatio(FigureCatalogue.Ratio ratio) {
    BigDecimal numerator = values.get(ratio.numerator());
    BigDecimal denominator = values.get(ratio.denominator());
    if (numerator == null || denominator == null) {
      return;
    }
    if (isSmall(denominator.subtract(numerator)) && !hidden.contains(ratio.denominator())) {
      hidden.add(numerator.signum() > 0 ? ratio.numerator() : ratio.denominator());
    }
    if (hidden.contains(ratio.numerator()) || hidden.contains(ratio.denominator())) {
      ratio.percentage().filter(values::containsKey).ifPresent(hidden::add);
    }
  }

  /// If exactly one count of a sum is hidden, hides the smallest other part, or the total if there is no other part. If
  /// all parts are hidden, each is at least 1. A small total would then narrow the parts down, so totals just above the
  /// bound are hidden too.
  private void hideOneMoreOf(FigureCatalogue.Sum sum) {
    if (hidden.containsAll(sum.parts())) {
      sum.total().filter(this::canBeHidden)
          .filter(total -> values.get(total).compareTo(bound.add(BigDecimal.ONE)) <= 0).ifPresent(hidden::add);
      return;
    }
    long hiddenCells = Stream.concat(sum.parts().stream(), sum.total().stream()).filter(hidden::contains).count();
    if (hiddenCells != 1) {
      return;
    }
    Optional<String> other = sum.parts().stream().filter(this::canBeHidden)
        .min(Comparator.comparing((String key) -> values.get(key)).thenComparing(Comparator.naturalOrder()));
    other.or(() -> sum.total().filter(this::canBeHidden)).ifPresent(hidden::add);
  }

  private boolean canBeHidden(String key) {
    return !hidden.contains(key) && values.containsKey(key) && values.get(key).signum() != 0;
  }

  /// A mean reveals the number of investigations behind it (45.5 days is never the mean of one or three) and an upper
  /// limit for the late ones (of 6 with 172 days in all, at most one can be late). Hiding the mean only where the days
  /// are so few would reveal that they are few.
  private boolean meanGivesCountAway() {
    return hidden.contains(INVESTIGATIONS_COMPLETED) || hidden.contains(INVESTIGATIONS_LATE);
  }

  private boolean givesCountAway(FigureCatalogue.Figure percentage) {
    if (percentage.defaultDataSource().equals("hr-system")) {
      return false;
    }
    FigureSnapshot.Fraction share = shares.get(percentage.key());
    if (share != null) {
      return isSmall(share.numerator()) || isSmall(share.denominator())
          || isSmall(share.denominator().subtract(share.numerator()));
    }
    if (FigureCatalogue.ratios().stream().anyMatch(ratio -> ratio.percentage().equals(Optional.of(percentage.key()))
        && values.containsKey(ratio.numerator()) && values.containsKey(ratio.denominator()))) {
      return false;
    }
    if (!percentage.key().equals(REPORTS_IN_TIME)) {
      return true;
    }
    // The denominator is at least the number of reports whose outcome is known.
    if (hidden.contains(REPORTS_DISMISSED) || hidden.contains(REPORTS_INVESTIGATED)) {
      return true;
    }
    BigDecimal atLeast = values.getOrDefault(REPORTS_DISMISSED, BigDecimal.ZERO)
        .add(values.getOrDefault(REPORTS_INVESTIGATED, BigDecimal.ZERO));
    BigDecimal percent = values.get(percentage.key());
    return atLeast.compareTo(bound) <= 0 || mayBeSmall(percent, atLeast)
        || mayBeSmall(HUNDRED.subtract(percent), atLeast);
  }

  private boolean mayBeSmall(BigDecimal percent, BigDecimal of) {
    return percent.signum() > 0 && percent.multiply(of).compareTo(bound.multiply(HUNDRED)) <= 0;
  }
}
