package no.rapport.exportworkflow;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import no.rapport.records.Change;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Handles the notes of a partition with the organisations in turn: a few notes of each organisation, then a few more
/// of each. Sort keys begin with the organisation. When the time is over, the next walk continues at that place.
final class Turns {

  /// Notes of one organisation that are handled in one turn.
  static final int NOTES_PER_TURN = 20;
  private static final int NOTES_PER_PAGE = 100;
  private static final String CURSORS = "sweep-cursors";

  private final Records records;
  private final String partition;
  private final Instant now;
  private final BooleanSupplier isTimeSpent;
  private int looked;

  Turns(Records records, String partition, Instant now, BooleanSupplier isTimeSpent) {
    this.records = records;
    this.partition = partition;
    this.now = now;
    this.isTimeSpent = isTimeSpent;
  }

  /// The result of handling one note.
  enum Step {
    HANDLED,
    NOT_DUE,
    /// Neither this note nor a later one of the same organisation is due.
    NONE_DUE
  }

  /// Passes every due note to `handle`, until the time is over.
  ///
  /// @return number of checked notes
  int walk(Function<Note, Step> handle) {
    Optional<Note> cursor = records.note(CURSORS, partition, now);
    String start = cursor.map(Note::document).orElse("");
    // Organisations with more notes than one turn, with the key after which their next turn starts.
    Map<String, String> more = new TreeMap<>();
    Optional<String> stopped = firstTurn(start, "", more, handle);
    if (stopped.isEmpty() && !start.isEmpty()) {
      stopped = firstTurn("", start, more, handle);
    }
    while (stopped.isEmpty() && !more.isEmpty()) {
      stopped = nextTurn(more, handle);
    }
    keep(cursor, stopped.orElse(""));
    return looked;
  }

  /// @param end key at which to stop; empty to continue to the last note
  /// @return the key at which the time was over; empty if there was time for all notes
  private Optional<String> firstTurn(String start, String end, Map<String, String> more, Function<Note, Step> handle) {
    String after = start;
    String skipped = null;
    String organization = null;
    int handled = 0;
    while (true) {
      List<Note> page = records.notes(partition, after, NOTES_PER_PAGE, now);
      for (Note note : page) {
        String owner = organization(note);
        if (!end.isEmpty() && note.sort().compareTo(end) > 0) {
          return Optional.empty();
        }
        if (owner.equals(skipped)) {
          continue;
        }
        if (!owner.equals(organization)) {
          organization = owner;
          handled = 0;
        }
        if (handled == NOTES_PER_TURN) {
          more.put(owner, after);
          skipped = owner;
          continue;
        }
        if (isTimeSpent.getAsBoolean()) {
          return Optional.of(after);
        }
        looked++;
        switch (handle.apply(note)) {
          case HANDLED -> handled++;
          case NOT_DUE -> { }
          case NONE_DUE -> skipped = owner;
        }
        after = note.sort();
      }
      if (page.size() < NOTES_PER_PAGE) {
        return Optional.empty();
      }
      if (skipped != null && skipped.equals(organization(page.getLast()))) {
        after = pastAllOf(skipped);
      }
    }
  }

  private Optional<String> nextTurn(Map<String, String> more, Function<Note, Step> handle) {
    for (Iterator<Map.Entry<String, String>> turn = more.entrySet().iterator(); turn.hasNext();) {
      Map.Entry<String, String> next = turn.next();
      List<Note> notes = records.notes(partition, next.getValue(), NOTES_PER_TURN, now).stream()
          .filter(note -> organization(note).equals(next.getKey())).toList();
      boolean isOver = notes.size() < NOTES_PER_TURN;
      for (Note note : notes) {
        if (isTimeSpent.getAsBoolean()) {
          return Optional.of(next.getValue());
        }
        looked++;
        isOver |= handle.apply(note) == Step.NONE_DUE;
        next.setValue(note.sort());
      }
      if (isOver) {
        turn.remove();
      }
    }
    return Optional.empty();
  }

  private void keep(Optional<Note> cursor, String position) {
    if (!cursor.map(Note::document).orElse("").equals(position)) {
      records.commit(cursor.<Change>map(seen -> new Change.ReplaceNote(seen, seen.next(position)))
          .orElseGet(() -> new Change.AddNote(Note.first(CURSORS, partition, position, null))));
    }
  }

  private static String organization(Note note) {
    int end = note.sort().indexOf('#');
    return end < 0 ? note.sort() : note.sort().substring(0, end);
  }

  /// Returns a key that sorts after all notes of the organisation, because `$` follows `#`.
  private static String pastAllOf(String organization) {
    return organization + "$";
  }
}
