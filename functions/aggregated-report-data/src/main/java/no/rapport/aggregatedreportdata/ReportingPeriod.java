package no.rapport.aggregatedreportdata;

import java.time.LocalDate;
import java.util.Optional;
import no.rapport.reporting.Period;

/// P of the rules, and D, its last day.
///
/// @param months of P: 12, 6 or 3
record ReportingPeriod(LocalDate first, LocalDate last, int months) {

  /// @throws IllegalArgumentException when it is not the id of a period
  static ReportingPeriod of(String periodId) {
    Period period = Period.ofId(periodId)
        .orElseThrow(() -> new IllegalArgumentException("Not the id of a period: " + periodId));
    return new ReportingPeriod(period.from(), period.to(), Period.kindOf(periodId).months());
  }

  /// In P.
  boolean contains(LocalDate date) {
    return !date.isBefore(first) && !date.isAfter(last);
  }

  boolean contains(Optional<LocalDate> date) {
    return date.isPresent() && contains(date.get());
  }

  /// Open at D: start ≤ D and (no slutt or slutt > D).
  boolean isOpenAtEnd(LocalDate start, Optional<LocalDate> slutt) {
    return !start.isAfter(last) && (slutt.isEmpty() || slutt.get().isAfter(last));
  }

  /// Overlaps P: start ≤ D and (no slutt or slutt ≥ first day of P).
  boolean overlaps(LocalDate start, Optional<LocalDate> slutt) {
    return !start.isAfter(last) && (slutt.isEmpty() || !slutt.get().isBefore(first));
  }

  /// Begun that many months or more before D: start + months ≤ D, the day clipped to the month's end.
  boolean begunBefore(LocalDate start, int monthsBefore) {
    return !start.plusMonths(monthsBefore).isAfter(last);
  }
}
