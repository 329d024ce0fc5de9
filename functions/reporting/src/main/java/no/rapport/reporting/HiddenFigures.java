package no.rapport.reporting;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Decides which figures of one period a report hides, so that no count from 1 up to the rule's bound can be read or
/// recomputed: small counts, percentages and means made of them, and one more count of each sum that would give a hidden
/// one back. Zero is never hidden.
final class HiddenFigures {

  private static final String REPORTS_DISMISSED = "antall_meldinger_henlagt";
  private static final String REPORTS_INVESTIGATED = "antall_meldinger_til_undersokelse";
  private static final String REPORTS_IN_TIME = "andel_meldinger_konkludert_innen_frist";
  private static final String INVESTIGATIONS_COMPLETED = "antall_undersokelser_avsluttet";
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

  /// The keys of the figures to hide.
  ///
  /// @param values of the figures that could be computed
  /// @param shares what percentages were computed from, as far as known
  static Set<String> of(Map<String, BigDecimal> values, Map<String, FigureSnapshot.Fraction> shares,
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
    if (hidden.contains(INVESTIGATIONS_COMPLETED) && values.containsKey(MEAN_DURATION)) {
      // A mean betrays how many it was taken of: 45.5 days is never the mean of one or three.
      hidden.add(MEAN_DURATION);
    }
  }

  private boolean isSmall(BigDecimal count) {
    return count.signum() > 0 && count.compareTo(bound) <= 0;
  }

  /// Hides a percentage made of two figures. What remains of the denominator is no figure itself, but where it is small
  /// it must not be recomputed from the two either.
  private void hideRatio(FigureCatalogue.Ratio ratio) {
    BigDecimal numerator = values.get(ratio.numerator());
    BigDecimal denominator = values.get(ratio.denominator());
    if (numerator == null || denominator == null) {
      return;
    }
    if (isSmall(denominator.subtract(numerator)) && !hidden.contains(ratio.denominator())) {
      hidden.add(numerator.signum() > 0 ? ratio.numerator() : ratio.denominator());
    }
    if (values.containsKey(ratio.percentage())
        && (hidden.contains(ratio.numerator()) || hidden.contains(ratio.denominator()))) {
      hidden.add(ratio.percentage());
    }
  }

  /// Where exactly one count of a sum is hidden, hides the smallest other part, or else the total.
  private void hideOneMoreOf(FigureCatalogue.Sum sum) {
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

  private boolean givesCountAway(FigureCatalogue.Figure percentage) {
    if (percentage.defaultDataSource().equals("hr-system")) {
      return false;
    }
    FigureSnapshot.Fraction share = shares.get(percentage.key());
    if (share != null) {
      return isSmall(share.numerator()) || isSmall(share.denominator())
          || isSmall(share.denominator().subtract(share.numerator()));
    }
    if (FigureCatalogue.ratios().stream().anyMatch(ratio -> ratio.percentage().equals(percentage.key())
        && values.containsKey(ratio.numerator()) && values.containsKey(ratio.denominator()))) {
      return false;
    }
    if (!percentage.key().equals(REPORTS_IN_TIME)) {
      return true;
    }
    // The denominator is at least the reports whose outcome is known.
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
