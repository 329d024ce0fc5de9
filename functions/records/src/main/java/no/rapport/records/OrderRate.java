package no.rapport.records;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Counts the orders of each organisation within an hour. Cancelled and deleted orders count too.
public final class OrderRate {

  /// Orders are counted in slots of five minutes, so that an order counts for at least an hour and at most five minutes
  /// more.
  private static final Duration SLOT = Duration.ofMinutes(5);
  private static final Duration WINDOW = Duration.ofHours(1);

  private final Records records;
  private final String partition;
  private final int maxPerHour;

  /// @param partition of the notes that hold the counts, one for each kind of order
  public OrderRate(Records records, String partition, int maxPerHour) {
    this.records = records;
    this.partition = partition;
    this.maxPerHour = maxPerHour;
  }

  /// The number of orders in the last hour, by the start of their slot.
  private record Orders(TreeMap<Instant, Integer> bySlot) {}

  /// Counts one order.
  ///
  /// @return empty if it was counted; otherwise the time until the next order is possible
  public Optional<Duration> take(String orgId, Instant now) {
    try {
      return Conflicts.retryOnConflict(() -> {
        Optional<Note> seen = records.note(partition, orgId, now);
        TreeMap<Instant, Integer> slots = new TreeMap<>(
            seen.map(note -> Documents.read(note.document(), Orders.class).bySlot()).orElse(new TreeMap<>()));
        slots.headMap(now.minus(WINDOW).minus(SLOT), true).clear();
        if (slots.values().stream().mapToInt(Integer::intValue).sum() >= maxPerHour) {
          Instant free = slots.firstKey().plus(SLOT).plus(WINDOW);
          return Optional.of(Optional.of(Duration.between(now, free).plusSeconds(1)));
        }
        Instant slot = Instant.ofEpochSecond(now.getEpochSecond() / SLOT.toSeconds() * SLOT.toSeconds());
        slots.merge(slot, 1, Integer::sum);
        String document = Documents.write(new Orders(slots));
        Instant expires = now.plus(WINDOW).plus(SLOT);
        Change change = seen.<Change>map(note -> new Change.ReplaceNote(note,
                new Note(note.partition(), note.sort(), note.version() + 1, document, Optional.of(expires))))
            .orElseGet(() -> new Change.AddNote(Note.first(partition, orgId, document, expires)));
        return records.commit(change) ? Optional.of(Optional.<Duration>empty()) : Optional.<Optional<Duration>>empty();
      });
    } catch (Conflicts.TooMany e) {
      // So many orders at the same moment that the count cannot be updated also exceed the rate.
      return Optional.of(Duration.ofSeconds(1));
    }
  }
}
