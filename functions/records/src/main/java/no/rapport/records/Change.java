package no.rapport.records;

import java.time.Duration;

/// One conditional write; several are committed together or not at all.
public sealed interface Change {

  /// Stores a new resource; refused where its id is taken, or was until a while ago.
  record Create(Entry entry) implements Change {}

  /// Replaces a resource; refused unless it is as it was seen.
  record Replace(Entry seen, Entry next) implements Change {}

  /// Removes a resource and all notes about it ([Note#about]); refused unless it is as it was seen. Its id stays taken
  /// for a while.
  record Delete(Entry seen) implements Change {
    /// Longer than a request may be repeated under its idempotency key.
    public static final Duration REMEMBERED = Duration.ofHours(25);
  }

  /// Stores a new note; refused where its key is taken.
  record AddNote(Note note) implements Change {}

  /// Replaces a note; refused unless it is as it was seen.
  record ReplaceNote(Note seen, Note next) implements Change {}

  /// Removes a note; refused unless it is as it was seen.
  record RemoveNote(Note seen) implements Change {}
}
