package no.rapport.aggregatedreportdata;

import java.util.Comparator;

/// A snapshot's place among the organisation's snapshots of the same kind of period: later periods, then later
/// creation, are greater.
record SnapshotRef(String snapshotId, String periodId, long ordinal) implements Comparable<SnapshotRef> {

  private static final Comparator<SnapshotRef> ORDER = Comparator.comparing(SnapshotRef::periodId)
      .thenComparing(SnapshotRef::ordinal);

  static SnapshotRef of(Snapshot snapshot) {
    return new SnapshotRef(snapshot.snapshotId(), snapshot.periodId(), snapshot.ordinal());
  }

  @Override
  public int compareTo(SnapshotRef other) {
    return ORDER.compare(this, other);
  }
}
