package no.rapport.aggregatedreportdata;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The figures of one organisation and period, as one or several aggregations made them.
///
/// @param ordinal counts the snapshots and aggregations of the period: tells which of two of the same second is newer
/// @param good whether the last aggregation that ended left figures; only good snapshots can be current or prior
/// @param run the latest aggregation; every earlier one is superseded
/// @param aggregate the last good figures; kept while a new aggregation runs and after one has failed
record Snapshot(
    String snapshotId,
    String organizationId,
    String periodId,
    Instant createdAt,
    long ordinal,
    State state,
    boolean good,
    Run run,
    Optional<Invalidation> invalidation,
    Optional<Aggregate> aggregate) {

  enum State {
    PROCESSING,
    COMPLETED,
    FAILED
  }

  /// One aggregation.
  ///
  /// @param number counts the aggregations of the organisation and period; tells which of two has newer data
  record Run(String jobId, long number, Instant requestedAt) {}

  /// Why and when the figures were declared out of date.
  record Invalidation(String reason, Instant at) {}

  /// What an aggregation left.
  ///
  /// @param mark the state of the source, as it was before its first record was read
  /// @param register what the cases that came in the register's form add up to, see [Tally]
  record Aggregate(Instant aggregatedAt, String mark, List<Figure> figures, SortedMap<String, Long> register) {

    Aggregate {
      figures = List.copyOf(figures);
      // Snapshots of earlier releases have none.
      register = register == null ? new TreeMap<>() : register;
    }

    long populated() {
      return figures.stream().filter(figure -> figure.value().isPresent()).count();
    }
  }

  static Snapshot requested(String snapshotId, String organizationId, String periodId, Run run) {
    return new Snapshot(snapshotId, organizationId, periodId, run.requestedAt(), run.number(), State.PROCESSING,
        false, run, Optional.empty(), Optional.empty());
  }

  boolean isProcessing() {
    return state == State.PROCESSING;
  }

  /// Whether this is still what the aggregation of that job was asked for.
  boolean isProcessing(String jobId) {
    return isProcessing() && run.jobId().equals(jobId);
  }

  Snapshot invalidated(String reason, Run next) {
    return new Snapshot(snapshotId, organizationId, periodId, createdAt, ordinal, State.PROCESSING, good,
        next, Optional.of(new Invalidation(reason, next.requestedAt())), aggregate);
  }

  Snapshot completed(Aggregate next) {
    return new Snapshot(snapshotId, organizationId, periodId, createdAt, ordinal, State.COMPLETED, true,
        run, invalidation, Optional.of(next));
  }

  Snapshot failed() {
    return new Snapshot(snapshotId, organizationId, periodId, createdAt, ordinal, State.FAILED, false, run,
        invalidation, aggregate);
  }

  /// Whether recomputing would give the same figures.
  ///
  /// @param presentMark the state of the source now
  boolean isValid(String presentMark) {
    return state == State.COMPLETED && aggregate.filter(a -> a.mark().equals(presentMark)).isPresent();
  }

  Claim claim() {
    return new Claim(organizationId, periodId, snapshotId, run.jobId());
  }
}
