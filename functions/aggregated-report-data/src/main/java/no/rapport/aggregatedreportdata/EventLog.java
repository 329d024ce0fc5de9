package no.rapport.aggregatedreportdata;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// The events of each organisation and period, kept 24 hours, numbered from 1 without gaps in the order in which they
/// became true.
record EventLog(Records records) {

  static final Duration KEPT = Duration.ofHours(24);

  /// @param data the event's JSON, one line
  record Logged(long sequence, String data) {}

  /// The change that appends an event; to be committed with what it tells about.
  static Change append(long sequence, DataUpdated event) {
    return new Change.AddNote(Note.first(partition(event.organizationId(), event.periodId()), sort(sequence),
        Documents.write(event), event.updatedAt().plus(KEPT)));
  }

  /// Returns events after that number, in order, at most `limit`. The read is consistent. It stops at a gap, because
  /// the missing event is either not yet visible or has expired.
  List<Logged> after(String orgId, String periodId, long sequence, int limit, Instant now) {
    List<Note> notes = records.notes(partition(orgId, periodId), sort(sequence), limit, now);
    var events = new ArrayList<Logged>();
    for (Note note : notes) {
      long found = Long.parseLong(note.sort());
      if (found != sequence + events.size() + 1) {
        break;
      }
      events.add(new Logged(found, note.document()));
    }
    return events;
  }

  private static String partition(String orgId, String periodId) {
    return "aggregation-events#" + orgId + "#" + periodId;
  }

  private static String sort(long sequence) {
    return "%019d".formatted(sequence);
  }
}
