package no.rapport.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import no.rapport.api.Role;

/// What is known of a key, without the key.
///
/// @param id `key_…`: what `requested_by` and the log show
/// @param client whose key it is; a client has at most two live keys, the second for rotation
/// @param label what people call it
/// @param organizations what it is bound to; empty means every organisation
/// @param created UTC, whole seconds
/// @param expires first moment at which it is no longer good, UTC, whole seconds
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

  /// Whether it is good now.
  public boolean isLive(Instant now) {
    return revoked.isEmpty() && now.isBefore(expires);
  }

  /// `live`, `revoked` or `expired`.
  public String state(Instant now) {
    return revoked.isPresent() ? "revoked" : isLive(now) ? "live" : "expired";
  }

  /// As the authorizer tells the handlers: comma-separated, or `*`.
  String organizationsWord() {
    return organizations.map(set -> String.join(",", new java.util.TreeSet<>(set))).orElse("*");
  }
}
