package no.rapport.access;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.IamPolicyResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.rapport.api.Environment;
import no.rapport.api.KeyRefusals;
import no.rapport.api.Log;
import no.rapport.api.Priming;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Records;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// The authorizer of every endpoint except the stream. It identifies the caller by the header `x-api-key`.
///
/// An unknown, mistyped, expired or revoked key gets `401` with an empty body (a gateway response). API Gateway caches
/// the policy per key for at most five minutes, over all routes.
public final class AuthorizeRequest implements RequestHandler<APIGatewayCustomAuthorizerEvent, IamPolicyResponse> {

  private final ApiKeys keys;
  private final KeyRefusals refusals;
  private final InstantSource clock;

  public AuthorizeRequest() {
    this(DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build());
    Priming.beforeSnapshot(Environment.required("ACCESS_TABLE"), ApiKeys::prime);
  }

  private AuthorizeRequest(DynamoDbClient client) {
    this(new ApiKeys(client, Environment.required("ACCESS_TABLE")),
        new DynamoRecords(client, Environment.required("RECORDS_TABLE")), InstantSource.system());
  }

  AuthorizeRequest(ApiKeys keys, Records records, InstantSource clock) {
    this.keys = keys;
    this.refusals = new KeyRefusals(records);
    this.clock = clock;
  }

  @Override
  public IamPolicyResponse handleRequest(APIGatewayCustomAuthorizerEvent event, Context context) {
    Instant now = clock.instant();
    Optional<ApiKey> known = Credentials.key(event).flatMap(keys::identify);
    return known.filter(key -> key.isLive(now))
        .map(key -> AuthorizerPolicy.forStage(event.getMethodArn(), key))
        .orElseThrow(() -> {
          Log.info("key_refused", Map.of("method", String.valueOf(event.getHttpMethod()),
              "key", known.map(ApiKey::id).orElse("")));
          known.ifPresent(key -> refusals.store(key.id(), key.organizations().orElse(Set.of()), key.state(now),
              Optional.empty(), now));
          return AuthorizerPolicy.refused();
        });
  }
}
