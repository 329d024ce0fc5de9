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

/// Counts what each organisation orders within an hour, whatever becomes of the orders: an order that is cancelled or
/// deleted counts too.
final class OrderRate {

  /// An order counts for an hour, and for up to five minutes more.
  private static final Duration SLOT = Duration.ofMinutes(5);
  private static final Duration WINDOW = Duration.ofHours(1);

  private final Records records;
  private final int maxPerHour;

  OrderRate(Records records, int maxPerHour) {
    this.records = records;
    this.maxPerHour = maxPerHour;
  }

  /// The orders of the last hour, by the beginning of the five minutes that they fell into.
  private record Orders(TreeMap<Instant, Integer> bySlot) {}

  /// Counts one order.
  ///
  /// @return empty where it was counted; else how long to wait until an order is possible again
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
      // More orders at one moment than the count can take: they are too many as well.
      return Optional.of(Duration.ofSeconds(1));
    }
  }
}
