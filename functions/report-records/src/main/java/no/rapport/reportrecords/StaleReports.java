package no.rapport.reportrecords;

import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import no.rapport.records.Listing;
import no.rapport.records.Records;

/// Lists the reports whose sealed key figures are, or are no longer, those of the newest good snapshot of their
/// period.
///
/// Two fingerprints make this cheap. One is stored with each report when it is sealed, as a value that lists filter by.
/// The other is written in the transaction that completes a snapshot, together with the period's mark of the source. All
/// of an organisation's present fingerprints are one query, at most one for each year, half-year and quarter that
/// imports accept; no report is opened and none is written when figures change. Reports without sealed figures are in
/// neither list, nor are those of releases that stored no fingerprint.
record StaleReports(Records records) {

  /// The name of the filter that holds a report's fingerprint.
  static final String FIGURES = "figures";

  /// More than the periods of the 53 years that imports accept.
  private static final int MAX_PERIODS = 400;
  private static final Set<String> NOTHING = Set.of("-");

  /// Narrows the list of one organisation's reports.
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
