package no.rapport.exportworkflow;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Notifications that are still to be published: left in the transaction that ends a job, taken away in the one that
/// records the publication.
final class Notifications {

  private static final String PARTITION = "notifications";

  private Notifications() {}

  /// @param rounds how often the sweeper has started the publication again
  record Owed(ExportKind kind, String exportId, int attempt, Instant since, int rounds) {}

  record Due(Owed owed, Note note) {}

  static Change owe(ExportJob job, Instant now) {
    return new Change.AddNote(Note.first(PARTITION, sort(job), Documents.write(
        new Owed(job.kind(), job.id(), job.attempt(), now, 0)), null));
  }

  static Optional<Change> settle(Records records, ExportJob job, Instant now) {
    return records.note(PARTITION, sort(job), now).map(Change.RemoveNote::new);
  }

  static List<Due> due(Records records, int limit, Instant now) {
    return records.notes(PARTITION, "", limit, now).stream()
        .map(note -> new Due(Documents.read(note.document(), Owed.class), note)).toList();
  }

  static Change another(Due due) {
    Owed owed = due.owed();
    return new Change.ReplaceNote(due.note(), due.note().next(Documents.write(
        new Owed(owed.kind(), owed.exportId(), owed.attempt(), owed.since(), owed.rounds() + 1))));
  }

  private static String sort(ExportJob job) {
    return job.kind() + "#" + job.id() + "#" + job.attempt();
  }
}
