package no.rapport.records;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// One resource of a contract as it is stored: what lists need in members of their own, all else in the document.
///
/// @param collection the contract's collection (`bufdir-exports`)
/// @param orgId the organisation that owns it: first part of its key
/// @param created when it was made, UTC, whole seconds; with the id the order of lists
/// @param status the contract's status word, by which lists filter and totals count
/// @param version grows by one with every write; what conditional writes and ETags hold
/// @param filters further values that lists may filter by (`report_type`), never empty strings
/// @param document the resource itself, JSON
public record Entry(
    String collection,
    String orgId,
    String id,
    Instant created,
    String status,
    long version,
    SortedMap<String, String> filters,
    String document) {

  public Entry {
    created = created.truncatedTo(ChronoUnit.SECONDS); // positions sort as text: all must have one form
    filters = new TreeMap<>(filters);
    filters.values().removeIf(String::isEmpty);
  }

  /// A resource that is not stored yet.
  public static Entry first(String collection, String orgId, String id, Instant created, String status,
      Map<String, String> filters, String document) {
    return new Entry(collection, orgId, id, created, status, 1, new TreeMap<>(filters), document);
  }

  /// The same resource after a change.
  public Entry next(String nextStatus, Map<String, String> nextFilters, String nextDocument) {
    return new Entry(collection, orgId, id, created, nextStatus, version + 1, new TreeMap<>(nextFilters), nextDocument);
  }

  /// Where it stands in its organisation's list; sorts like (created, id).
  String position() {
    return position(created, id);
  }

  static String position(Instant created, String id) {
    return created + "#" + id;
  }
}
