package no.rapport.access;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.api.Ids;
import no.rapport.api.Log;
import no.rapport.records.AuditEvent;
import no.rapport.records.Change;
import no.rapport.records.Note;
import no.rapport.records.Records;

/// Tells the organisations of a revoked or expired key that it was used: once an hour, however often it is sent.
record RefusedKeys(Records records) {

  private static final String PARTITION = "key-refusals";
  private static final Duration TOLD_EVERY = Duration.ofHours(1);

  /// Never keeps the request from its answer.
  void tell(ApiKey key, Instant now) {
    if (key.organizations().isEmpty()) {
      return;
    }
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.AddNote(Note.first(PARTITION, key.id(), "{}", now.plus(TOLD_EVERY))));
    key.organizations().get().forEach(orgId -> changes.add(AuditEvent.of("evt_" + Ids.random().ulid(now), now,
        AuditEvent.KEY_REFUSED, "api-keys/" + key.id(), key.id(), Optional.empty(), orgId,
        Map.of("reason", key.state(now))).written()));
    try {
      records.commit(changes);
    } catch (RuntimeException e) {
      Log.error("refusal_not_stored", Map.of("key", key.id()), e);
    }
  }
}
