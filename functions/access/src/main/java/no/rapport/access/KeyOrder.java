package no.rapport.access;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import no.rapport.api.Role;

/// What a new key is to be.
///
/// @param client whose key it is, 1 to 64 of `A-Z a-z 0-9 _ -`
/// @param organizations what it is bound to; empty means every organisation
/// @param validity how long it is good, up to 400 days
public record KeyOrder(String client, String label, Role role, Optional<Set<String>> organizations, Duration validity) {

  private static final Duration LONGEST = Duration.ofDays(400);

  /// @throws IllegalArgumentException when no such key can be issued, saying why
  public KeyOrder {
    require(client.matches("[A-Za-z0-9_-]{1,64}"), "client must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -");
    require(!label.isBlank() && label.length() <= 200 && label.chars().noneMatch(Character::isISOControl),
        "label must have 1 to 200 characters");
    require(organizations.isEmpty() || !organizations.get().isEmpty() && organizations.get().size() <= 50,
        "organizations must be \"*\" or a list of 1 to 50 ids");
    require(organizations.isEmpty()
            || organizations.get().stream().allMatch(id -> id.matches("[A-Za-z0-9_-]{1,64}")),
        "an organisation's id has 1 to 64 characters of A-Z, a-z, 0-9, _ and -");
    require(validity.isPositive() && validity.compareTo(LONGEST) <= 0, "a key is good for 1 to 400 days");
    organizations = organizations.map(Set::copyOf);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
