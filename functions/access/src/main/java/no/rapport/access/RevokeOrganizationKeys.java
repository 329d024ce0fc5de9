package no.rapport.access;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.InstantSource;
import java.util.Map;
import no.rapport.api.Log;
import no.rapport.api.TransientFailure;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

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

  /// @throws TransientFailure for load, network errors and server errors
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    String orgId = String.valueOf(input.get("org_id"));
    ApiKeys.Withdrawn withdrawn = withdraw(orgId);
    Log.info("organization_keys_revoked", Map.of("organization", orgId, "revoked", withdrawn.revoked(),
        "narrowed", withdrawn.narrowed()));
    return Map.of("revoked", withdrawn.revoked(), "narrowed", withdrawn.narrowed());
  }

  private ApiKeys.Withdrawn withdraw(String orgId) {
    try {
      return keys.withdraw(orgId, clock.instant());
    } catch (SdkClientException e) {
      throw new TransientFailure(e);
    } catch (AwsServiceException e) {
      throw e.isThrottlingException() || e.statusCode() >= 500 || e.statusCode() == 429 ? new TransientFailure(e) : e;
    }
  }
}
