package no.rapport.records;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// A stored resource of a contract. Values that lists need are members of their own; the document holds everything.
///
/// @param collection the contract's collection (`bufdir-exports`)
/// @param orgId the organisation that owns it; first part of its key
/// @param created time of creation, UTC, whole seconds; lists sort by it, then by id
/// @param status the contract's status word; lists filter and totals count by it
/// @param version grows by one with every write; conditional writes and ETags compare it
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
    created = created.truncatedTo(ChronoUnit.SECONDS); // positions sort as text, so all need the same form
    filters = new TreeMap<>(filters);
    filters.values().removeIf(String::isEmpty);
  }

  /// Returns a new resource, which is not stored yet.
  public static Entry first(String collection, String orgId, String id, Instant created, String status,
      Map<String, String> filters, String document) {
    return new Entry(collection, orgId, id, created, status, 1, new TreeMap<>(filters), document);
  }

  /// Returns the same resource after a change.
  public Entry next(String nextStatus, Map<String, String> nextFilters, String nextDocument) {
    return new Entry(collection, orgId, id, created, nextStatus, version + 1, new TreeMap<>(nextFilters), nextDocument);
  }

  /// Returns the position in the organisation's list; sorts by (created, id).
  String position() {
    return position(created, id);
  }

  static String position(Instant created, String id) {
    return created + "#" + id;
  }
}
