package no.rapport.records;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Stores records on the heap, with the semantics of the table. For tests and simulations, which run hundreds of
/// thousands of scenarios. Safe for use by several threads.
public final class InMemoryRecords implements Records {

  private static final Comparator<Entry> NEWEST_FIRST = Comparator.comparing((Entry entry) -> entry.position()).reversed();

  private final Clock clock;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<String, TreeMap<String, Note>> notes = new HashMap<>();
  private final Map<String, Removed> removed = new HashMap<>();

  public InMemoryRecords() {
    this(Clock.systemUTC());
  }

  /// @param clock decides which notes have expired when their keys are reused
  public InMemoryRecords(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Optional<Entry> find(String collection, String id, Predicate<String> visible) {
    return Optional.ofNullable(entries.get(key(collection, id))).filter(entry -> visible.test(entry.orgId()));
  }

  @Override
  public synchronized boolean wasRemoved(String collection, String id, Instant created) {
    return isTakenByRemoved(collection, id)
        && removed.get(key(collection, id)).created().equals(created.truncatedTo(ChronoUnit.SECONDS));
  }

  private boolean isTakenByRemoved(String collection, String id) {
    Removed last = removed.get(key(collection, id));
    return last != null && last.until().isAfter(clock.instant());
  }

  private record Removed(Instant created, Instant until) {}

  @Override
  public synchronized Page list(Listing listing) {
    List<Entry> all = entries.values().stream().filter(listing::matches).sorted(NEWEST_FIRST).toList();
    List<Entry> rest = switch (listing.start()) {
      case Listing.AtPage(int page) -> all.stream().skip((page - 1L) * listing.limit()).toList();
      case Listing.AfterCursor(String cursor) when cursor.isEmpty() -> all;
      case Listing.AfterCursor(String cursor) -> {
        String position = Cursor.decode(cursor);
        yield all.stream().filter(e -> e.position().compareTo(position) < 0).toList();
      }
    };
    List<Entry> page = rest.stream().limit(listing.limit()).toList();
    return new Page(page, all.size(),
        rest.size() > page.size() ? Optional.of(Cursor.encode(page.getLast())) : Optional.empty());
  }

  @Override
  public synchronized List<Entry> inStatus(String collection, String status, int limit) {
    return entries.values().stream()
        .filter(e -> e.collection().equals(collection) && e.status().equals(status))
        .sorted(NEWEST_FIRST.reversed())
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized long countInStatus(String collection, String orgId, String status) {
    return entries.values().stream()
        .filter(e -> e.collection().equals(collection) && e.orgId().equals(orgId) && e.status().equals(status))
        .count();
  }

  @Override
  public synchronized Optional<Note> note(String partition, String sort, Instant now) {
    return stored(partition, sort).filter(note -> !note.isExpired(now));
  }

  @Override
  public synchronized List<Note> notes(String partition, String afterSort, int limit, Instant now) {
    return notes.getOrDefault(partition, new TreeMap<>()).tailMap(afterSort, false).values().stream()
        .filter(note -> !note.isExpired(now))
        .limit(limit)
        .toList();
  }

  @Override
  public boolean commit(List<Change> changes) {
    return Acting.commitWithEvents(changes, clock.instant(), this::commitAll);
  }

  private synchronized boolean commitAll(List<Change> changes) {
    if (!changes.stream().allMatch(this::isPossible)) {
      return false;
    }
    changes.forEach(this::apply);
    return true;
  }

  private boolean isPossible(Change change) {
    return switch (change) {
      case Change.Create(Entry entry) -> !entries.containsKey(key(entry.collection(), entry.id()))
          && !isTakenByRemoved(entry.collection(), entry.id());
      case Change.Replace(Entry seen, Entry _) -> isAsSeen(seen);
      case Change.Delete(Entry seen) -> isAsSeen(seen);
      case Change.AddNote(Note note) -> note(note.partition(), note.sort(), clock.instant()).isEmpty();
      case Change.ReplaceNote(Note seen, Note _) -> isAsSeen(seen);
      case Change.RemoveNote(Note seen) -> isAsSeen(seen);
    };
  }

  private void apply(Change change) {
    switch (change) {
      case Change.Create(Entry entry) -> entries.put(key(entry.collection(), entry.id()), entry);
      case Change.Replace(Entry _, Entry next) -> entries.put(key(next.collection(), next.id()), next);
      case Change.Delete(Entry seen) -> {
        entries.remove(key(seen.collection(), seen.id()));
        notes.remove(Note.about(seen.collection(), seen.id()));
        removed.put(key(seen.collection(), seen.id()),
            new Removed(seen.created(), clock.instant().plus(Change.Delete.TOMBSTONE_LIFETIME)));
      }
      case Change.AddNote(Note note) -> put(note);
      case Change.ReplaceNote(Note _, Note next) -> put(next);
      case Change.RemoveNote(Note seen) -> notes.get(seen.partition()).remove(seen.sort());
    }
  }

  private void put(Note note) {
    notes.computeIfAbsent(note.partition(), _ -> new TreeMap<>()).put(note.sort(), note);
  }

  private boolean isAsSeen(Entry seen) {
    Entry stored = entries.get(key(seen.collection(), seen.id()));
    return stored != null && stored.version() == seen.version() && stored.position().equals(seen.position());
  }

  private boolean isAsSeen(Note seen) {
    return stored(seen.partition(), seen.sort()).filter(n -> n.version() == seen.version()).isPresent();
  }

  private Optional<Note> stored(String partition, String sort) {
    return Optional.ofNullable(notes.getOrDefault(partition, new TreeMap<>()).get(sort));
  }

  private static String key(String collection, String id) {
    return collection + "#" + id;
  }
}
