package no.rapport.local;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.rapport.access.ApiKeys;
import no.rapport.access.KeyOrder;
import no.rapport.api.Environment;
import no.rapport.api.Role;

/// Issues a key for each role, for use with the local stack.
final class DemoKeys {

  private static final String CLIENT = "demo-";
  static final String ORGANIZATION = "org-1042";

  private DemoKeys() {}

  /// Issues new keys and revokes those of an earlier start, because a key can be shown only once.
  static Map<Role, String> issue(LocalRapport rapport) {
    var keys = new ApiKeys(rapport.dynamoDb(), Environment.required("ACCESS_TABLE"));
    Instant now = Instant.now();
    keys.list().stream().filter(key -> key.client().startsWith(CLIENT) && key.isLive(now))
        .forEach(key -> keys.revoke(key.id(), now));
    var issued = new EnumMap<Role, String>(Role.class);
    for (Role role : Role.values()) {
      Optional<Set<String>> organizations = role == Role.ADMIN ? Optional.empty() : Optional.of(Set.of(ORGANIZATION));
      switch (keys.issue(new KeyOrder(CLIENT + role.word(), "Demo", role, organizations, Duration.ofDays(365)), now)) {
        case ApiKeys.Issued(_, String text) -> issued.put(role, text);
        case ApiKeys.TwoKeysLive(var live) -> throw new IllegalStateException("Demo keys were not revoked: " + live);
      }
    }
    return issued;
  }
}
