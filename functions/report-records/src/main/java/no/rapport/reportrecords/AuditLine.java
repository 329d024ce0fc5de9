package no.rapport.reportrecords;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// The permanent audit record of a deleted report: the key that deleted it, the time, and the digest that identifies
/// copies of its file.
///
/// It holds no file name, because a client's file name may contain personal data.
///
/// @param deletedBy id of the key that deleted it
/// @param fileSha256 digest of the file that Rapport wrote; empty if a client entered the report
/// @param reexports number of re-exports that were erased with it
public record AuditLine(String orgId, String reportId, String reportType, String deletedBy, Instant deletedAt,
    Optional<String> fileSha256, int reexports) {

  static AuditLine of(ReportRecord report, String deletedBy, int reexports, Instant now) {
    return new AuditLine(report.orgId(), report.reportId(), report.reportType(), deletedBy, now, report.fileSha256(),
        reexports);
  }

  /// Returns the change that writes this line.
  Change written() {
    return new Change.AddNote(Note.first(partition(orgId), deletedAt + "#" + reportId, Documents.write(this), null));
  }

  /// Returns an organisation's lines, oldest first, at most `limit`.
  public static List<AuditLine> of(Records records, String orgId, int limit, Instant now) {
    return records.notes(partition(orgId), "", limit, now).stream()
        .map(note -> Documents.read(note.document(), AuditLine.class)).toList();
  }

  private static String partition(String orgId) {
    return "audit#" + orgId;
  }
}
