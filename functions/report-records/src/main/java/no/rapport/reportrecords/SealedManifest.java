package no.rapport.reportrecords;

import java.util.List;
import java.util.Optional;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.Period;

/// What was sealed for a report: an object whose SHA-256 stands in the report's record.
///
/// @param activityTypes what was asked for; empty means all
/// @param figures the key figures that the report shows
/// @param parts the rows, in the report's order
/// @param totals of all rows; empty in reports of earlier releases
public record SealedManifest(String orgId, String organizationName, Period period, List<String> activityTypes,
    Optional<FigureSnapshot> figures, List<Part> parts, Optional<ActivityTotals.Count> totals) {

  /// @param sha256 of the object as it lies in the bucket
  public record Part(String key, long rows, long sizeBytes, String sha256) {}

  public SealedManifest {
    // Reports of earlier releases have none.
    totals = totals == null ? Optional.empty() : totals;
  }
}
