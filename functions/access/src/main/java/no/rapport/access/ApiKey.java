package no.rapport.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import no.rapport.api.Role;

/// The stored attributes of a key, without its secret.
///
/// @param id `key_…`, shown in `requested_by` and the log
/// @param client the client that holds the key; a client has at most two live keys, the second for rotation
/// @param label a name for people
/// @param organizations the organisations it is bound to; empty means all
/// @param created UTC, whole seconds
/// @param expires the moment from which it is no longer valid, UTC, whole seconds
/// @param revoked when it was revoked
public record ApiKey(
    String id,
    String client,
    String label,
    Role role,
    Optional<Set<String>> organizations,
    Instant created,
    Instant expires,
    Optional<Instant> revoked) {

  public ApiKey {
    organizations = organizations.map(Set::copyOf);
  }

  /// Returns whether the key is neither revoked nor expired.
  public boolean isLive(Instant now) {
    return revoked.isEmpty() && now.isBefore(expires);
  }

  /// Returns `live`, `revoked` or `expired`.
  public String state(Instant now) {
    return revoked.isPresent() ? "revoked" : isLive(now) ? "live" : "expired";
  }

  /// Returns the organisations in the form of the authorizer's context: comma-separated, or `*`.
  String organizationsText() {
    return organizations.map(set -> String.join(",", new java.util.TreeSet<>(set))).orElse("*");
  }
}
