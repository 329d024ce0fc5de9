package no.rapport.aggregatedreportdata;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import no.rapport.reporting.Period;

/// Which of an organisation's snapshots are current, and how long its aggregations take.
///
/// @param current by kind of period: the newest good snapshot of the latest period
/// @param lastSeconds from the request to the end of the aggregation that ended last
record OrganizationStanding(SortedMap<Period.Kind, SnapshotRef> current, Optional<Long> lastSeconds) {

  static final OrganizationStanding NEW = new OrganizationStanding(new TreeMap<>(), Optional.empty());

  Optional<SnapshotRef> current(Period.Kind kind) {
    return Optional.ofNullable(current.get(kind));
  }

  OrganizationStanding with(Period.Kind kind, Optional<SnapshotRef> ref) {
    var next = new TreeMap<>(current);
    ref.ifPresentOrElse(r -> next.put(kind, r), () -> next.remove(kind));
    return new OrganizationStanding(next, lastSeconds);
  }

  OrganizationStanding withLastSeconds(long seconds) {
    return new OrganizationStanding(current, Optional.of(seconds));
  }
}
