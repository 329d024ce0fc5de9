package no.rapport.exportjobs;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import no.rapport.records.Change;
import no.rapport.records.Conflicts;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Counts the orders of each organisation within an hour. Cancelled and deleted orders count too.
final class OrderRate {

  /// Orders are counted in slots of five minutes, so that an order counts for at least an hour and at most five minutes
  /// more.
  private static final Duration SLOT = Duration.ofMinutes(5);
  private static final Duration WINDOW = Duration.ofHours(1);

  private final Records records;
  private final int maxPerHour;

  OrderRate(Records records, int maxPerHour) {
    this.records = records;
    this.maxPerHour = maxPerHour;
  }

  /// The number of orders in the last hour, by the start of their slot.
  private record Orders(TreeMap<Instant, Integer> bySlot) {}

  /// Counts one order.
  ///
  /// @return empty if it was counted; otherwise the time until the next order is possible
  Optional<Duration> take(String orgId, Instant now) {
    try {
      return Conflicts.retryOnConflict(() -> {
        Optional<Note> seen = records.note("order-rate", orgId, now);
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
            .orElseGet(() -> new Change.AddNote(Note.first("order-rate", orgId, document, expires)));
        return records.commit(change) ? Optional.of(Optional.<Duration>empty()) : Optional.<Optional<Duration>>empty();
      });
    } catch (Conflicts.TooMany e) {
      // So many orders at the same moment that the count cannot be updated also exceed the rate.
      return Optional.of(Duration.ofSeconds(1));
    }
  }
}
