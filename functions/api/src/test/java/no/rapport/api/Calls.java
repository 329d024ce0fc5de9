package no.rapport.api;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Builds requests as API Gateway delivers them and reads responses as it receives them.
final class Calls {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Calls() {}

  static APIGatewayProxyRequestEvent aGet(Map<String, List<String>> query) {
    return anEvent("GET").withMultiValueQueryStringParameters(query);
  }

  static APIGatewayProxyRequestEvent aPost(String body) {
    return anEvent("POST").withBody(body).withHeaders(new HashMap<>(Map.of("Content-Type", "application/json")));
  }

  static APIGatewayProxyRequestEvent aPost(String body, String idempotencyKey) {
    var event = aPost(body);
    event.getHeaders().put("idempotency-key", idempotencyKey);
    return event;
  }

  private static APIGatewayProxyRequestEvent anEvent(String method) {
    var context = new APIGatewayProxyRequestEvent.ProxyRequestContext().withRequestId("req-7");
    context.setAuthorizer(authorizer("key_a", "org", "org-a,org-b"));
    return new APIGatewayProxyRequestEvent().withHttpMethod(method).withPath("/api/v1/things")
        .withRequestContext(context);
  }

  static Map<String, Object> authorizer(String caller, String role, String organizations) {
    return new HashMap<>(Map.of("caller", caller, "role", role, "organizations", organizations));
  }

  static APIGatewayProxyResponseEvent answer(APIGatewayProxyRequestEvent event, Function<Request, Reply> handler) {
    return Api.answer(event, null, handler);
  }

  static JsonNode json(APIGatewayProxyResponseEvent response) {
    try {
      return JSON.readTree(response.getBody());
    } catch (JsonProcessingException e) {
      throw new AssertionError("Not JSON: " + response.getBody(), e);
    }
  }

  static List<String> pointers(APIGatewayProxyResponseEvent response) {
    return json(response).path("errors").findValuesAsText("pointer");
  }

  static List<String> members(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }
}
