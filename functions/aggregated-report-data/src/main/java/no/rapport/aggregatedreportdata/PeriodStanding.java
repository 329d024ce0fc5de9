package no.rapport.aggregatedreportdata;

import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The shared state of an organisation's snapshots of one period.
///
/// @param runs how many aggregations were requested
/// @param running the snapshot whose aggregation was requested last, until it ends
/// @param newest the newest good snapshot
/// @param sequence number of the last event of the period's stream
/// @param publishedRun number of the aggregation whose figures the stream's followers know
/// @param publishedBy the snapshot of that aggregation
/// @param published those figures, without the empty ones
record PeriodStanding(
    long runs,
    Optional<String> running,
    Optional<SnapshotRef> newest,
    long sequence,
    long publishedRun,
    Optional<String> publishedBy,
    SortedMap<String, BigDecimal> published) {

  static final PeriodStanding NEW =
      new PeriodStanding(0, Optional.empty(), Optional.empty(), 0, 0, Optional.empty(), new TreeMap<>());

  PeriodStanding started(String snapshotId) {
    return new PeriodStanding(runs + 1, Optional.of(snapshotId), newest, sequence, publishedRun, publishedBy,
        published);
  }

  PeriodStanding ended(String snapshotId) {
    return new PeriodStanding(runs, running.filter(id -> !id.equals(snapshotId)), newest, sequence, publishedRun,
        publishedBy, published);
  }

  PeriodStanding withGood(SnapshotRef ref) {
    return withNewest(Optional.of(newest.filter(n -> n.compareTo(ref) > 0).orElse(ref)));
  }

  PeriodStanding withNewest(Optional<SnapshotRef> ref) {
    return new PeriodStanding(runs, running, ref, sequence, publishedRun, publishedBy, published);
  }

  /// Nothing is left that the stream's followers could still show.
  PeriodStanding withNothingPublished() {
    return new PeriodStanding(runs, running, newest, sequence, publishedRun, publishedBy, new TreeMap<>());
  }

  /// Whether an aggregation with newer data has been published already.
  boolean isOutdated(long run) {
    return run < publishedRun;
  }

  /// Keys of the figures whose values are not the published ones, in the order given.
  List<String> changed(List<Figure> figures) {
    return figures.stream()
        .filter(figure -> !Objects.equals(figure.value().map(BigDecimal::stripTrailingZeros).orElse(null),
            Optional.ofNullable(published.get(figure.fieldKey())).map(BigDecimal::stripTrailingZeros).orElse(null)))
        .map(Figure::fieldKey)
        .toList();
  }

  PeriodStanding published(Snapshot by, boolean withEvent) {
    var values = new TreeMap<String, BigDecimal>();
    by.aggregate().orElseThrow().figures()
        .forEach(figure -> figure.value().ifPresent(value -> values.put(figure.fieldKey(), value)));
    return new PeriodStanding(runs, running, newest, withEvent ? sequence + 1 : sequence, by.run().number(),
        Optional.of(by.snapshotId()), values);
  }
}
