package no.rapport.reporting;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/// The figures of an organisation and period as an aggregation computed them, sealed into a report's key figures.
///
/// @param periodId `YYYY`, `YYYY-H1`…`H2` or `YYYY-Q1`…`Q4`
/// @param ruleVersion the rule set that computed the values, see [RuleSet]; 0 if it was not recorded
/// @param priorRuleVersion the rule set that computed the prior values; 0 if it was not recorded or there are no prior
///     values
public record FigureSnapshot(String snapshotId, String periodId, List<Figure> figures, int ruleVersion,
    int priorRuleVersion) {

  public FigureSnapshot {
    figures = List.copyOf(figures);
  }

  /// Returns a fingerprint of period and values. Two fingerprints are equal if and only if
  /// period and values are equal.
  public String fingerprint() {
    return FigureChanges.fingerprint(periodId, FigureChanges.values(figures, Figure::fieldKey, Figure::value));
  }

  /// Returns the period and rule set of the values.
  public Comparability.Basis basis() {
    return new Comparability.Basis(Period.ofId(periodId).orElseThrow(), ruleVersion);
  }

  /// Returns the period and rule set of the prior values.
  public Comparability.Basis priorBasis() {
    return new Comparability.Basis(Period.ofId(Period.priorId(periodId)).orElseThrow(), priorRuleVersion);
  }

  /// Creates a snapshot whose rule sets are not known.
  public FigureSnapshot(String snapshotId, String periodId, List<Figure> figures) {
    this(snapshotId, periodId, figures, RuleSet.UNKNOWN, RuleSet.UNKNOWN);
  }

  /// @param value empty if the figure cannot be computed
  /// @param priorValue value of the same figure one year earlier
  /// @param share numerator and denominator of a percentage; empty for other figures, and if they are not known
  /// @param priorShare numerator and denominator of `priorValue`
  public record Figure(
      String fieldKey,
      @JsonSerialize(using = OptionalJson.Writer.class) @JsonDeserialize(using = OptionalJson.Reader.class)
      Optional<BigDecimal> value,
      @JsonSerialize(using = OptionalJson.Writer.class) @JsonDeserialize(using = OptionalJson.Reader.class)
      Optional<BigDecimal> priorValue,
      String dataSource,
      @JsonSerialize(using = OptionalJson.Writer.class) @JsonDeserialize(using = OptionalJson.Reader.class)
      Optional<Fraction> share,
      @JsonSerialize(using = OptionalJson.Writer.class) @JsonDeserialize(using = OptionalJson.Reader.class)
      Optional<Fraction> priorShare) {

    /// Creates a figure whose numerator and denominator are not known. A suppressing report then hides a percentage
    /// unless it can prove that both counts may be shown.
    public Figure(String fieldKey, Optional<BigDecimal> value, Optional<BigDecimal> priorValue, String dataSource) {
      this(fieldKey, value, priorValue, dataSource, Optional.empty(), Optional.empty());
    }
  }

  /// The two counts behind a percentage.
  public record Fraction(BigDecimal numerator, BigDecimal denominator) {}
}
