package no.rapport.reporting;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// One figure as a report shows it, after suppression.
///
/// @param change value minus prior value; hidden if one of them is hidden, absent if they cannot be compared
/// @param comparability how value and prior value compare
/// @param lastOfSection whether the next figure begins a new section
public record ShownFigure(FigureCatalogue.Section section, FigureCatalogue.Figure figure, Value value, Value priorValue,
    Value change, String dataSource, boolean lastOfSection, Comparability comparability) {

  public static final String HIDDEN_MARK = ":";
  /// The mark after a prior value that cannot be compared.
  public static final String NOT_COMPARABLE_MARK = "*";

  /// The content of a cell.
  public sealed interface Value {}

  /// A number, or nothing if it cannot be computed.
  public record Shown(Optional<BigDecimal> number) implements Value {}

  /// A suppressed number.
  public record Hidden() implements Value {}

  /// Returns all 34 figures in their order.
  public static List<ShownFigure> of(FigureSnapshot snapshot, Suppression rule) {
    Map<String, FigureSnapshot.Figure> figures = snapshot.figures().stream()
        .collect(Collectors.toMap(FigureSnapshot.Figure::fieldKey, Function.identity(), (first, again) -> again));
    Map<String, BigDecimal> values = new HashMap<>();
    Map<String, BigDecimal> priorValues = new HashMap<>();
    Map<String, FigureSnapshot.Fraction> shares = new HashMap<>();
    Map<String, FigureSnapshot.Fraction> priorShares = new HashMap<>();
    figures.forEach((key, figure) -> {
      figure.value().ifPresent(value -> values.put(key, value));
      figure.priorValue().ifPresent(value -> priorValues.put(key, value));
      figure.share().ifPresent(share -> shares.put(key, share));
      figure.priorShare().ifPresent(share -> priorShares.put(key, share));
    });
    Set<String> hidden = HiddenFigures.of(values, shares, rule);
    Set<String> hiddenPrior = HiddenFigures.of(priorValues, priorShares, rule);
    Comparability.Basis basis = snapshot.basis();
    Comparability.Basis priorBasis = snapshot.priorBasis();
    List<ShownFigure> shown = new ArrayList<>();
    for (FigureCatalogue.Section section : FigureCatalogue.sections()) {
      for (FigureCatalogue.Figure figure : section.figures()) {
        Value value = shown(figure.key(), values, hidden);
        Value prior = shown(figure.key(), priorValues, hiddenPrior);
        FigureSnapshot.Figure given = figures.get(figure.key());
        Comparability comparability = Comparability.of(figure.key(), priorBasis, basis);
        shown.add(new ShownFigure(section, figure, value, prior, change(value, prior, comparability),
            given == null ? figure.defaultDataSource() : given.dataSource(),
            figure == section.figures().getLast(), comparability));
      }
    }
    return shown;
  }

  private static Value shown(String key, Map<String, BigDecimal> values, Set<String> hidden) {
    return hidden.contains(key) ? new Hidden() : new Shown(Optional.ofNullable(values.get(key)));
  }

  /// Returns whether there is a prior value that cannot be compared.
  public boolean isMarked() {
    return comparability != Comparability.SAME && priorValue instanceof Shown(Optional<BigDecimal> number)
        && number.isPresent();
  }

  private static Value change(Value value, Value prior, Comparability comparability) {
    if (comparability == Comparability.SAME && value instanceof Shown(Optional<BigDecimal> now) && prior instanceof Shown(Optional<BigDecimal> then)) {
      return new Shown(now.flatMap(number -> then.map(number::subtract)));
    }
    return value instanceof Shown && prior instanceof Shown ? new Shown(Optional.empty()) : new Hidden();
  }
}
