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

/// The streams that may be open at once: at most [#MAX_PER_ORGANIZATION] of one organisation, so that none takes the
/// service from the others, and a number of all organisations together.
///
/// A stream holds a lease of each kind. It gives them back when it ends; where its process dies, they expire.
final class StreamLeases {

  static final int MAX_PER_ORGANIZATION = 10;
  private static final String ALL = "*";
  private static final int ATTEMPTS = 5;

  private final Records records;
  private final int maxOfAll;

  /// @param maxOfAll streams of all organisations together
  StreamLeases(Records records, int maxOfAll) {
    this.records = records;
    this.maxOfAll = maxOfAll;
  }

  sealed interface Lease {}

  /// To be given back.
  record Held(Note ofOrganization, Note ofAll) implements Lease {}

  /// @param why a sentence for the follower
  record Refused(String why) implements Lease {}

  /// Takes a lease that expires by itself after so long.
  Lease take(String orgId, Instant now, Duration howLong) {
    Instant expires = now.plus(howLong);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Note> ofOrganization = free(orgId, MAX_PER_ORGANIZATION, now, expires);
      if (ofOrganization.isEmpty()) {
        return new Refused("The organisation has " + MAX_PER_ORGANIZATION + " streams open, which is the most");
      }
      Optional<Note> ofAll = free(ALL, maxOfAll, now, expires);
      if (ofAll.isEmpty()) {
        break;
      }
      if (records.commit(new Change.AddNote(ofOrganization.get()), new Change.AddNote(ofAll.get()))) {
        return new Held(ofOrganization.get(), ofAll.get());
      }
    }
    return new Refused("The service has as many streams open as it may have");
  }

  void giveBack(Held held) {
    records.commit(new Change.RemoveNote(held.ofOrganization()), new Change.RemoveNote(held.ofAll()));
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
