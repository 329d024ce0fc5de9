package no.rapport.reportrecords;

import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import no.rapport.records.Listing;
import no.rapport.records.Records;

/// Lists the reports whose sealed key figures equal, or no longer equal, those of the newest good snapshot of their
/// period.
///
/// The list compares two fingerprints. One is stored with each report when it is sealed, as a value by which lists can
/// filter. The other is stored by the transaction that completes a snapshot, together with the source mark of the
/// period. One query reads all present fingerprints of an organisation: at most one for each year, half-year and
/// quarter that imports accept. The list opens no report, and a change of figures writes no report. Reports without
/// sealed figures or without a stored fingerprint (earlier releases) are in neither list.
record StaleReports(Records records) {

  /// The name of the filter on a report's fingerprint.
  static final String FIGURES = "figures";

  /// More than the number of periods in the 53 years that imports accept.
  private static final int MAX_PERIODS = 400;
  private static final Set<String> NOTHING = Set.of("-");

  /// Restricts the list of one organisation's reports.
  Listing narrow(Listing listing, String orgId, boolean stale) {
    Set<String> current = records.notes(NewestFigures.partition(orgId), NewestFigures.BEFORE_PERIODS, MAX_PERIODS,
            Instant.EPOCH).stream()
        .flatMap(note -> NewestFigures.newest(note).stream())
        .map(NewestFigures.Ref::figures)
        .filter(figures -> figures != null && !figures.isEmpty())
        .collect(Collectors.toSet());
    return stale ? listing.except(FIGURES, current)
        : listing.where(FIGURES, current.isEmpty() ? NOTHING : current);
  }
}
