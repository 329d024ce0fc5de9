package no.rapport.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One HTTP request, as a REST API passes it to a function (payload format 1.0).
///
/// @param rawPath percent-encoded, as sent
/// @param rawQuery as sent, or null
/// @param headers with all values, in the order sent
record ProxyEvent(
    String requestId,
    Instant received,
    String method,
    String rawPath,
    String rawQuery,
    Map<String, List<String>> headers,
    byte[] body,
    String sourceIp,
    Template.Route route,
    Map<String, String> pathParameters) {

  static final String STAGE = "local";
  private static final String API_ID = "local";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter REQUEST_TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

  /// Returns the last value of a header, or null if the request does not have it. Ignores case.
  String header(String name) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(header -> header.getValue().getLast())
        .findFirst().orElse(null);
  }

  /// Returns the ARN of the method, which the authorizer's policy must allow.
  String methodArn() {
    return "arn:aws:execute-api:" + Names.REGION + ":" + Names.ACCOUNT + ":" + API_ID + "/" + STAGE + "/" + method
        + rawPath;
  }

  /// Returns the event for the route's function.
  ///
  /// @param authorizer the authorizer's context, or null
  ObjectNode forFunction(ObjectNode authorizer) {
    var event = common();
    var context = (ObjectNode) event.get("requestContext");
    if (authorizer != null) {
      context.set("authorizer", authorizer);
    }
    event.put("body", body.length == 0 ? null : new String(body, StandardCharsets.UTF_8));
    event.put("isBase64Encoded", false);
    return event;
  }

  /// Returns the event for a `REQUEST` authorizer.
  ObjectNode forAuthorizer() {
    var event = JSON.createObjectNode();
    event.put("type", "REQUEST");
    event.put("methodArn", methodArn());
    event.setAll(common());
    return event;
  }

  /// Returns the decoded query parameters with all their values.
  Map<String, List<String>> query() {
    var parameters = new LinkedHashMap<String, List<String>>();
    if (rawQuery != null && !rawQuery.isEmpty()) {
      for (var pair : rawQuery.split("&")) {
        if (!pair.isEmpty()) {
          var equals = pair.indexOf('=');
          var name = decoded(equals < 0 ? pair : pair.substring(0, equals));
          parameters.computeIfAbsent(name, _ -> new ArrayList<>())
              .add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
        }
      }
    }
    return parameters;
  }

  private ObjectNode common() {
    var event = JSON.createObjectNode();
    event.put("resource", route.path());
    event.put("path", rawPath);
    event.put("httpMethod", method);
    single(event, "headers", headers);
    multi(event, "multiValueHeaders", headers);
    single(event, "queryStringParameters", query());
    multi(event, "multiValueQueryStringParameters", query());
    if (pathParameters.isEmpty()) {
      event.putNull("pathParameters");
    } else {
      pathParameters.forEach(event.putObject("pathParameters")::put);
    }
    event.putNull("stageVariables");
    var context = event.putObject("requestContext");
    context.put("resourceId", route.function());
    context.put("resourcePath", route.path());
    context.put("httpMethod", method);
    context.put("extendedRequestId", requestId);
    context.put("requestTime", REQUEST_TIME.format(received));
    context.put("path", "/" + STAGE + rawPath);
    context.put("accountId", Names.ACCOUNT);
    context.put("protocol", "HTTP/1.1");
    context.put("stage", STAGE);
    context.put("domainPrefix", "localhost");
    context.put("requestTimeEpoch", received.toEpochMilli());
    context.put("requestId", requestId);
    var identity = context.putObject("identity");
    identity.put("sourceIp", sourceIp);
    identity.put("userAgent", header("User-Agent"));
    context.put("domainName", header("Host"));
    context.put("apiId", API_ID);
    return event;
  }

  private static void single(ObjectNode event, String name, Map<String, List<String>> values) {
    if (values.isEmpty()) {
      event.putNull(name);
    } else {
      var object = event.putObject(name);
      values.forEach((key, all) -> object.put(key, all.getLast()));
    }
  }

  private static void multi(ObjectNode event, String name, Map<String, List<String>> values) {
    if (values.isEmpty()) {
      event.putNull(name);
    } else {
      var object = event.putObject(name);
      values.forEach((key, all) -> all.forEach(object.putArray(key)::add));
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
