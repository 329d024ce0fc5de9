package no.rapport.records;

import java.time.Instant;
import java.util.List;

/// A duty to remove objects from the bucket. It is stored in the same transaction that makes the objects unwanted. The
/// committing function removes them at once. The sweeper removes them again at its next run, and a last time at
/// `until`, when no task can write them any more.
///
/// @param prefixes the key prefixes of the objects to remove (a whole key removes one object)
/// @param until the time from which no cancelled task can still write
public record Cleanup(List<String> prefixes, Instant until) {

  /// The partition of the duties' notes. They sort by organisation, then by due time.
  public static final String PARTITION = "cleanup";

  /// Sorts before every time.
  private static final String AT_ONCE = "0";

  public Cleanup {
    prefixes = List.copyOf(prefixes);
    if (prefixes.stream().anyMatch(prefix -> prefix.chars().filter(c -> c == '/').count() < 2)) {
      throw new IllegalArgumentException("A cleanup must stay within one organisation's folder");
    }
    if (prefixes.stream().map(Cleanup::organization).distinct().count() > 1) {
      throw new IllegalArgumentException("A cleanup must stay within one organisation");
    }
  }

  /// An open duty, with the note that holds it.
  public record Due(Cleanup cleanup, Note note) {

    /// Reads the duty from its note.
    ///
    /// @throws IllegalStateException if the note holds something else
    public static Due of(Note note) {
      return new Due(Documents.read(note.document(), Cleanup.class), note);
    }
  }

  /// Returns the change that stores this duty.
  ///
  /// @param id a unique id: the resource's id and the event (`exp-…#cancelled#2`)
  public Change duty(String id) {
    return new Change.AddNote(note(AT_ONCE, id));
  }

  /// Returns the notes of open duties after a sort key, due or not, at most `limit`.
  public static List<Note> open(Records records, String afterSort, int limit, Instant now) {
    return records.notes(PARTITION, afterSort, limit, now);
  }

  /// Returns whether the note's duty is due. Within an organisation, notes sort by due time.
  public static boolean isDue(Note note, Instant now) {
    String[] key = note.sort().split("#", 3);
    return key.length < 3 || key[1].compareTo(now.toString()) <= 0;
  }

  /// Returns the changes that record a removal: they postpone the duty until no task can write, or end it.
  public static List<Change> done(Due due, Instant now) {
    Cleanup cleanup = due.cleanup();
    Change end = new Change.RemoveNote(due.note());
    return cleanup.until().isAfter(now)
        ? List.of(end, new Change.AddNote(cleanup.note(cleanup.until().toString(), due.note().sort().split("#", 3)[2])))
        : List.of(end);
  }

  private Note note(String time, String id) {
    String organization = prefixes.isEmpty() ? "" : organization(prefixes.getFirst());
    return Note.first(PARTITION, organization + "#" + time + "#" + id, Documents.write(this), null);
  }

  private static String organization(String prefix) {
    return prefix.split("/", 3)[1];
  }
}
