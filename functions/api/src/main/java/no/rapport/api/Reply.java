package no.rapport.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The response to a request.
///
/// @param body JSON, or empty for none
/// @param resource the resource that the answer describes; the answer is kept under an idempotency key as long as it
///     exists
public record Reply(int status, Map<String, String> headers, Optional<JsonNode> body, Optional<Resource> resource) {

  /// A stored resource, as [no.rapport.records.Records#find] names it.
  public record Resource(String collection, String id) {}

  private static final int RETRY_AFTER_SECONDS = 1;

  public Reply {
    headers = Map.copyOf(headers);
  }

  public Reply(int status, Map<String, String> headers, Optional<JsonNode> body) {
    this(status, headers, body, Optional.empty());
  }

  /// Returns the same answer, marked as describing a stored resource. Only such answers to a POST are kept for
  /// repetitions. Any other answer, such as one that holds a ticket or a link, is made again when the request is
  /// repeated.
  public Reply about(String collection, String id) {
    return new Reply(status, headers, body, Optional.of(new Resource(collection, id)));
  }

  public static Reply ok(JsonNode body) {
    return new Reply(200, Map.of(), Optional.of(body));
  }

  /// Returns `201` with the location of the new resource.
  public static Reply created(String location, JsonNode body) {
    return new Reply(201, Map.of("Location", location), Optional.of(body));
  }

  /// Returns `202` with the location to poll.
  public static Reply accepted(String location, JsonNode body) {
    return new Reply(202, Map.of("Location", location), Optional.of(body)).retryAfter(RETRY_AFTER_SECONDS);
  }

  /// Returns `302` to a link that must not be cached.
  public static Reply found(URI link) {
    return new Reply(302, Map.of("Location", link.toString(), "Cache-Control", "no-store"), Optional.empty());
  }

  /// Returns `308`: the same request belongs to another path (RFC 9110, 15.4.9).
  public static Reply moved(String location) {
    return new Reply(308, Map.of("Location", location), Optional.empty());
  }

  /// Returns exactly `{"message":"Not Found"}`, both for a missing resource and for one of another organisation.
  public static Reply notFound() {
    return new Reply(404, Map.of(), Optional.of(JsonNodeFactory.instance.objectNode().put("message", "Not Found")));
  }

  public static Reply unauthorized() {
    return new Reply(401, Map.of(), Optional.empty());
  }

  public static Reply badRequest(String detail) {
    return problem(400, detail, List.of());
  }

  /// Returns `400` with every wrong query parameter.
  public static Reply badQuery(List<FieldError> errors) {
    return InvalidRequest.fields(400, errors).reply();
  }

  public static Reply forbidden(String detail) {
    return problem(403, detail, List.of());
  }

  /// @param detail the current state and the actions that it allows
  public static Reply conflict(String detail) {
    return problem(409, detail, List.of());
  }

  public static Reply preconditionFailed() {
    return problem(412,
        "The resource has changed since the version in If-Match; read it again and send its current ETag", List.of());
  }

  public static Reply unprocessable(String pointer, String message) {
    return problem(422, message, List.of(new FieldError(pointer, message)));
  }

  public static Reply tooManyRequests(String detail, int retryAfterSeconds) {
    return problem(429, detail, List.of()).retryAfter(retryAfterSeconds);
  }

  /// Returns a problem (RFC 9457). [Api] adds the id of the request.
  static Reply problem(int status, String detail, List<FieldError> errors) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("type", "about:blank").put("title", title(status)).put("status", status);
    body.put("detail", detail).put("message", detail);
    if (!errors.isEmpty()) {
      var array = body.putArray("errors");
      errors.forEach(e -> array.addObject().put("pointer", e.pointer()).put("message", e.message()));
    }
    return new Reply(status, Map.of("Content-Type", PROBLEM), Optional.of(body));
  }

  static final String PROBLEM = "application/problem+json";

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 409 -> "Conflict";
      case 412 -> "Precondition Failed";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 422 -> "Unprocessable Content";
      case 429 -> "Too Many Requests";
      default -> "Internal Server Error";
    };
  }

  public Reply header(String name, String value) {
    var more = new TreeMap<>(headers);
    more.put(name, value);
    return new Reply(status, more, body, resource);
  }

  public Reply retryAfter(int seconds) {
    return header("Retry-After", Integer.toString(seconds));
  }

  /// Adds the entity tag of a stored version (RFC 9110, 8.8.3).
  public Reply etag(long version) {
    return header("ETag", Request.etag(version));
  }
}
