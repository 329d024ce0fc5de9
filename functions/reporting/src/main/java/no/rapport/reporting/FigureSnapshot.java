package no.rapport.reporting;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/// The figures of an organisation and period as an aggregation left them, sealed into a report's key figures.
///
/// @param periodId `YYYY`, `YYYY-H1`…`H2` or `YYYY-Q1`…`Q4`
public record FigureSnapshot(String snapshotId, String periodId, List<Figure> figures) {

  public FigureSnapshot {
    figures = List.copyOf(figures);
  }

  /// @param value empty where the figure cannot be computed
  /// @param priorValue the same figure one year back
  public record Figure(String fieldKey, Optional<BigDecimal> value, Optional<BigDecimal> priorValue, String dataSource) {}
}
