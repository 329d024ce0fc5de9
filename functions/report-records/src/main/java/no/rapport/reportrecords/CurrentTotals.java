package no.rapport.reportrecords;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.Activities;

/// Adds up the activities of a period as they are now: one query a month, of one page as long as a month has less than
/// 1 MB of activities.
final class CurrentTotals {

  /// What is read within the time of a request.
  static final int MAX_ROWS = 200_000;

  private final Activities activities;
  private final int maxRows;

  CurrentTotals(Activities activities) {
    this(activities, MAX_ROWS);
  }

  CurrentTotals(Activities activities, int maxRows) {
    this.activities = activities;
    this.maxRows = maxRows;
  }

  private static final class TooMany extends RuntimeException {
    TooMany() {
      super(null, null, false, false);
    }
  }

  /// Returns the totals, or empty where there are more activities than are read.
  ///
  /// @param types empty means all
  Optional<ActivityTotals.Count> of(String orgId, Period period, List<String> types) {
    var totals = new ActivityTotals.Builder();
    long[] rows = {0};
    try {
      activities.read(orgId, period, Set.copyOf(types), row -> {
        if (++rows[0] > maxRows) {
          throw new TooMany();
        }
        totals.add(row);
      });
      return Optional.of(totals.build().all());
    } catch (TooMany e) {
      return Optional.empty();
    }
  }
}
