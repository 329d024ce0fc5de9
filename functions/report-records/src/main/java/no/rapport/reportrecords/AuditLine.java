package no.rapport.reportrecords;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// What stays of a deleted report, for good: who deleted it, when, and the digest by which a copy of its file can be
/// recognised.
///
/// No file name stands in it: a client's may hold anything.
///
/// @param deletedBy id of the key that deleted it
/// @param fileSha256 of the file that Rapport wrote; empty where a client had entered the report
/// @param reexports how many re-exports of it were erased with it
public record AuditLine(String orgId, String reportId, String reportType, String deletedBy, Instant deletedAt,
    Optional<String> fileSha256, int reexports) {

  static AuditLine of(ReportRecord report, String deletedBy, int reexports, Instant now) {
    return new AuditLine(report.orgId(), report.reportId(), report.reportType(), deletedBy, now, report.fileSha256(),
        reexports);
  }

  /// The change that writes this line.
  Change written() {
    return new Change.AddNote(Note.first(partition(orgId), deletedAt + "#" + reportId, Documents.write(this), null));
  }

  /// An organisation's lines, oldest first, at most `limit`.
  public static List<AuditLine> of(Records records, String orgId, int limit, Instant now) {
    return records.notes(partition(orgId), "", limit, now).stream()
        .map(note -> Documents.read(note.document(), AuditLine.class)).toList();
  }

  private static String partition(String orgId) {
    return "audit#" + orgId;
  }
}
