package no.rapport.exportjobs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// What is still to be done for a job that has ended: handing its file to Bufdir, publishing its notification. Left in
/// the transaction that ends the job, taken away in the one that records the last of it.
public final class FollowUps {

  /// The partition of the notes. They sort by organisation.
  public static final String PARTITION = "follow-ups";

  private FollowUps() {}

  /// @param since when it was left to be done, or last started again
  /// @param rounds how often the sweeper has started it again
  public record Owed(ExportKind kind, String exportId, int attempt, Instant since, int rounds) {}

  public record Due(Owed owed, Note note) {

    public static Due of(Note note) {
      return new Due(Documents.read(note.document(), Owed.class), note);
    }
  }

  /// What ending a job leaves to be done; nothing where nothing follows.
  public static List<Change> owe(ExportJob job, Instant now) {
    return job.isFollowedUp() ? List.of() : List.of(new Change.AddNote(Note.first(PARTITION, sort(job),
        Documents.write(new Owed(job.kind(), job.id(), job.attempt(), now, 0)), null)));
  }

  /// What recording a step brings with it: with the last one, the duty goes.
  public static List<Change> settle(Records records, ExportJob job, Instant now) {
    Optional<Note> note = job.isFollowedUp() ? records.note(PARTITION, sort(job), now) : Optional.empty();
    return note.<List<Change>>map(done -> List.of(new Change.RemoveNote(done))).orElse(List.of());
  }

  /// Returns the notes of what is still to be done, whether or not it is time to start it again.
  public static List<Note> open(Records records, int limit, Instant now) {
    return records.notes(PARTITION, "", limit, now);
  }

  public static Change another(Due due, Instant now) {
    Owed owed = due.owed();
    return new Change.ReplaceNote(due.note(), due.note().next(Documents.write(
        new Owed(owed.kind(), owed.exportId(), owed.attempt(), now, owed.rounds() + 1))));
  }

  private static String sort(ExportJob job) {
    return job.orgId() + "#" + job.kind() + "#" + job.id() + "#" + job.attempt();
  }
}
