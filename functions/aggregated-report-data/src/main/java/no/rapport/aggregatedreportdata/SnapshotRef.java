package no.rapport.aggregatedreportdata;

import java.time.Instant;
import java.util.Comparator;

/// A snapshot's place among the organisation's snapshots of the same kind of period: later periods, then later
/// creation, are greater.
record SnapshotRef(String snapshotId, String periodId, Instant createdAt) implements Comparable<SnapshotRef> {

  private static final Comparator<SnapshotRef> ORDER = Comparator.comparing(SnapshotRef::periodId)
      .thenComparing(SnapshotRef::createdAt).thenComparing(SnapshotRef::snapshotId);

  static SnapshotRef of(Snapshot snapshot) {
    return new SnapshotRef(snapshot.snapshotId(), snapshot.periodId(), snapshot.createdAt());
  }

  @Override
  public int compareTo(SnapshotRef other) {
    return ORDER.compare(this, other);
  }
}
