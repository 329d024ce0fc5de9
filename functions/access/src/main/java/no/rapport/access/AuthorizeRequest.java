package no.rapport.access;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.IamPolicyResponse;
import java.time.InstantSource;
import java.util.Map;
import no.rapport.api.Log;

/// The authorizer of every endpoint but the stream: knows the caller by the header `x-api-key`.
///
/// An unknown, mistyped, expired or revoked key ends in `401` with an empty body (a gateway response). API Gateway
/// remembers the answer per key for at most five minutes, over all routes.
public final class AuthorizeRequest implements RequestHandler<APIGatewayCustomAuthorizerEvent, IamPolicyResponse> {

  private final ApiKeys keys;
  private final InstantSource clock;

  public AuthorizeRequest() {
    this(ApiKeys.fromEnvironment(), InstantSource.system());
  }

  AuthorizeRequest(ApiKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  @Override
  public IamPolicyResponse handleRequest(APIGatewayCustomAuthorizerEvent event, Context context) {
    return Credentials.key(event)
        .flatMap(text -> keys.verify(text, clock.instant()))
        .map(key -> Leave.forStage(event.getMethodArn(), key))
        .orElseThrow(() -> {
          Log.info("key_refused", Map.of("method", String.valueOf(event.getHttpMethod())));
          return Leave.refused();
        });
  }
}
