package no.rapport.exportjobs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Notes of the steps that are due after a job has ended: submitting its file to Bufdir and publishing its
/// notification. The transaction that ends the job adds the note. The transaction that records the last step removes
/// it.
public final class FollowUps {

  /// The partition of the notes. They sort by organisation.
  public static final String PARTITION = "follow-ups";

  private FollowUps() {}

  /// The follow-ups of one job.
  ///
  /// @param since when they became due or were last restarted
  /// @param rounds how often the sweeper has restarted them
  public record Owed(ExportKind kind, String exportId, int attempt, Instant since, int rounds) {}

  public record Due(Owed owed, Note note) {

    public static Due of(Note note) {
      return new Due(Documents.read(note.document(), Owed.class), note);
    }
  }

  /// Returns the change that adds the job's note, or no change if no follow-up is due.
  public static List<Change> owe(ExportJob job, Instant now) {
    return job.isFollowedUp() ? List.of() : List.of(new Change.AddNote(Note.first(PARTITION, sort(job),
        Documents.write(new Owed(job.kind(), job.id(), job.attempt(), now, 0)), null)));
  }

  /// Returns the change that removes the job's note, or no change if a follow-up is still due.
  public static List<Change> settle(Records records, ExportJob job, Instant now) {
    Optional<Note> note = job.isFollowedUp() ? records.note(PARTITION, sort(job), now) : Optional.empty();
    return note.<List<Change>>map(done -> List.of(new Change.RemoveNote(done))).orElse(List.of());
  }

  /// Returns the notes of all due follow-ups, whether or not it is time to restart them.
  public static List<Note> open(Records records, int limit, Instant now) {
    return records.notes(PARTITION, "", limit, now);
  }

  /// Returns the change that counts one more restart by the sweeper.
  public static Change nextRound(Due due, Instant now) {
    Owed owed = due.owed();
    return new Change.ReplaceNote(due.note(), due.note().next(Documents.write(
        new Owed(owed.kind(), owed.exportId(), owed.attempt(), now, owed.rounds() + 1))));
  }

  private static String sort(ExportJob job) {
    return job.orgId() + "#" + job.kind() + "#" + job.id() + "#" + job.attempt();
  }
}
