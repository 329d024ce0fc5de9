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

/// Permanently deletes a report, its re-exports, and the files and sealed rows that Rapport wrote for them.
///
/// One transaction deletes the records, writes the audit line and stores the duty to remove the objects. The objects
/// are removed afterwards. If the report has more re-exports than fit into one transaction, several transactions delete
/// them; the last one also deletes the report. One request runs a limited number of transactions, so a report with very
/// many re-exports needs the request several times.
final class DeleteReport {

  /// Longer than the longest task that may still be copying the report's file.
  private static final Duration MAX_TASK_DURATION = Duration.ofMinutes(16);
  private static final int MAX_ATTEMPTS = 100;
  /// The most transactions that one request may run before the one that deletes the report.
  private static final int MAX_BATCHES = 1;

  private final ReportRecords reports;
  private final ReportFiles files;
  private final Reexports reexports;

  DeleteReport(ReportRecords reports, ReportFiles files) {
    this.reports = reports;
    this.files = files;
    this.reexports = new Reexports(reports.records());
  }

  /// @param ifMatch tells whether the caller accepts the version that is deleted
  /// @param deletedBy id of the caller's key
  Outcome apply(String reportId, LongPredicate ifMatch, String deletedBy, Instant now) {
    int batches = 0;
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Optional<Stored> seen = reports.find(reportId);
      if (seen.isEmpty()) {
        return new Outcome.Absent();
      }
      if (batches == 0 && !ifMatch.test(seen.get().version())) {
        return new Outcome.Stale();
      }
      ReportRecord report = seen.get().report();
      // The version must be read first: a re-export that begins after this query changes the version.
      if (reexports.hasUnfinished(report)) {
        return new Outcome.Refused("The report is being re-exported; "
            + "it can be deleted when its re-exports have ended or are cancelled");
      }
      Reexports.Batch batch = reexports.nextBatch(report);
      ErasedReexports erased = ErasedReexports.of(reports.records(), report, now).plus(batch.reexports().size());
      List<Change> changes = new ArrayList<>(batch.deletions());
      List<String> unwanted = new ArrayList<>(batch.prefixes(report));
      if (batch.isLast()) {
        changes.add(new Change.Delete(seen.get().entry()));
        changes.add(AuditLine.of(report, deletedBy, erased.count(), now).written());
        changes.addAll(erased.settled());
        unwanted.addAll(unwanted(report));
      } else {
        changes.add(seen.get().hold());
        changes.add(erased.kept());
      }
      if (!unwanted.isEmpty()) {
        changes.add(new Cleanup(unwanted, now.plus(MAX_TASK_DURATION))
            .duty(reportId + "#deleted#" + seen.get().version()));
      }
      if (!reports.records().commit(changes)) {
        continue;
      }
      if (batch.isLast()) {
        Log.info("report_deleted", Map.of("report_id", reportId, "organization", report.orgId(), "by", deletedBy,
            "file_sha256", report.fileSha256().orElse(""), "reexports", erased.count()));
        remove(report, erased.count() > 0);
        return new Outcome.Done(seen.get());
      }
      if (++batches > MAX_BATCHES) {
        return new Outcome.Refused("The report has very many re-exports, of which " + erased.count()
            + " are deleted; repeat the request to delete the others and the report");
      }
    }
    throw new IllegalStateException("The report changed during each of " + MAX_ATTEMPTS + " attempts to delete it");
  }

  /// Returns the prefixes of what Rapport wrote for this report. A file that a client only named is not Rapport's to
  /// remove.
  private static List<String> unwanted(ReportRecord report) {
    List<String> prefixes = new ArrayList<>();
    report.fileRef().filter(_ -> report.owned()).ifPresent(prefixes::add);
    report.sealed().map(SealedData::prefix).ifPresent(prefixes::add);
    return prefixes;
  }

  /// Removes the report's objects now. If that fails, the sweeper removes them within a minute. The sweeper also
  /// removes objects of re-exports outside the report's folder.
  private void remove(ReportRecord report, boolean withReexports) {
    List<String> prefixes = unwanted(report);
    if (withReexports) {
      prefixes.add(Reexports.filesOf(report));
    }
    try {
      prefixes.forEach(files::removeBelow);
    } catch (SdkException e) {
      Log.error("left_to_sweeper", Map.of("what", "remove_files", "report_id", report.reportId(),
          "organization", report.orgId()), e);
    }
  }
}
