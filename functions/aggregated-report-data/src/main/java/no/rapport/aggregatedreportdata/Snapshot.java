package no.rapport.aggregatedreportdata;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import no.rapport.reporting.Comparability;
import no.rapport.reporting.Period;
import no.rapport.reporting.RuleSet;

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
  /// @param ruleVersion the rule set that computed the figures, see [RuleSet]; 0 in snapshots of earlier releases
  record Aggregate(Instant aggregatedAt, String mark, List<Figure> figures, SortedMap<String, Long> register,
      int ruleVersion) {

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

  /// Why recomputing may give other figures.
  enum Staleness {
    PROCESSING,
    FAILED,
    /// Another rule set computes the figures now.
    RULE_CHANGE,
    /// Records that may touch the period have changed.
    SOURCE_CHANGED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Returns why the figures may no longer be what recomputing would give, or empty if it would give the same.
  ///
  /// @param presentMark gives the state of the source now; asked only where it matters
  Optional<Staleness> staleness(Supplier<String> presentMark) {
    if (state != State.COMPLETED || aggregate.isEmpty()) {
      return Optional.of(state == State.FAILED ? Staleness.FAILED : Staleness.PROCESSING);
    }
    if (ruleVersion() != RuleSet.CURRENT) {
      return Optional.of(Staleness.RULE_CHANGE);
    }
    return aggregate.get().mark().equals(presentMark.get()) ? Optional.empty() : Optional.of(Staleness.SOURCE_CHANGED);
  }

  /// Whether recomputing would give the same figures.
  ///
  /// @param presentMark the state of the source now
  boolean isValid(String presentMark) {
    return staleness(() -> presentMark).isEmpty();
  }

  /// The rule set that computed the figures; 0 where none was recorded.
  int ruleVersion() {
    return aggregate.map(Aggregate::ruleVersion).orElse(RuleSet.UNKNOWN);
  }

  /// What decides whether the figures may be compared with others.
  Comparability.Basis basis() {
    return new Comparability.Basis(Period.ofId(periodId).orElseThrow(), ruleVersion());
  }

  Claim claim() {
    return new Claim(organizationId, periodId, snapshotId, run.jobId());
  }
}
