package no.rapport.reportrecords;

import java.time.Instant;
import java.util.Optional;
import java.util.function.LongPredicate;
import no.rapport.records.Change;
import no.rapport.reportrecords.ReportRecords.Stored;

/// Merges a worker's changes into a report, and retries when other requests change the report at the same time.
final class ChangeReport {

  private final ReportRecords reports;

  ChangeReport(ReportRecords reports) {
    this.reports = reports;
  }

  /// @param ifMatch tells whether the caller accepts the version that is changed
  Outcome apply(String reportId, ReportChanges changes, LongPredicate ifMatch, Instant now) {
    while (true) {
      Optional<Stored> seen = reports.find(reportId);
      if (seen.isEmpty()) {
        return new Outcome.Absent();
      }
      if (!ifMatch.test(seen.get().version())) {
        return new Outcome.Stale();
      }
      ReportRecord report = seen.get().report();
      ReportRecord next = changes.mergedInto(report, now);
      if (!report.status().mayBecome(next.status())) {
        return new Outcome.Refused("The report is " + report.status().word() + " and cannot become "
            + next.status().word() + "; " + report.status().allowed());
      }
      if (next.status() == ReportStatus.COMPLETED && next.fileRef().isEmpty()) {
        return new Outcome.FileMissing();
      }
      if (next == report) {
        return new Outcome.Done(seen.get());
      }
      if (report.owned()) {
        return new Outcome.Refused("The report is completed and its file was written by Rapport; "
            + "file_ref, file_size_bytes and generated_at stay as they are");
      }
      Stored changed = seen.get().next(next);
      if (reports.records().commit(new Change.Replace(seen.get().entry(), changed.entry()))) {
        return new Outcome.Done(changed);
      }
    }
  }
}
