package no.rapport.records;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Objects that must go from the bucket: a duty that is left in the transaction which makes them unwanted, and which
/// the sweeper repeats until nothing can write there any more (16 minutes).
///
/// @param prefixes what to remove: every object whose key begins so (a whole key removes one object)
/// @param until when the duty ends; before, it is repeated, since a task that runs on may still write
public record Cleanup(List<String> prefixes, Instant until) {

  private static final String PARTITION = "cleanup";

  public Cleanup {
    prefixes = List.copyOf(prefixes);
    if (prefixes.stream().anyMatch(prefix -> prefix.chars().filter(c -> c == '/').count() < 2)) {
      throw new IllegalArgumentException("A cleanup must stay within one organisation's folder");
    }
  }

  /// A duty that is open, with the note that holds it.
  public record Due(Cleanup cleanup, Note note) {

    /// @throws IllegalStateException when the note holds something else
    public static Due of(Note note) {
      return new Due(Documents.read(note.document(), Cleanup.class), note);
    }
  }

  /// The change that leaves this duty.
  ///
  /// @param id what makes it unique: the resource's id and what became of it (`exp-…#cancelled#2`)
  public Change duty(String id) {
    return new Change.AddNote(Note.first(PARTITION, id, Documents.write(this), null));
  }

  /// The notes of open duties, at most `limit`, after the one of that id.
  public static List<Note> due(Records records, String afterId, int limit, Instant now) {
    return records.notes(PARTITION, afterId, limit, now);
  }

  /// The change that ends a duty, once its time is over.
  public static Optional<Change> done(Due due, Instant now) {
    return due.cleanup().until().isAfter(now) ? Optional.empty() : Optional.of(new Change.RemoveNote(due.note()));
  }
}
