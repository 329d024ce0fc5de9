package no.rapport.records;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Stores the resources of all contracts, and notes. Reads by id, of notes and of one organisation's lists are
/// consistent: they see every completed commit. Lists across organisations and [#inStatus] may lag.
public interface Records {

  /// Returns the resource of that id, regardless of its organisation.
  default Optional<Entry> find(String collection, String id) {
    return find(collection, id, _ -> true);
  }

  /// Returns the resource of that id if `visible` holds for its organisation. An invisible resource takes the same
  /// reads, and so the same time, as an absent one; its document is not read.
  Optional<Entry> find(String collection, String id, Predicate<String> visible);

  /// Returns whether the resource that was created under that id in that second was removed within the last
  /// [Change.Delete#TOMBSTONE_LIFETIME]; consistent. Its id cannot be reused before, so that a late repetition of a request
  /// does not restore a deleted resource.
  boolean wasRemoved(String collection, String id, Instant created);

  /// Returns a page of a list, newest first by (created, id).
  ///
  /// @throws IllegalArgumentException if the cursor is not from a list
  Page list(Listing listing);

  /// Returns the first resources of a list, at most its limit, without counting the others.
  default List<Entry> first(Listing listing) {
    return list(listing).entries();
  }

  /// Returns resources of all organisations in one status, oldest first, at most `limit`; may lag.
  List<Entry> inStatus(String collection, String status, int limit);

  /// Returns the exact number of one organisation's resources in a status.
  long countInStatus(String collection, String orgId, String status);

  /// Returns the note of that key, or empty if there is none or it has expired.
  Optional<Note> note(String partition, String sort, Instant now);

  /// Returns unexpired notes of a partition after `afterSort` (exclusive; empty: from the first), in order, at most
  /// `limit`.
  List<Note> notes(String partition, String afterSort, int limit, Instant now);

  /// Commits all changes or none. Safe under concurrency: each change is conditional on the version that was seen.
  ///
  /// @return true if committed, false if a condition failed
  boolean commit(List<Change> changes);

  default boolean commit(Change... changes) {
    return commit(List.of(changes));
  }
}
