package no.rapport.records;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// All resources of all contracts, and the notes beside them. Reads by id, of notes and of one organisation's lists
/// are consistent: they see every commit that ended before. Lists across organisations and [#inStatus] may lag.
public interface Records {

  /// The resource of that id, whoever owns it.
  default Optional<Entry> find(String collection, String id) {
    return find(collection, id, _ -> true);
  }

  /// The resource of that id where `visible` holds for its organisation. What is there but not visible takes the time
  /// of what is absent: the reads are the same, and it is not read itself.
  Optional<Entry> find(String collection, String id, Predicate<String> visible);

  /// Whether a resource of that id was removed within the last [Change.Delete#REMEMBERED]; consistent. Until then its id
  /// cannot be taken again: a request that is repeated late does not bring back what was deleted meanwhile.
  boolean wasRemoved(String collection, String id, Instant now);

  /// A page of a list, newest first by (created, id).
  ///
  /// @throws IllegalArgumentException when the cursor is not one of ours
  Page list(Listing listing);

  /// Resources of every organisation in one status, oldest first, at most `limit`; may lag.
  List<Entry> inStatus(String collection, String status, int limit);

  /// How many of one organisation's resources are in a status, exactly.
  long countInStatus(String collection, String orgId, String status);

  /// The note of that key unless it has expired.
  Optional<Note> note(String partition, String sort, Instant now);

  /// Notes of a partition after `afterSort` (exclusive; empty: from the first) in order, at most `limit`, without
  /// the expired.
  List<Note> notes(String partition, String afterSort, int limit, Instant now);

  /// Commits all changes or none. Safe under any concurrency: each change states what it saw.
  ///
  /// @return true when committed, false when anything was not as it was seen
  boolean commit(List<Change> changes);

  default boolean commit(Change... changes) {
    return commit(List.of(changes));
  }
}
