package no.rapport.reporting;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// One version of the rules by which the 34 figures are computed.
///
/// A change of a rule, in code or in its text, needs a new version here, which names the affected figures. The texts
/// are in [FigureRuleTexts], the code is in the module of aggregated data.
///
/// @param version counted from 1
/// @param change description of the change
/// @param figures keys of the figures whose values may differ from those of the previous version
public record RuleSet(int version, String change, Set<String> figures) {

  /// The version of snapshots from releases that did not record one.
  public static final int UNKNOWN = 0;

  /// All versions, oldest first.
  public static final List<RuleSet> ALL = List.of(
      new RuleSet(1, "Rule sets are numbered", FigureCatalogue.figures().stream().map(FigureCatalogue.Figure::key)
          .collect(Collectors.toUnmodifiableSet())));

  /// The version by which figures are computed now.
  public static final int CURRENT = ALL.getLast().version();

  public RuleSet {
    figures = Set.copyOf(figures);
  }

  /// Returns the keys of the figures that a change of rules between two versions concerns, in the order of the
  /// catalogue. Which version is the earlier one does not matter; between equal versions there is no change.
  public static List<String> figuresChanged(int one, int other) {
    int earlier = Math.min(one, other);
    int later = Math.max(one, other);
    return FigureCatalogue.figures().stream().map(FigureCatalogue.Figure::key)
        .filter(key -> ALL.stream().anyMatch(set ->
            set.version > earlier && set.version <= later && set.figures.contains(key)))
        .toList();
  }
}
