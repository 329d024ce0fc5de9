package no.rapport.reportrecords;

import java.util.List;
import java.util.Optional;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.Period;

/// The list of a report's sealed data: an object whose SHA-256 is in the report's record.
///
/// @param activityTypes requested codes; empty means all
/// @param figures the key figures that the report shows
/// @param parts the rows, in the report's order
/// @param totals totals of all rows; empty for reports of earlier releases
public record SealedManifest(String orgId, String organizationName, Period period, List<String> activityTypes,
    Optional<FigureSnapshot> figures, List<Part> parts, Optional<ActivityTotals.Count> totals) {

  /// @param sha256 digest of the object in the bucket
  public record Part(String key, long rows, long sizeBytes, String sha256) {}

  public SealedManifest {
    // Reports of earlier releases have no totals.
    totals = totals == null ? Optional.empty() : totals;
  }
}
