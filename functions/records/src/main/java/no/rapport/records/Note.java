package no.rapport.records;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// A stored fact that is not a resource of a contract (an idempotency key, an event, a duty of the sweeper): found by
/// its key only, in no list and no total.
///
/// @param partition what groups notes that are read together
/// @param sort their order within the partition
/// @param version grows by one with every write
/// @param expires when it is gone (UTC, whole seconds), whether or not the table has removed it yet; empty: never
public record Note(String partition, String sort, long version, String document, Optional<Instant> expires) {

  public Note {
    expires = expires.map(time -> time.truncatedTo(ChronoUnit.SECONDS));
  }

  public static Note first(String partition, String sort, String document, Instant expires) {
    return new Note(partition, sort, 1, document, Optional.ofNullable(expires));
  }

  /// The partition of the notes about a resource: what was derived from it and has to be erased with it. Deleting the
  /// resource erases them all. A note that is added at the same time may stay: its writer has to look for the resource
  /// afterwards.
  public static String about(String collection, String id) {
    return "about#" + collection + "#" + id;
  }

  public Note next(String nextDocument) {
    return new Note(partition, sort, version + 1, nextDocument, expires);
  }

  boolean isGone(Instant now) {
    return expires.isPresent() && !expires.get().isAfter(now);
  }
}
