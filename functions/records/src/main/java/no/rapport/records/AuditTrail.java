package no.rapport.records;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads an organisation's audit events, oldest first. No event is skipped and none is returned twice.
///
/// An event gets its position before it is committed, so events may become visible late and out of order. A cursor
/// therefore holds the last position that no later commit can precede, and the names of newer events that were already
/// returned.
public record AuditTrail(Records records) {

  /// Longer than any function takes from generating an event's position to committing the event.
  static final Duration SETTLED_AFTER = Duration.ofMinutes(2);
  /// Largest number of returned but unsettled events in a cursor. Further events of the organisation wait until earlier
  /// ones are settled.
  static final int MAX_UNSETTLED = 200;
  /// No event is older. Deletions are kept forever, so the first month never moves.
  static final YearMonth FIRST_MONTH = YearMonth.of(2026, 1);
  private static final int TIME_LENGTH = 13;
  private static final int NAME_LENGTH = 8;
  private static final Pattern CURSOR = Pattern.compile(
      "(?<position>(?:\\d{13}#evt_[0-9A-Z]{26})?)\\|(?<returned>(?:[0-9A-Z]{8}){0," + MAX_UNSETTLED + "})");

  /// @param nextCursor where the next page begins; present even if no later event exists yet
  public record Page(List<AuditEvent> events, String nextCursor) {}

  /// Returns the events after a cursor, at most `limit`.
  ///
  /// @param cursor the cursor of an earlier page, or empty for the oldest event
  /// @throws IllegalArgumentException if the cursor is not from this trail
  public Page after(String orgId, String cursor, int limit, Instant now) {
    String position = "";
    Set<String> returned = new LinkedHashSet<>();
    if (!cursor.isEmpty()) {
      var parts = CURSOR.matcher(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII));
      if (!parts.matches()) {
        throw new IllegalArgumentException("Not a cursor of audit events");
      }
      position = parts.group("position");
      for (int i = 0; i < parts.group("returned").length(); i += NAME_LENGTH) {
        returned.add(parts.group("returned").substring(i, i + NAME_LENGTH));
      }
    }
    String settled = "%013d".formatted(now.minus(SETTLED_AFTER).toEpochMilli());
    List<AuditEvent> events = new ArrayList<>();
    // Events that this page does not reach stay marked as returned.
    Set<String> returnedNext = new LinkedHashSet<>(returned);
    int unsettled = returned.size();
    boolean isFull = false;
    for (Note note : notes(orgId, position, limit + returned.size(), now)) {
      boolean isSettled = note.sort().compareTo(settled) < 0;
      if (!returned.contains(name(note))) {
        if (isFull || events.size() == limit || !isSettled && unsettled == MAX_UNSETTLED) {
          isFull = true;
          continue;
        }
        events.add(Documents.read(note.document(), AuditEvent.class));
        unsettled += isSettled ? 0 : 1;
      }
      // The position never passes an event that is left for the next page.
      if (isSettled && !isFull) {
        position = note.sort();
        returnedNext.remove(name(note));
      } else {
        returnedNext.add(name(note));
      }
    }
    String next = position + "|" + String.join("", returnedNext);
    return new Page(events, Base64.getUrlEncoder().withoutPadding()
        .encodeToString(next.getBytes(StandardCharsets.US_ASCII)));
  }

  /// Returns the notes after a position, month by month: at most twelve partitions a year, most of them empty for a
  /// quiet organisation.
  private List<Note> notes(String orgId, String position, int limit, Instant now) {
    YearMonth month = position.isEmpty() ? FIRST_MONTH
        : AuditEvent.month(Instant.ofEpochMilli(Long.parseLong(position.substring(0, TIME_LENGTH))));
    List<Note> notes = new ArrayList<>();
    for (month = month.isBefore(FIRST_MONTH) ? FIRST_MONTH : month;
        !month.isAfter(AuditEvent.month(now)) && notes.size() < limit; month = month.plusMonths(1)) {
      notes.addAll(records.notes(AuditEvent.partition(orgId, month), position, limit - notes.size(), now));
    }
    return notes;
  }

  /// Returns the random suffix of an event's id.
  private static String name(Note note) {
    return note.sort().substring(note.sort().length() - NAME_LENGTH);
  }
}
