package no.rapport.aggregatedreportdata;

import java.util.Comparator;
import no.rapport.reporting.Comparability;
import no.rapport.reporting.FigureChanges;
import no.rapport.reporting.Period;

/// A snapshot's place among the organisation's snapshots of the same kind of period: later periods, then later
/// creation, are greater.
///
/// @param ruleVersion the rule set that computed its figures; 0 where none was recorded
/// @param figures fingerprint of its figures, by which the report history tells stale reports; empty where none was
///     recorded
record SnapshotRef(String snapshotId, String periodId, long ordinal, int ruleVersion, String figures)
    implements Comparable<SnapshotRef> {

  private static final Comparator<SnapshotRef> ORDER = Comparator.comparing(SnapshotRef::periodId)
      .thenComparing(SnapshotRef::ordinal);

  SnapshotRef {
    figures = figures == null ? "" : figures;
  }

  static SnapshotRef of(Snapshot snapshot) {
    return new SnapshotRef(snapshot.snapshotId(), snapshot.periodId(), snapshot.ordinal(),
        snapshot.ruleVersion(), snapshot.aggregate().map(aggregate -> FigureChanges.fingerprint(snapshot.periodId(),
            FigureChanges.values(aggregate.figures(), Figure::fieldKey, Figure::value))).orElse(""));
  }

  /// Whether both are the same snapshot, by whichever rule set its figures were computed.
  boolean isSameAs(SnapshotRef other) {
    return snapshotId.equals(other.snapshotId);
  }

  /// What decides whether its figures may be compared with others.
  Comparability.Basis basis() {
    return new Comparability.Basis(Period.ofId(periodId).orElseThrow(), ruleVersion);
  }

  @Override
  public int compareTo(SnapshotRef other) {
    return ORDER.compare(this, other);
  }
}
