package no.rapport.reportrecords;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import no.rapport.api.Log;
import no.rapport.records.Change;
import no.rapport.records.Cleanup;
import no.rapport.reportrecords.ReportRecords.Stored;
import software.amazon.awssdk.core.exception.SdkException;

/// Deletes a report for good, with the file and the sealed rows that Rapport wrote for it. The record goes first, in
/// one transaction with the audit line and the duty to remove the objects; then the objects go.
final class DeleteReport {

  /// Longer than any task may run that could still be copying the report's file.
  private static final Duration TASKS_END_WITHIN = Duration.ofMinutes(16);

  private final ReportRecords reports;
  private final ReportFiles files;

  DeleteReport(ReportRecords reports, ReportFiles files) {
    this.reports = reports;
    this.files = files;
  }

  /// @param ifMatch whether the caller accepts the version that is deleted
  /// @param deletedBy id of the caller's key
  Outcome apply(String reportId, LongPredicate ifMatch, String deletedBy, Instant now) {
    while (true) {
      Optional<Stored> seen = reports.find(reportId);
      if (seen.isEmpty()) {
        return new Outcome.Absent();
      }
      if (!ifMatch.test(seen.get().version())) {
        return new Outcome.Stale();
      }
      ReportRecord report = seen.get().report();
      // Looked for after the version was read: a re-export that begins after this moves the version on.
      if (reports.isBeingReexported(report)) {
        return new Outcome.Refused("The report is being re-exported; "
            + "it can be deleted when its re-exports have ended or are cancelled");
      }
      List<String> unwanted = unwanted(report);
      List<Change> changes = new ArrayList<>(List.of(new Change.Delete(seen.get().entry()),
          AuditLine.of(report, deletedBy, now).written()));
      if (!unwanted.isEmpty()) {
        changes.add(new Cleanup(unwanted, now.plus(TASKS_END_WITHIN)).duty(reportId + "#deleted"));
      }
      if (reports.records().commit(changes)) {
        Log.info("report_deleted", Map.of("report_id", reportId, "organization", report.orgId(), "by", deletedBy,
            "file_sha256", report.fileSha256().orElse("")));
        remove(report, unwanted);
        return new Outcome.Done(seen.get());
      }
    }
  }

  /// What Rapport wrote for this report; a file that a client only named is not ours to remove.
  private static List<String> unwanted(ReportRecord report) {
    List<String> prefixes = new ArrayList<>();
    report.fileRef().filter(_ -> report.owned()).ifPresent(prefixes::add);
    report.sealed().map(SealedData::prefix).ifPresent(prefixes::add);
    return prefixes;
  }

  private void remove(ReportRecord report, List<String> prefixes) {
    try {
      prefixes.forEach(files::removeBelow);
    } catch (SdkException e) {
      Log.error("left_to_sweeper", Map.of("what", "remove_files", "report_id", report.reportId(),
          "organization", report.orgId()), e);
    }
  }
}
