package no.rapport.access;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.InstantSource;
import java.util.Map;
import no.rapport.api.Log;

/// First task of an erasure: removes the organisation from all keys, so that no caller adds data that the erasure would
/// miss. Authorizers may cache a key for five minutes; the second pass of the erasure starts later than that.
public final class RevokeOrganizationKeys implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final ApiKeys keys;
  private final InstantSource clock;

  public RevokeOrganizationKeys() {
    this(ApiKeys.fromEnvironment(), InstantSource.system());
  }

  RevokeOrganizationKeys(ApiKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    String orgId = String.valueOf(input.get("org_id"));
    ApiKeys.Withdrawn withdrawn = keys.withdraw(orgId, clock.instant());
    Log.info("organization_keys_revoked", Map.of("organization", orgId, "revoked", withdrawn.revoked(),
        "narrowed", withdrawn.narrowed()));
    return Map.of("revoked", withdrawn.revoked(), "narrowed", withdrawn.narrowed());
  }
}
