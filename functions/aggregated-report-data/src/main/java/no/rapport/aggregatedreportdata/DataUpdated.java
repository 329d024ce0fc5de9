package no.rapport.aggregatedreportdata;

import java.time.Instant;
import java.util.List;

/// An event of the stream, as the contract prints it.
///
/// @param changedSections ids of the sections that hold a changed figure, in the catalogue's order
/// @param changedFieldKeys keys of exactly the figures whose value changed, in the catalogue's order
record DataUpdated(
    String event,
    String snapshotId,
    String organizationId,
    String periodId,
    List<String> changedSections,
    List<String> changedFieldKeys,
    Instant updatedAt) {

  static final String NAME = "data_updated";
}
