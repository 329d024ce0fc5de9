package no.rapport.api;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import no.rapport.records.Acting;
import no.rapport.records.AuditEvent;

/// Runs a handler's logic between API Gateway's event and its response.
///
/// All errors of the API are caught here and nowhere else. A malformed or invalid request becomes `400`, `413`, `415`
/// or `422`, which names every wrong field. Any other exception is logged once with the id of the request and becomes a
/// `500` without details.
public final class Api {

  private Api() {}

  /// Answers an authenticated request, or `401` if the event names no caller.
  public static APIGatewayProxyResponseEvent answer(APIGatewayProxyRequestEvent event, Context context,
      Function<Request, Reply> handler) {
    return answer(event, context, () -> Request.of(event, Instant.now())
        .map(request -> acting(request).call(() -> handler.apply(request))).orElseGet(Reply::unauthorized));
  }

  /// Returns the scope in which audit events are stored and logged under the name of the request's caller.
  private static Acting acting(Request request) {
    return new Acting(request.caller().id(), request.actingUser(), now -> "evt_" + Ids.random().ulid(now), Api::log);
  }

  private static void log(AuditEvent event) {
    int slash = event.resource().indexOf('/');
    Log.info("audit", Map.of("action", event.action(), "caller", event.caller(),
        "acting_user", event.actingUser().orElse(""), "organization", event.orgId(),
        "kind", event.resource().substring(0, slash), "id", event.resource().substring(slash + 1)));
  }

  /// Answers without authentication. Only for endpoints that reveal nothing about an organisation.
  public static APIGatewayProxyResponseEvent answerUnauthenticated(APIGatewayProxyRequestEvent event, Context context,
      Function<APIGatewayProxyRequestEvent, Reply> handler) {
    return answer(event, context, () -> handler.apply(event));
  }

  private static APIGatewayProxyResponseEvent answer(APIGatewayProxyRequestEvent event, Context context,
      Supplier<Reply> handler) {
    String requestId = requestId(event, context);
    Reply reply;
    try {
      reply = Log.about(Map.of("request_id", requestId), handler);
    } catch (InvalidRequest invalid) {
      reply = invalid.reply();
    } catch (RuntimeException e) {
      Log.error("request_failed", Map.of("request_id", requestId, "function",
          context == null ? "" : String.valueOf(context.getFunctionName())), e);
      reply = Reply.problem(500, "Unexpected error; quote the request_id when you report it", List.of());
    }
    return response(reply, requestId, event);
  }

  /// Returns the prefix of all paths: the stage on the domain that API Gateway assigns (`…execute-api…`), nothing on a
  /// custom domain and locally.
  private static String pathPrefix(APIGatewayProxyRequestEvent event) {
    var context = event.getRequestContext();
    return context != null && context.getDomainName() != null && context.getStage() != null
        && context.getDomainName().contains(".execute-api.") ? "/" + context.getStage() : "";
  }

  /// Answers a POST, which takes an `Idempotency-Key`.
  public static APIGatewayProxyResponseEvent answer(APIGatewayProxyRequestEvent event, Context context,
      Idempotency idempotency, Function<Request, Reply> handler) {
    return answer(event, context, request -> idempotency.once(request, handler));
  }

  private static String requestId(APIGatewayProxyRequestEvent event, Context context) {
    if (event.getRequestContext() != null && event.getRequestContext().getRequestId() != null) {
      return event.getRequestContext().getRequestId();
    }
    return context != null && context.getAwsRequestId() != null ? context.getAwsRequestId()
        : UUID.randomUUID().toString();
  }

  private static APIGatewayProxyResponseEvent response(
      Reply reply, String requestId, APIGatewayProxyRequestEvent event) {
    var headers = new TreeMap<>(reply.headers());
    headers.computeIfPresent("Location", (_, to) -> to.startsWith("/") ? pathPrefix(event) + to : to);
    headers.put("x-request-id", requestId);
    String body = "";
    if (reply.body().isPresent()) {
      JsonNode json = reply.body().get();
      boolean isProblem = Reply.PROBLEM.equals(headers.get("Content-Type"));
      if (isProblem) {
        json = insertRequestId((ObjectNode) json, requestId);
      }
      headers.putIfAbsent("Content-Type", "application/json");
      body = json.toString();
    }
    headers.putIfAbsent("Cache-Control", "no-store");
    headers.put("X-Content-Type-Options", "nosniff");
    allowOrigin(event, headers);
    return new APIGatewayProxyResponseEvent().withStatusCode(reply.status()).withHeaders(headers).withBody(body)
        .withIsBase64Encoded(false);
  }

  /// Allows pages of the configured origins to read the response (CORS). API Gateway itself answers only preflight
  /// requests.
  private static void allowOrigin(APIGatewayProxyRequestEvent event, Map<String, String> headers) {
    String allowed = Environment.optional("ALLOWED_ORIGINS", "");
    if (!allowed.isEmpty()) {
      headers.put("Vary", "Origin");
      origin(event).filter(List.of(allowed.split(","))::contains).ifPresent(origin -> {
        headers.put("Access-Control-Allow-Origin", origin);
        headers.put("Access-Control-Expose-Headers", "ETag,Location,Retry-After,x-request-id");
      });
    }
  }

  private static Optional<String> origin(APIGatewayProxyRequestEvent event) {
    return event.getHeaders() == null ? Optional.empty() : event.getHeaders().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase("origin")).map(Map.Entry::getValue).findFirst();
  }

  /// Inserts `request_id` before `errors`, the order of members in the contract.
  private static ObjectNode insertRequestId(ObjectNode problem, String requestId) {
    ObjectNode ordered = problem.deepCopy();
    JsonNode errors = ordered.remove("errors");
    ordered.put("request_id", requestId);
    if (errors != null) {
      ordered.set("errors", errors);
    }
    return ordered;
  }
}
