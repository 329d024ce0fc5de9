package no.rapport.local;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import no.rapport.access.ApiKeys;
import no.rapport.access.KeyOrder;
import no.rapport.api.Environment;
import no.rapport.api.Role;

/// Issues keys of the local stack.
final class Keys {

  private Keys() {}

  /// Issues a key for a new client.
  ///
  /// @param organization the key's organisation; empty for all
  static String issue(LocalRapport rapport, Role role, Optional<String> organization) {
    var keys = new ApiKeys(rapport.dynamoDb(), Environment.required("ACCESS_TABLE"));
    var order = new KeyOrder("test-" + UUID.randomUUID(), "Test", role, organization.map(Set::of), Duration.ofDays(1));
    return keys.issue(order, Instant.now()) instanceof ApiKeys.Issued(_, String text) ? text : "";
  }
}
