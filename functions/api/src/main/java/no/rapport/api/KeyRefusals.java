package no.rapport.api;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.rapport.records.AuditEvent;
import no.rapport.records.Change;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Stores an audit event for each organisation of a refused key, at most once an hour for each key and reason.
public record KeyRefusals(Records records) {

  /// The reason if the key's role does not permit the request.
  public static final String ROLE = "role";

  private static final String PARTITION = "key-refusals";
  private static final Duration STORED_EVERY = Duration.ofHours(1);

  /// Stores that a request was refused because of the caller's role. A failure to store it is logged and never blocks
  /// the response.
  public void storeRoleRefusal(Request request) {
    Caller caller = request.caller();
    caller.organizations().ifPresent(organizations ->
        store(caller.id(), organizations, ROLE, request.actingUser(), request.now()));
  }

  /// Stores a refusal. A failure to store it is logged and never blocks the response.
  ///
  /// @param organizations the organisations that the key is bound to; nothing is stored for a key of all organisations
  /// @param reason one word for the cause of the refusal
  public void store(String keyId, Set<String> organizations, String reason, Optional<String> actingUser, Instant now) {
    if (organizations.isEmpty()) {
      return;
    }
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.AddNote(Note.first(PARTITION, keyId + "#" + reason, "{}", now.plus(STORED_EVERY))));
    organizations.forEach(orgId -> changes.add(AuditEvent.of("evt_" + Ids.random().ulid(now), now,
        AuditEvent.KEY_REFUSED, "api-keys/" + keyId, keyId, actingUser, orgId, Map.of("reason", reason)).written()));
    try {
      records.commit(changes);
    } catch (RuntimeException e) {
      Log.error("refusal_not_stored", Map.of("key", keyId), e);
    }
  }
}
