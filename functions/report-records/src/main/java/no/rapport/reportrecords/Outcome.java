package no.rapport.reportrecords;

/// What came of changing or deleting a report.
sealed interface Outcome {

  record Done(ReportRecords.Stored stored) implements Outcome {}

  /// There is no such report (any more).
  record Absent() implements Outcome {}

  /// The caller's `If-Match` names another version.
  record Stale() implements Outcome {}

  /// The state does not allow it.
  ///
  /// @param detail says the state and what is allowed
  record Refused(String detail) implements Outcome {}

  /// A completed report would be left without its file.
  record FileMissing() implements Outcome {}
}
