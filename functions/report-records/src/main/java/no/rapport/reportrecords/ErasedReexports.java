package no.rapport.reportrecords;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Counts the re-exports that the deletion of a report has erased so far. The count is stored between transactions, so
/// the audit line counts all of them even if the deletion is interrupted and requested again.
///
/// @param note holds the count of earlier transactions
record ErasedReexports(String partition, String reportId, Optional<Note> note, int count) {

  private record Count(int erased) {}

  static ErasedReexports of(Records records, ReportRecord report, Instant now) {
    String partition = "report-deletions#" + report.orgId();
    Optional<Note> note = records.note(partition, report.reportId(), now);
    return new ErasedReexports(partition, report.reportId(), note,
        note.map(n -> Documents.read(n.document(), Count.class).erased()).orElse(0));
  }

  ErasedReexports plus(int more) {
    return new ErasedReexports(partition, reportId, note, count + more);
  }

  /// Returns the change that stores this count.
  Change kept() {
    String document = Documents.write(new Count(count));
    return note.<Change>map(seen -> new Change.ReplaceNote(seen, seen.next(document)))
        .orElseGet(() -> new Change.AddNote(Note.first(partition, reportId, document, null)));
  }

  /// Returns the changes that remove the stored count.
  List<Change> settled() {
    return note.<Change>map(Change.RemoveNote::new).stream().toList();
  }
}
