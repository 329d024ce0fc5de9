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

/// Stores an audit event with each organisation of a key whose use was refused: once an hour for each key and reason,
/// however often it is sent.
public record KeyRefusals(Records records) {

  /// The reason where the key's role may not do what was asked for.
  public static final String ROLE = "role";

  private static final String PARTITION = "key-refusals";
  private static final Duration TOLD_EVERY = Duration.ofHours(1);

  /// Stores the refusal of a caller's role. Never keeps the request from its answer.
  public void tellRole(Request request) {
    Caller caller = request.caller();
    caller.organizations().ifPresent(organizations ->
        tell(caller.id(), organizations, ROLE, request.actingUser(), request.now()));
  }

  /// Stores a refusal. Never keeps the request from its answer.
  ///
  /// @param organizations those that the key is bound to; a key of all organisations tells none
  /// @param reason why the key was refused: one word
  public void tell(String keyId, Set<String> organizations, String reason, Optional<String> actingUser, Instant now) {
    if (organizations.isEmpty()) {
      return;
    }
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.AddNote(Note.first(PARTITION, keyId + "#" + reason, "{}", now.plus(TOLD_EVERY))));
    organizations.forEach(orgId -> changes.add(AuditEvent.of("evt_" + Ids.random().ulid(now), now,
        AuditEvent.KEY_REFUSED, "api-keys/" + keyId, keyId, actingUser, orgId, Map.of("reason", reason)).written()));
    try {
      records.commit(changes);
    } catch (RuntimeException e) {
      Log.error("refusal_not_stored", Map.of("key", keyId), e);
    }
  }
}
