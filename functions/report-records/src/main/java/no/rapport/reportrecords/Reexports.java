package no.rapport.reportrecords;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import no.rapport.records.Change;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.records.Records;

/// The re-exports of a report. The deletion of a report uses them, because it deletes them too.
record Reexports(Records records) {

  private static final String COLLECTION = "report-reexports";
  private static final String REPORT_ID = "report_id";
  private static final Set<String> UNFINISHED = Set.of("pending", "running");
  /// The most re-exports in one transaction, which also holds their audit events, the report, its audit line and the
  /// totals.
  private static final int BATCH = 12;

  /// Some finished re-exports of a report.
  ///
  /// @param isLast whether the report has no others
  record Batch(List<Entry> reexports, boolean isLast) {

    List<Change> deletions() {
      return reexports.stream().<Change>map(Change.Delete::new).toList();
    }

    /// Returns the prefixes of all objects that the attempts of these re-exports may have written to the bucket.
    List<String> prefixes(ReportRecord report) {
      List<String> prefixes = new ArrayList<>();
      if (!reexports.isEmpty()) {
        prefixes.add(filesOf(report));
      }
      reexports.forEach(reexport -> prefixes.add("exports/" + report.orgId() + "/" + reexport.id() + "/"));
      return prefixes;
    }
  }

  /// Returns whether a re-export of the report is pending or running. The read is consistent.
  boolean hasUnfinished(ReportRecord report) {
    return !of(report, UNFINISHED, 1).isEmpty();
  }

  /// Returns the next re-exports to delete. The read is consistent.
  Batch nextBatch(ReportRecord report) {
    List<Entry> next = of(report, Set.of(), BATCH + 1);
    return new Batch(next.subList(0, Math.min(BATCH, next.size())), next.size() <= BATCH);
  }

  /// Returns the folder of the files of all re-exports of a report.
  static String filesOf(ReportRecord report) {
    return "reports/" + report.orgId() + "/reexports/" + report.reportId() + "_";
  }

  private List<Entry> of(ReportRecord report, Set<String> statuses, int limit) {
    return records.first(Listing.of(COLLECTION, report.orgId(), statuses, limit).where(REPORT_ID, report.reportId()));
  }
}
