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

/// Reading an organisation's audit events, oldest first, so that no event is skipped and none is told twice.
///
/// Events get their place when they are written and become visible when they are committed, maybe a little later and in
/// another order. A cursor therefore stands at the last event that nothing can precede any more, and names those after it
/// that were told already.
public record AuditTrail(Records records) {

  /// Longer than any function takes from drawing an event's place to committing it.
  static final Duration SETTLED_AFTER = Duration.ofMinutes(2);
  /// Told events that a cursor names at most; more events of one organisation wait until earlier ones are settled.
  static final int MAX_TOLD = 200;
  /// No event is older. Deletions are kept for good, so the first month stays where it is.
  static final YearMonth FIRST_MONTH = YearMonth.of(2026, 1);
  private static final int TIME_LENGTH = 13;
  private static final int NAME_LENGTH = 8;
  private static final Pattern CURSOR = Pattern.compile(
      "(?<position>(?:\\d{13}#evt_[0-9A-Z]{26})?)\\|(?<told>(?:[0-9A-Z]{8}){0," + MAX_TOLD + "})");

  /// @param nextCursor where the next page begins, also where there is nothing after this one yet
  public record Page(List<AuditEvent> events, String nextCursor) {}

  /// @param cursor of an earlier page, or empty for the oldest event
  /// @throws IllegalArgumentException when the cursor is not one of ours
  public Page after(String orgId, String cursor, int limit, Instant now) {
    String position = "";
    Set<String> told = new LinkedHashSet<>();
    if (!cursor.isEmpty()) {
      var parts = CURSOR.matcher(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII));
      if (!parts.matches()) {
        throw new IllegalArgumentException("Not a cursor");
      }
      position = parts.group("position");
      for (int i = 0; i < parts.group("told").length(); i += NAME_LENGTH) {
        told.add(parts.group("told").substring(i, i + NAME_LENGTH));
      }
    }
    String settled = "%013d".formatted(now.minus(SETTLED_AFTER).toEpochMilli());
    List<AuditEvent> events = new ArrayList<>();
    // What this page does not reach stays told.
    Set<String> toldNext = new LinkedHashSet<>(told);
    int unsettled = told.size();
    boolean isFull = false;
    for (Note note : notes(orgId, position, limit + told.size(), now)) {
      boolean isSettled = note.sort().compareTo(settled) < 0;
      if (!told.contains(name(note))) {
        if (isFull || events.size() == limit || !isSettled && unsettled == MAX_TOLD) {
          isFull = true;
          continue;
        }
        events.add(Documents.read(note.document(), AuditEvent.class));
        unsettled += isSettled ? 0 : 1;
      }
      // The position never passes an event that is left for the next page.
      if (isSettled && !isFull) {
        position = note.sort();
        toldNext.remove(name(note));
      } else {
        toldNext.add(name(note));
      }
    }
    String next = position + "|" + String.join("", toldNext);
    return new Page(events, Base64.getUrlEncoder().withoutPadding()
        .encodeToString(next.getBytes(StandardCharsets.US_ASCII)));
  }

  /// The events after a position, month by month: of at most twelve partitions a year, most of a quiet organisation empty.
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

  /// The random end of an event's id.
  private static String name(Note note) {
    return note.sort().substring(note.sort().length() - NAME_LENGTH);
  }
}
