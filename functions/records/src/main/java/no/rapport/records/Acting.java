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

/// On whose behalf a thread works. While a caller is bound, every commit that creates, changes or deletes a resource
/// also stores an [AuditEvent] in the same transaction: no context can forget it, and none is stored without its change.
///
/// @param caller the key's id
/// @param actingUser the person behind the key, as its holder asserts
/// @param newEventId gives an event's id
/// @param stored is told of each event once it is stored
public record Acting(String caller, Optional<String> actingUser, Function<Instant, String> newEventId,
    Consumer<AuditEvent> stored) {

  private static final ScopedValue<Acting> ACTING = ScopedValue.newInstance();

  /// Does `work` on behalf of this caller.
  public <T> T call(Supplier<T> work) {
    return ScopedValue.where(ACTING, this).call(work::get);
  }

  static Optional<Acting> current() {
    return ACTING.isBound() ? Optional.of(ACTING.get()) : Optional.empty();
  }

  /// Stores that the caller was given a link to a file of a resource. Does nothing where no caller is bound.
  ///
  /// @param resource kind and id
  public static void linkIssued(Records records, String orgId, String resource, Instant now) {
    current().ifPresent(acting -> {
      AuditEvent event = acting.event(AuditEvent.LINK_ISSUED, resource, orgId, Map.of(), now);
      if (!records.commit(event.written())) {
        throw new IllegalStateException("An audit event's id was taken");
      }
      acting.stored.accept(event);
    });
  }

  /// Commits some changes and, where a caller is bound, the events of those that concern resources.
  static boolean committed(List<Change> changes, Instant now, Predicate<List<Change>> commit) {
    List<AuditEvent> events = current().map(acting -> acting.eventsOf(changes, now)).orElse(List.of());
    if (events.isEmpty()) {
      return commit.test(changes);
    }
    List<Change> all = new ArrayList<>(changes);
    events.forEach(event -> all.add(event.written()));
    boolean committed = commit.test(all);
    if (committed) {
      events.forEach(current().orElseThrow().stored);
    }
    return committed;
  }

  /// The events of some changes: those of resources. A resource that is only rewritten, or whose status follows from
  /// another resource's, was not changed by the caller.
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
