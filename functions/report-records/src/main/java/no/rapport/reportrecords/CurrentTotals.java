package no.rapport.reportrecords;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.Activities;

/// Sums the present activities of a period. It makes one query a month; a month of less than 1 MB is one page.
final class CurrentTotals {

  /// The most activities that can be read within one request.
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

  /// Returns the totals, or empty if there are more activities than the limit.
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
