package no.rapport.records;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The caller on whose behalf a thread works. While a caller is bound, every commit that creates, changes or deletes a
/// resource also stores an [AuditEvent] in the same transaction. No code path can omit the event, and no event is
/// stored without its change.
///
/// @param caller the key's id
/// @param actingUser the person behind the key, as its holder asserts
/// @param newEventId returns the id of a new event
/// @param stored receives each event after it is stored
public record Acting(String caller, Optional<String> actingUser, Function<Instant, String> newEventId,
    Consumer<AuditEvent> stored) {

  private static final ScopedValue<Acting> ACTING = ScopedValue.newInstance();

  /// Runs `work` on behalf of this caller.
  public <T> T call(Supplier<T> work) {
    return ScopedValue.where(ACTING, this).call(work::get);
  }

  static Optional<Acting> current() {
    return ACTING.isBound() ? Optional.of(ACTING.get()) : Optional.empty();
  }

  /// Stores that the caller received a link to a file of a resource. Does nothing if no caller is bound.
  ///
  /// @param resource kind and id
  public static void storeLinkIssued(Records records, String orgId, String resource, Instant now) {
    current().ifPresent(acting -> {
      AuditEvent event = acting.event(AuditEvent.LINK_ISSUED, resource, orgId, Map.of(), now);
      if (!records.commit(event.written())) {
        throw new IllegalStateException("An audit event's id was taken");
      }
      acting.stored.accept(event);
    });
  }

  /// Commits changes. If a caller is bound, commits the audit events of the changed resources with them.
  static boolean commitWithEvents(List<Change> changes, Instant now, Predicate<List<Change>> commit) {
    List<AuditEvent> events = current().map(acting -> acting.eventsOf(changes, now)).orElse(List.of());
    if (events.isEmpty()) {
      return commit.test(changes);
    }
    List<Change> all = new ArrayList<>(changes);
    events.forEach(event -> all.add(event.written()));
    boolean isCommitted = commit.test(all);
    if (isCommitted) {
      events.forEach(current().orElseThrow().stored);
    }
    return isCommitted;
  }

  /// Returns the events of the changed resources. A change that leaves the document as it was, or only follows another
  /// resource's status, is not the caller's and gets no event.
  private List<AuditEvent> eventsOf(List<Change> changes, Instant now) {
    List<AuditEvent> events = new ArrayList<>();
    for (Change change : changes) {
      switch (change) {
        case Change.Create(Entry entry) ->
            events.add(event(AuditEvent.CREATED, entry, Map.of("status", entry.status()), now));
        case Change.Replace(Entry seen, Entry next) when !seen.document().equals(next.document()) ->
            events.add(event(action(seen, next), next, Map.of("from", seen.status(), "to", next.status()), now));
        case Change.Delete(Entry seen) ->
            events.add(event(AuditEvent.DELETED, seen, Map.of("status", seen.status()), now));
        case Change.Replace _, Change.AddNote _, Change.ReplaceNote _, Change.RemoveNote _ -> { }
      }
    }
    return events;
  }

  private static String action(Entry seen, Entry next) {
    return next.status().equals(AuditEvent.CANCELLED) && !seen.status().equals(AuditEvent.CANCELLED)
        ? AuditEvent.CANCELLED : AuditEvent.CHANGED;
  }

  private AuditEvent event(String action, Entry entry, Map<String, String> details, Instant now) {
    return event(action, entry.collection() + "/" + entry.id(), entry.orgId(), details, now);
  }

  private AuditEvent event(String action, String resource, String orgId, Map<String, String> details, Instant now) {
    return AuditEvent.of(newEventId.apply(now), now, action, resource, caller, actingUser, orgId, details);
  }
}
