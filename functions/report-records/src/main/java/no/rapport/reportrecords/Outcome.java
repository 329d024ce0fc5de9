package no.rapport.reportrecords;

/// The outcome of changing or deleting a report.
sealed interface Outcome {

  record Done(ReportRecords.Stored stored) implements Outcome {}

  /// The report does not exist, or no longer exists.
  record Absent() implements Outcome {}

  /// The caller's `If-Match` names another version.
  record Stale() implements Outcome {}

  /// The report's state does not allow the change.
  ///
  /// @param detail names the state and the allowed changes
  record Refused(String detail) implements Outcome {}

  /// The change would leave a completed report without its file.
  record FileMissing() implements Outcome {}
}
