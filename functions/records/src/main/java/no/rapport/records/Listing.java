package no.rapport.records;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The query of a list. All conditions must hold; several values of one filter are alternatives.
///
/// @param organizations the organisations that own the resources; empty means all
/// @param statuses status words; empty means any
/// @param anyOf filter name → accepted values (`report_type`)
/// @param noneOf filter name → refused values; what has no value at all is not in the list either
/// @param atLeast filter name → smallest accepted value, inclusive (`period_from`)
/// @param atMost filter name → largest accepted value, inclusive (`period_to`)
/// @param createdFrom earliest creation, inclusive
/// @param createdBefore latest creation, exclusive
/// @param start where the page begins
/// @param limit largest number of resources per page, 1 to 100
public record Listing(
    String collection,
    Optional<Set<String>> organizations,
    Set<String> statuses,
    Map<String, Set<String>> anyOf,
    Map<String, Set<String>> noneOf,
    Map<String, String> atLeast,
    Map<String, String> atMost,
    Optional<Instant> createdFrom,
    Optional<Instant> createdBefore,
    Start start,
    int limit) {

  /// Where a page begins.
  public sealed interface Start {}

  /// Page number, from 1.
  public record AtPage(int page) implements Start {}

  /// After the last resource of an earlier page; `""` means from the start.
  public record AfterCursor(String cursor) implements Start {}

  /// A list that refuses no values.
  public Listing(String collection, Optional<Set<String>> organizations, Set<String> statuses,
      Map<String, Set<String>> anyOf, Map<String, String> atLeast, Map<String, String> atMost,
      Optional<Instant> createdFrom, Optional<Instant> createdBefore, Start start, int limit) {
    this(collection, organizations, statuses, anyOf, Map.of(), atLeast, atMost, createdFrom, createdBefore, start,
        limit);
  }

  /// Returns the first page of one organisation's resources in these states.
  public static Listing of(String collection, String orgId, Set<String> statuses, int limit) {
    return new Listing(collection, Optional.of(Set.of(orgId)), statuses, Map.of(), Map.of(), Map.of(), Optional.empty(),
        Optional.empty(), new AtPage(1), limit);
  }

  /// Returns the same list with one more filter.
  public Listing where(String filter, String value) {
    return where(filter, Set.of(value));
  }

  /// Returns the same list with one more filter, whose values are alternatives.
  public Listing where(String filter, Set<String> values) {
    var more = new java.util.HashMap<>(anyOf);
    more.put(filter, values);
    return new Listing(collection, organizations, statuses, Map.copyOf(more), noneOf, atLeast, atMost, createdFrom,
        createdBefore, start, limit);
  }

  /// Returns the same list without what has one of these values, or none.
  public Listing except(String filter, Set<String> values) {
    var more = new java.util.HashMap<>(noneOf);
    more.put(filter, values);
    return new Listing(collection, organizations, statuses, anyOf, Map.copyOf(more), atLeast, atMost, createdFrom,
        createdBefore, start, limit);
  }

  /// Returns the same list, starting after a cursor.
  public Listing after(String cursor) {
    return new Listing(collection, organizations, statuses, anyOf, noneOf, atLeast, atMost, createdFrom, createdBefore,
        new AfterCursor(cursor), limit);
  }

  /// Returns whether the stored totals give its count: it filters only by organisation and status.
  boolean isCounted() {
    return !isFiltered() && createdFrom.isEmpty() && createdBefore.isEmpty();
  }

  /// Returns whether it filters by values outside the key.
  boolean isFiltered() {
    return !anyOf.isEmpty() || !noneOf.isEmpty() || !atLeast.isEmpty() || !atMost.isEmpty();
  }

  /// Returns whether a resource belongs to the list, regardless of where the page begins.
  boolean matches(Entry entry) {
    return entry.collection().equals(collection)
        && organizations.map(set -> set.contains(entry.orgId())).orElse(true)
        && (statuses.isEmpty() || statuses.contains(entry.status()))
        && createdFrom.map(from -> !entry.created().isBefore(from)).orElse(true)
        && createdBefore.map(before -> entry.created().isBefore(before)).orElse(true)
        && anyOf.entrySet().stream().allMatch(f -> f.getValue().contains(entry.filters().getOrDefault(f.getKey(), "")))
        && noneOf.entrySet().stream().allMatch(f -> entry.filters().containsKey(f.getKey())
            && !f.getValue().contains(entry.filters().get(f.getKey())))
        && atLeast.entrySet().stream().allMatch(f -> entry.filters().containsKey(f.getKey())
            && entry.filters().get(f.getKey()).compareTo(f.getValue()) >= 0)
        && atMost.entrySet().stream().allMatch(f -> entry.filters().containsKey(f.getKey())
            && entry.filters().get(f.getKey()).compareTo(f.getValue()) <= 0);
  }
}
