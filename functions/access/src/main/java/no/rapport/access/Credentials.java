package no.rapport.access;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import java.util.Map;
import java.util.Optional;

/// Reads the credentials of a request.
final class Credentials {

  private Credentials() {}

  /// Returns the value of the header `x-api-key`, ignoring the case of its name.
  static Optional<String> key(APIGatewayCustomAuthorizerEvent event) {
    return event.getHeaders() == null ? Optional.empty() : event.getHeaders().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase("x-api-key"))
        .map(Map.Entry::getValue)
        .filter(value -> value != null && !value.isBlank())
        .findFirst();
  }

  static Optional<String> parameter(APIGatewayCustomAuthorizerEvent event, String name) {
    return event.getQueryStringParameters() == null ? Optional.empty()
        : Optional.ofNullable(event.getQueryStringParameters().get(name));
  }
}
