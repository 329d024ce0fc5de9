package no.rapport.aggregatedreportdata;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import no.rapport.reporting.FigureSnapshot;

/// One figure of a snapshot.
///
/// @param value empty where it cannot be computed
/// @param dataSource the system that delivered all its records, else the catalogue's usual one
/// @param share the two counts behind a percentage of children or their cases, by which a report knows whether it may
///     be shown where small counts are hidden
/// @param counts how the value was made; empty in snapshots of earlier releases
record Figure(String fieldKey, Optional<BigDecimal> value, String dataSource,
    Optional<FigureSnapshot.Fraction> share, Optional<Counts> counts) {

  /// What a figure was made of: `recordsConsidered` less all that was excluded is the denominator, or where there is
  /// none the numerator. Only full-time equivalents are sums of percentages instead.
  ///
  /// @param denominator empty for a plain count
  /// @param recordsConsidered live records of the type that the figure counts, of any date
  /// @param excluded every reason of the figure's rule, in the order in which the reasons are looked at
  /// @param missing the types of which there is no live record, so that the figure cannot be computed
  record Counts(BigDecimal numerator, Optional<BigDecimal> denominator, long recordsConsidered,
      List<Excluded> excluded, List<String> missing) {

    Counts {
      excluded = List.copyOf(excluded);
      missing = List.copyOf(missing);
    }
  }

  /// How many records are left out for a reason.
  ///
  /// @param reason an [Exclusion#word]
  record Excluded(String reason, long count) {}

  Figure {
    // Snapshots of earlier releases have none.
    share = share == null ? Optional.empty() : share;
    counts = counts == null ? Optional.empty() : counts;
  }

  Figure(String fieldKey, Optional<BigDecimal> value, String dataSource) {
    this(fieldKey, value, dataSource, Optional.empty(), Optional.empty());
  }
}
