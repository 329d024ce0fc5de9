package no.rapport.reportrecords;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// How many re-exports of a report its deletion has erased so far: kept from one transaction to the next, so that the
/// audit line counts all of them also where the deletion is interrupted and asked for again.
///
/// @param note where the count of earlier transactions is kept
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

  /// The change that keeps this count.
  Change kept() {
    String document = Documents.write(new Count(count));
    return note.<Change>map(seen -> new Change.ReplaceNote(seen, seen.next(document)))
        .orElseGet(() -> new Change.AddNote(Note.first(partition, reportId, document, null)));
  }

  /// The changes after which no count is kept.
  List<Change> settled() {
    return note.<Change>map(Change.RemoveNote::new).stream().toList();
  }
}
