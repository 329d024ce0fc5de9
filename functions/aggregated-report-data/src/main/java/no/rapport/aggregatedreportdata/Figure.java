package no.rapport.aggregatedreportdata;

import java.math.BigDecimal;
import java.util.Optional;
import no.rapport.reporting.FigureSnapshot;

/// One figure of a snapshot.
///
/// @param value empty where it cannot be computed
/// @param dataSource the system that delivered all its records, else the catalogue's usual one
/// @param share the two counts behind a percentage of children or their cases, by which a report knows whether it may be
///     shown where small counts are hidden; never shown itself
record Figure(String fieldKey, Optional<BigDecimal> value, String dataSource,
    Optional<FigureSnapshot.Fraction> share) {

  Figure {
    // Snapshots of earlier releases have none.
    share = share == null ? Optional.empty() : share;
  }

  Figure(String fieldKey, Optional<BigDecimal> value, String dataSource) {
    this(fieldKey, value, dataSource, Optional.empty());
  }
}
