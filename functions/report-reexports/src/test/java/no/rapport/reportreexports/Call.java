package no.rapport.reportreexports;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One HTTP call in the form in which API Gateway invokes a handler. The caller is an administrator by default.
final class Call {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final APIGatewayProxyRequestEvent event = new APIGatewayProxyRequestEvent();
  private final Map<String, String> headers = new HashMap<>();
  private final Map<String, List<String>> query = new HashMap<>();

  private Call(String method) {
    event.withHttpMethod(method).withPath("/api/v1/report-reexports");
    as("key_admin", "admin", "*");
  }

  /// Returns a call for a resource of another contract.
  static Call of(String method, String idName, String id) {
    var call = new Call(method);
    call.event.setPathParameters(Map.of(idName, id));
    return call;
  }

  static Call get() {
    return new Call("GET");
  }

  static Call get(String reexportId) {
    return new Call("GET").path(reexportId);
  }

  static Call post(String body) {
    return new Call("POST").body(body);
  }

  static Call put(String reexportId, String body) {
    return new Call("PUT").path(reexportId).body(body);
  }

  static Call delete(String reexportId) {
    return new Call("DELETE").path(reexportId);
  }

  private Call path(String reexportId) {
    event.withPathParameters(Map.of("reexport_id", reexportId)).withPath("/api/v1/report-reexports/" + reexportId);
    return this;
  }

  private Call body(String body) {
    event.setBody(body);
    return header("Content-Type", "application/json");
  }

  Call as(String key, String role, String organizations) {
    var context = new APIGatewayProxyRequestEvent.ProxyRequestContext().withRequestId("req-1");
    context.setAuthorizer(Map.of("caller", key, "role", role, "organizations", organizations));
    event.setRequestContext(context);
    return this;
  }

  Call header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  Call where(String parameter, String value) {
    query.put(parameter, List.of(value));
    return this;
  }

  Answer to(RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> handler) {
    event.withHeaders(headers).withMultiValueQueryStringParameters(query);
    var response = handler.handleRequest(event, null);
    return new Answer(response.getStatusCode(), response.getHeaders(), response.getBody());
  }

  record Answer(int status, Map<String, String> headers, String body) {

    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError("Not JSON: " + body, e);
      }
    }

    String text(String member) {
      return json().get(member).asText();
    }

    String etag() {
      return headers.get("ETag");
    }
  }

  static JsonNode json(String text) {
    return new Answer(0, Map.of(), text).json();
  }

  /// Returns the names of the object's members in their written order.
  static List<String> members(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }
}
