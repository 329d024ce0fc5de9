package no.rapport.access;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import java.util.Map;
import java.util.Optional;

/// What a request carries to say who calls.
final class Credentials {

  private Credentials() {}

  /// The value of the header `x-api-key`, in whatever case it was written.
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
