package no.rapport.aggregatedreportdata;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Limits the streams that are open at the same time: at most [#MAX_PER_ORGANIZATION] for one organisation,
/// [#MAX_PER_CALLER] for one caller, and a maximum for all together.
///
/// A stream holds one lease of each kind and returns them when it ends. If its process dies, the leases expire. A
/// function on AWS does not notice that its follower has disconnected. If all places are taken, a new stream therefore
/// takes over the place with the oldest lease, if it is at least [#MIN_HELD] old. The follower of the replaced stream
/// reconnects with its last event id.
/// longest, if that is at least [#MIN_HELD]. A follower that loses its place connects again with its last id.
final class StreamLeases {

  static final int MAX_PER_ORGANIZATION = 10;
  static final int MAX_PER_CALLER = 20;
  /// The minimum time before another stream may take over a place.
  static final Duration MIN_HELD = Duration.ofSeconds(60);
  /// The number of lost races in a row after which a stream gives up.
  private static final int ATTEMPTS = 25;

  private final Records records;
  private final int maxOfAll;

  /// @param maxOfAll streams of all organisations together
  StreamLeases(Records records, int maxOfAll) {
    this.records = records;
    this.maxOfAll = maxOfAll;
  }

  sealed interface Lease {}

  /// To be given back.
  record Held(List<Note> places) implements Lease {}

  /// @param why a sentence for the follower
  record Refused(String why) implements Lease {}

  /// @param holder whose places these are
  /// @param most how many there are
  /// @param whenFull a sentence for the follower
  private record Limit(String holder, int most, String whenFull) {}

  /// A place and the write that takes it.
  private record Place(Note note, Change change) {}

  /// The stored state of a lease.
  ///
  /// @param since when the stream took the place
  record Stored(Instant since) {}

  /// Takes a lease that expires after `howLong`.
  ///
  /// @param caller the key's id of the follower
  Lease take(String orgId, String caller, Instant now, Duration howLong) {
    var limits = List.of(
        new Limit(orgId, MAX_PER_ORGANIZATION,
            "The organisation has " + MAX_PER_ORGANIZATION + " streams open, which is the most"),
        new Limit("caller#" + caller, MAX_PER_CALLER,
            "The caller has " + MAX_PER_CALLER + " streams open, which is the most"),
        new Limit("*", maxOfAll, "The service has as many streams open as it may have"));
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      var places = new ArrayList<Place>();
      for (Limit limit : limits) {
        Optional<Place> place = place(limit.holder(), limit.most(), now, now.plus(howLong));
        if (place.isEmpty()) {
          return new Refused(limit.whenFull());
        }
        places.add(place.get());
      }
      if (records.commit(places.stream().map(Place::change).toList())) {
        return new Held(places.stream().map(Place::note).toList());
      }
    }
    return new Refused("Very many streams are being opened at this moment");
  }

  /// Returns whether the stream still holds every place of this lease.
  boolean isHeld(Held held, Instant now) {
    return held.places().stream().allMatch(place -> records.note(place.partition(), place.sort(), now)
        .filter(note -> note.version() == place.version()).isPresent());
  }

  /// Removes each place in its own commit, because another stream may have taken over one of them.
  void giveBack(Held held) {
    held.places().forEach(place -> records.commit(new Change.RemoveNote(place)));
  }

  /// Returns a random free place, so that concurrent streams rarely choose the same one, or the place with the oldest
  /// lease if none is free.
  private Optional<Place> place(String holder, int places, Instant now, Instant expires) {
    String partition = "stream-leases#" + holder;
    List<Note> taken = records.notes(partition, "", places, now);
    Set<String> sorts = taken.stream().map(Note::sort).collect(Collectors.toSet());
    List<String> free = new ArrayList<>(IntStream.range(0, places).mapToObj("%04d"::formatted)
        .filter(sort -> !sorts.contains(sort)).toList());
    Collections.shuffle(free);
    if (!free.isEmpty()) {
      Note note = lease(partition, free.getFirst(), now, expires);
      return Optional.of(new Place(note, new Change.AddNote(note)));
    }
    return taken.stream().filter(note -> !since(note).isAfter(now.minus(MIN_HELD)))
        .min(Comparator.comparing(StreamLeases::since)).map(oldest -> {
          Note note = lease(partition, oldest.sort(), now, expires);
          return new Place(note, new Change.ReplaceNote(oldest, note));
        });
  }

  private static Instant since(Note note) {
    // A lease of an earlier release has no start time and is never taken over.
    return Objects.requireNonNullElse(Documents.read(note.document(), Stored.class).since(), Instant.MAX);
  }

  /// A random version: a stream that returns a lease after losing it must not remove the new lease of the same place.
  private static Note lease(String partition, String sort, Instant now, Instant expires) {
    return new Note(partition, sort, ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE),
        Documents.write(new Stored(now)), Optional.of(expires));
  }
}
