package no.rapport.records;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// A small stored item that is not a resource of a contract (an idempotency key, an event, a duty of the sweeper). It
/// is found only by its key; lists and totals do not include it.
///
/// @param partition groups notes that are read together
/// @param sort their order within the partition
/// @param version grows by one with every write
/// @param expires the time from which it counts as absent (UTC, whole seconds), even if the table has not removed it
///     yet; empty: never
public record Note(String partition, String sort, long version, String document, Optional<Instant> expires) {

  public Note {
    expires = expires.map(time -> time.truncatedTo(ChronoUnit.SECONDS));
  }

  /// Returns a new note.
  ///
  /// @param expires null for never
  public static Note first(String partition, String sort, String document, Instant expires) {
    return new Note(partition, sort, 1, document, Optional.ofNullable(expires));
  }

  /// Returns the partition of the notes about a resource: data that was derived from it and must be erased with it.
  /// Deleting the resource erases them all. A note that is added during the deletion may survive, so its writer must
  /// check afterwards that the resource still exists.
  public static String about(String collection, String id) {
    return "about#" + collection + "#" + id;
  }

  /// Returns the same note with another document.
  public Note next(String nextDocument) {
    return new Note(partition, sort, version + 1, nextDocument, expires);
  }

  boolean isExpired(Instant now) {
    return expires.isPresent() && !expires.get().isAfter(now);
  }
}
