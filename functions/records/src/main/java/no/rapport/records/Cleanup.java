package no.rapport.records;

import java.time.Instant;
import java.util.List;

/// Objects that must be removed from the bucket: a duty that is stored in the transaction which makes the objects
/// unwanted. Whoever commits it removes the objects at once; the sweeper removes them again at its next run, and once
/// more at `until`, when no task can write them any more.
///
/// @param prefixes what to remove: every object whose key begins with one of them (a whole key removes one object)
/// @param until from when on no task that was told to stop can still write
public record Cleanup(List<String> prefixes, Instant until) {

  /// The partition of the notes. They sort by organisation, then by the time at which they are due.
  public static final String PARTITION = "cleanup";

  /// Stands for a time before all others, and sorts like it.
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

    /// @throws IllegalStateException when the note holds something else
    public static Due of(Note note) {
      return new Due(Documents.read(note.document(), Cleanup.class), note);
    }
  }

  /// Returns the change that stores this duty.
  ///
  /// @param id what makes it unique: the resource's id and what happened to it (`exp-…#cancelled#2`)
  public Change duty(String id) {
    return new Change.AddNote(note(AT_ONCE, id));
  }

  /// Returns the notes of open duties, at most `limit`, after the one of that sort key, whether or not they are due.
  public static List<Note> open(Records records, String afterSort, int limit, Instant now) {
    return records.notes(PARTITION, afterSort, limit, now);
  }

  /// Returns whether the note's duty is due. Of one organisation, no later note is due before an earlier one.
  public static boolean isDue(Note note, Instant now) {
    String[] key = note.sort().split("#", 3);
    return key.length < 3 || key[1].compareTo(now.toString()) <= 0;
  }

  /// Returns the changes that record a removal: they put the duty off until no task can write, or end it.
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
