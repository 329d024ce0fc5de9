package no.rapport.access;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import no.rapport.api.Role;

/// The order for a new key.
///
/// @param client the client that will hold it, 1 to 64 characters of `A-Z a-z 0-9 _ -`
/// @param organizations the organisations it is bound to; empty means all
/// @param validity time from issue to expiry, at most 400 days
public record KeyOrder(String client, String label, Role role, Optional<Set<String>> organizations, Duration validity) {

  private static final Duration MAX_VALIDITY = Duration.ofDays(400);

  /// @throws IllegalArgumentException if a value is not accepted; the message names it
  public KeyOrder {
    require(client.matches("[A-Za-z0-9_-]{1,64}"), "client must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -");
    require(!label.isBlank() && label.length() <= 200 && label.chars().noneMatch(Character::isISOControl),
        "label must have 1 to 200 characters without control characters");
    require(organizations.isEmpty() || !organizations.get().isEmpty() && organizations.get().size() <= 50,
        "organizations must be \"*\" or a list of 1 to 50 ids");
    require(organizations.isEmpty()
            || organizations.get().stream().allMatch(id -> id.matches("[A-Za-z0-9_-]{1,64}")),
        "each id in organizations must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -");
    require(validity.isPositive() && validity.compareTo(MAX_VALIDITY) <= 0, "valid_days must be 1 to 400");
    organizations = organizations.map(Set::copyOf);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
