package no.rapport.records;

import java.time.Duration;

/// One conditional write. Several are committed together or not at all.
public sealed interface Change {

  /// Stores a new resource. Fails if its id is taken, or belongs to a resource deleted within
  /// [Delete#TOMBSTONE_LIFETIME].
  record Create(Entry entry) implements Change {}

  /// Replaces a resource. Fails unless the stored version is the one that was seen.
  record Replace(Entry seen, Entry next) implements Change {}

  /// Removes a resource and all notes about it ([Note#about]). Fails unless the stored version is the one that was
  /// seen. The id stays taken for [#TOMBSTONE_LIFETIME].
  record Delete(Entry seen) implements Change {
    /// Longer than a request may be repeated under its idempotency key.
    public static final Duration TOMBSTONE_LIFETIME = Duration.ofHours(25);
  }

  /// Stores a new note. Fails if its key is taken.
  record AddNote(Note note) implements Change {}

  /// Replaces a note. Fails unless the stored version is the one that was seen.
  record ReplaceNote(Note seen, Note next) implements Change {}

  /// Removes a note. Fails unless the stored version is the one that was seen.
  record RemoveNote(Note seen) implements Change {}
}
