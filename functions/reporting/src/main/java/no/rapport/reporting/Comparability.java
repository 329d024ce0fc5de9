package no.rapport.reporting;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Tells whether two values of a figure can be compared.
public enum Comparability {
  SAME,
  /// Codes that the figure counts were introduced or removed between the two periods.
  CODE_BREAK,
  /// The two rule sets have different rules for the figure.
  RULE_CHANGE;

  /// The period and the rule set of a set of figures.
  public record Basis(Period period, int ruleVersion) {}

  /// Returns the word that answers use: `same`, `code_break` or `rule_change`.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Returns how the values of one figure compare; the order of the two does not matter.
  public static Comparability of(String fieldKey, Basis one, Basis other) {
    if (RuleSet.figuresChanged(one.ruleVersion, other.ruleVersion).contains(fieldKey)) {
      return RULE_CHANGE;
    }
    return CodeBreak.figures(breaks(one, other)).contains(fieldKey) ? CODE_BREAK : SAME;
  }

  /// Returns how all figures compare: the strongest result of any figure.
  public static Comparability of(Basis one, Basis other) {
    if (!RuleSet.figuresChanged(one.ruleVersion, other.ruleVersion).isEmpty()) {
      return RULE_CHANGE;
    }
    return breaks(one, other).isEmpty() ? SAME : CODE_BREAK;
  }

  /// Returns the keys of the figures whose values cannot be compared, in the order of the catalogue.
  public static List<String> notComparable(Basis one, Basis other) {
    List<String> changed = RuleSet.figuresChanged(one.ruleVersion, other.ruleVersion);
    List<String> broken = CodeBreak.figures(breaks(one, other));
    return FigureCatalogue.figures().stream().map(FigureCatalogue.Figure::key)
        .filter(key -> changed.contains(key) || broken.contains(key)).toList();
  }

  /// Returns the reason why figures cannot be compared, in English, or empty if all can be compared.
  public static String reason(Basis one, Basis other) {
    Stream<String> rules = RuleSet.figuresChanged(one.ruleVersion, other.ruleVersion).isEmpty() ? Stream.empty()
        : Stream.of("The rules differ: rule set " + named(one.ruleVersion) + " against " + named(other.ruleVersion));
    return Stream.concat(rules, breaks(one, other).stream().map(CodeBreak::reason)).collect(Collectors.joining("; "));
  }

  /// Returns the breaks of codes between two bases that affect at least one of these figures.
  public static List<CodeBreak> breaks(Basis one, Basis other, Collection<String> fieldKeys) {
    return breaks(one, other).stream().filter(found -> !Collections.disjoint(found.figures(), fieldKeys)).toList();
  }

  private static String named(int version) {
    return version == RuleSet.UNKNOWN ? "of an earlier release" : Integer.toString(version);
  }

  private static List<CodeBreak> breaks(Basis one, Basis other) {
    boolean inOrder = !other.period.from().isBefore(one.period.from());
    return inOrder ? CodeBreak.between(one.period, other.period) : CodeBreak.between(other.period, one.period);
  }
}
