package no.rapport.reporting;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/// The figures of an organisation and period as an aggregation left them, sealed into a report's key figures.
///
/// @param periodId `YYYY`, `YYYY-H1`…`H2` or `YYYY-Q1`…`Q4`
/// @param ruleVersion the rule set that computed the values, see [RuleSet]; 0 where it was not recorded
/// @param priorRuleVersion the rule set that computed the prior values; 0 where it was not recorded or there are none
public record FigureSnapshot(String snapshotId, String periodId, List<Figure> figures, int ruleVersion,
    int priorRuleVersion) {

  public FigureSnapshot {
    figures = List.copyOf(figures);
  }

  /// Returns what equals another fingerprint if and only if period and values are the same.
  public String fingerprint() {
    return FigureChanges.fingerprint(periodId, FigureChanges.values(figures, Figure::fieldKey, Figure::value));
  }

  /// The period and rule set of the values.
  public Comparability.Basis basis() {
    return new Comparability.Basis(Period.ofId(periodId).orElseThrow(), ruleVersion);
  }

  /// The period and rule set of the prior values.
  public Comparability.Basis priorBasis() {
    return new Comparability.Basis(Period.ofId(Period.priorId(periodId)).orElseThrow(), priorRuleVersion);
  }

  /// Figures of which no rule set is known.
  public FigureSnapshot(String snapshotId, String periodId, List<Figure> figures) {
    this(snapshotId, periodId, figures, RuleSet.UNKNOWN, RuleSet.UNKNOWN);
  }

  /// @param value empty where the figure cannot be computed
  /// @param priorValue the same figure one year back
  /// @param share what a percentage was computed from; empty for other figures, and where it is not known
  /// @param priorShare the same for `priorValue`
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

    /// A figure of which no numerator and denominator are known; a suppressing report then hides a percentage
    /// wherever it cannot rule out that one of them is small.
    public Figure(String fieldKey, Optional<BigDecimal> value, Optional<BigDecimal> priorValue, String dataSource) {
      this(fieldKey, value, priorValue, dataSource, Optional.empty(), Optional.empty());
    }
  }

  /// The two counts behind a percentage.
  public record Fraction(BigDecimal numerator, BigDecimal denominator) {}
}
