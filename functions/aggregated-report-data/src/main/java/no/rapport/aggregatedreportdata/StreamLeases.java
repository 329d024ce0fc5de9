package no.rapport.aggregatedreportdata;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import no.rapport.records.Change;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// The streams that may be open at once: at most [#MAX_PER_ORGANIZATION] of one organisation and [#MAX_PER_CALLER] of one
/// caller, so that none takes the service from the others, and a number of all together.
///
/// A stream holds a lease of each kind. It gives them back when it ends; where its process dies, they expire.
final class StreamLeases {

  static final int MAX_PER_ORGANIZATION = 10;
  static final int MAX_PER_CALLER = 20;
  /// A stream that loses a place to another looks again. It gives up after this many losses in a row.
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

  /// Takes a lease that expires by itself after so long.
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
      var places = new ArrayList<Note>();
      for (Limit limit : limits) {
        Optional<Note> place = free(limit.holder(), limit.most(), now, now.plus(howLong));
        if (place.isEmpty()) {
          return new Refused(limit.whenFull());
        }
        places.add(place.get());
      }
      if (records.commit(places.stream().<Change>map(Change.AddNote::new).toList())) {
        return new Held(List.copyOf(places));
      }
    }
    return new Refused("Very many streams are being opened at this moment");
  }

  void giveBack(Held held) {
    records.commit(held.places().stream().<Change>map(Change.RemoveNote::new).toList());
  }

  /// A place that nobody holds, drawn at random: several may look for one at the same moment.
  private Optional<Note> free(String holder, int places, Instant now, Instant expires) {
    String partition = "stream-leases#" + holder;
    Set<String> taken = records.notes(partition, "", places, now).stream().map(Note::sort)
        .collect(Collectors.toSet());
    List<String> free = new ArrayList<>(IntStream.range(0, places).mapToObj("%04d"::formatted)
        .filter(place -> !taken.contains(place)).toList());
    Collections.shuffle(free);
    // The version is drawn, too: who gives a lease back that has expired must not end another's of the same place.
    return free.stream().findFirst().map(place -> new Note(partition, place,
        ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE), "{}", Optional.of(expires)));
  }
}
