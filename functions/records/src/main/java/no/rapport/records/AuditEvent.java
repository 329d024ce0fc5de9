package no.rapport.records;

import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// An action of a caller on an organisation's resources. It holds ids and words only: no link, key, ticket, file name
/// or free text.
///
/// @param eventId `evt_` and a ULID
/// @param at UTC, milliseconds
/// @param action `created`, `changed`, `cancelled`, `deleted`, `link_issued`, `key_refused`, `submitted` or `erased`
/// @param resource kind and id (`report-records/rpt_…`)
/// @param caller the key's id; `rapport` or `operator` where no key was used
/// @param actingUser the person behind an integration, as the key's holder asserts
/// @param details further words, such as the status before and after a change
public record AuditEvent(String eventId, Instant at, String action, String resource, String caller,
    Optional<String> actingUser, String orgId, SortedMap<String, String> details) {

  public static final String CREATED = "created";
  public static final String CHANGED = "changed";
  public static final String CANCELLED = "cancelled";
  public static final String DELETED = "deleted";
  public static final String LINK_ISSUED = "link_issued";
  public static final String KEY_REFUSED = "key_refused";
  public static final String SUBMITTED = "submitted";
  public static final String ERASED = "erased";

  /// How long an event is kept. Deletions and erasures are kept forever.
  static final Duration RETENTION = Duration.ofDays(400);

  public AuditEvent {
    details = new TreeMap<>(details);
  }

  public static AuditEvent of(String eventId, Instant at, String action, String resource, String caller,
      Optional<String> actingUser, String orgId, Map<String, String> details) {
    return new AuditEvent(eventId, at, action, resource, caller, actingUser, orgId, new TreeMap<>(details));
  }

  /// Returns the partition of an organisation's events of one month (UTC); monthly partitions stay bounded. Events sort
  /// by time.
  static String partition(String orgId, YearMonth month) {
    return "audit-events#" + orgId + "#" + month;
  }

  static YearMonth month(Instant at) {
    return YearMonth.from(at.atOffset(ZoneOffset.UTC));
  }

  /// Returns the sort key, which orders the organisation's events across all months.
  String sort() {
    return "%013d#%s".formatted(at.toEpochMilli(), eventId);
  }

  /// Returns the change that stores this event.
  public Change written() {
    return new Change.AddNote(Note.first(partition(orgId, month(at)), sort(), Documents.write(this),
        action.equals(DELETED) || action.equals(ERASED) ? null : at.plus(RETENTION)));
  }
}
