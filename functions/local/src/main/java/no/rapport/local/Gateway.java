package no.rapport.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import no.rapport.emulator.Loopback;

/// Serves HTTP on 127.0.0.1 like an API Gateway REST API with this template: its routes, authorizers, limits and own
/// responses, and the functions behind them.
///
/// A path or method without a route is answered with 404, unless the template has another response for it.
final class Gateway implements AutoCloseable {

  /// The largest request body of API Gateway.
  static final int MAX_REQUEST_BYTES = 10 * 1024 * 1024;

  /// How long a function without response streaming may take.
  static final Duration INTEGRATION_TIMEOUT = Duration.ofSeconds(29);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern CONTEXT = Pattern.compile("\\$context\\.(?:error\\.(messageString|message)|(requestId))");

  /// Whether the endpoints that the contracts call public need a key.
  enum PublicContracts {
    /// They accept requests without a key, as requests of an admin.
    OPEN,
    /// Every endpoint needs a key, as deployed.
    KEY
  }

  private final Template template;
  private final Lambda functions;
  private final PublicContracts publicContracts;
  private final RouteTable routes;
  private final List<String> allowedOrigins;
  private final HttpFront front;
  private final Map<String, HttpHandler> mounts = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private Gateway(Template template, Lambda functions, PublicContracts publicContracts, int port) {
    this.template = template;
    this.functions = functions;
    this.publicContracts = publicContracts;
    this.routes = new RouteTable(template.routes());
    this.allowedOrigins = allowedOrigins(template);
    this.front = HttpFront.start("The API", port, this::answer);
  }

  /// Starts listening.
  ///
  /// @param port on 127.0.0.1, or 0 for a free one
  /// @throws no.rapport.emulator.PortTakenException if it is taken
  static Gateway start(int port, Template template, Lambda functions, PublicContracts publicContracts) {
    return new Gateway(template, functions, publicContracts, port);
  }

  /// Adds a handler for the paths below `path`, which are not part of the API.
  void mount(String path, HttpHandler handler) {
    mounts.put(path, handler);
  }

  int port() {
    return front.port();
  }

  URI baseUrl() {
    return Loopback.uri(port());
  }

  @Override
  public void close() {
    front.close();
    threads.shutdownNow();
  }

  /// Returns the origins whose pages may call the API and follow links.
  static List<String> allowedOrigins(Template template) {
    return switch (template.parameters().get("AllowedOrigins")) {
      case List<?> list -> list.stream().map(String::valueOf).toList();
      case String text when !text.isBlank() -> List.of(text.strip().split("\\s*,\\s*"));
      case null, default -> List.of();
    };
  }

  // --- one request -----------------------------------------------------------------------------------------------

  private void answer(HttpExchange exchange) throws IOException {
    var requestId = UUID.randomUUID().toString();
    exchange.getResponseHeaders().set("x-request-id", requestId);
    exchange.getResponseHeaders().set("x-amzn-RequestId", requestId);
    try (exchange) {
      if (!Loopback.isOwnHost(exchange.getRequestHeaders().getFirst("Host"))) {
        send(exchange, 403, Map.of("Content-Type", List.of("application/json")),
            "{\"message\":\"The Host header must be 127.0.0.1 or localhost\"}"
                .getBytes(StandardCharsets.UTF_8));
        return;
      }
      var path = exchange.getRequestURI().getRawPath();
      for (var mount : mounts.entrySet()) {
        if (path.startsWith(mount.getKey())) {
          mount.getValue().handle(exchange);
          return;
        }
      }
      route(exchange, requestId, JoinedPath.canonical(path));
    } catch (RuntimeException | Error e) {
      e.printStackTrace();
      throw e;
    }
  }

  private void route(HttpExchange exchange, String requestId, String path) throws IOException {
    var origin = exchange.getRequestHeaders().getFirst("Origin");
    var sharing = origin != null && (allowedOrigins.contains(origin) || allowedOrigins.contains("*"));
    if (sharing) {
      exchange.getResponseHeaders().set("Access-Control-Allow-Origin", origin);
      exchange.getResponseHeaders().add("Vary", "Origin");
      exchange.getResponseHeaders().set("Access-Control-Expose-Headers",
          "ETag, Location, Retry-After, x-request-id");
    }
    var method = exchange.getRequestMethod();
    if (method.equals("OPTIONS") && sharing && !routes.methods(path).isEmpty()) {
      exchange.getResponseHeaders().set("Access-Control-Allow-Methods", String.join(",", routes.methods(path)));
      exchange.getResponseHeaders().set("Access-Control-Allow-Headers",
          "Content-Type,X-Api-Key,If-Match,Idempotency-Key,Last-Event-ID");
      exchange.getResponseHeaders().set("Access-Control-Max-Age", "600");
      exchange.sendResponseHeaders(204, -1);
      return;
    }
    var body = exchange.getRequestBody().readNBytes(MAX_REQUEST_BYTES + 1);
    var found = routes.find(method, path);
    if (found.isEmpty()) {
      notFound(exchange, requestId);
      return;
    }
    if (body.length > MAX_REQUEST_BYTES) {
      own(exchange, requestId, "REQUEST_TOO_LARGE", 413, "Request Too Long");
      return;
    }
    var route = found.get().route();
    var request = new ProxyEvent(requestId, Instant.now(), method, path, exchange.getRequestURI().getRawQuery(),
        headers(exchange), body, exchange.getRemoteAddress().getAddress().getHostAddress(), route,
        found.get().pathParameters());
    switch (authorize(request)) {
      case Refused(var type, var status, var message) -> own(exchange, requestId, type, status, message);
      case Allowed(var context) -> {
        var event = JSON.writeValueAsBytes(request.forFunction(context));
        if (route.streaming()) {
          stream(exchange, requestId, route, event);
        } else {
          invoke(exchange, requestId, route, event);
        }
      }
    }
  }

  /// Answers a path or method without a route. AWS calls this a missing authentication token.
  private void notFound(HttpExchange exchange, String requestId) throws IOException {
    if (template.gatewayResponses().containsKey("MISSING_AUTHENTICATION_TOKEN")) {
      own(exchange, requestId, "MISSING_AUTHENTICATION_TOKEN", 403, "Missing Authentication Token");
    } else {
      send(exchange, 404, Map.of("Content-Type", List.of("application/json")),
          "{\"message\":\"Not Found\"}".getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Map<String, List<String>> headers(HttpExchange exchange) {
    var headers = new LinkedHashMap<String, List<String>>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, List.copyOf(values)));
    return headers;
  }

  private void invoke(HttpExchange exchange, String requestId, Template.Route route, byte[] event)
      throws IOException {
    if (event.length > Lambda.MAX_PAYLOAD) {
      own(exchange, requestId, "REQUEST_TOO_LARGE", 413, "Request Too Long");
      return;
    }
    var call = threads.submit(() -> functions.invoke(route.function(), event));
    byte[] result;
    try {
      result = call.get(INTEGRATION_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      own(exchange, requestId, "INTEGRATION_TIMEOUT", 504, "Endpoint request timed out");
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      own(exchange, requestId, "INTEGRATION_FAILURE", 502, "Internal server error");
      return;
    } catch (ExecutionException e) {
      printFailure(route, e.getCause());
      own(exchange, requestId, "INTEGRATION_FAILURE", 502, "Internal server error");
      return;
    }
    var response = response(result);
    if (response.isEmpty()) {
      System.err.println(route.function() + " did not return a proxy response");
      own(exchange, requestId, "INTEGRATION_FAILURE", 502, "Internal server error");
      return;
    }
    var body = response.get().path("body").asText("");
    send(exchange, response.get().get("statusCode").intValue(), headers(response.get()),
        response.get().path("isBase64Encoded").asBoolean()
            ? Base64.getDecoder().decode(body) : body.getBytes(StandardCharsets.UTF_8));
  }

  private void stream(HttpExchange exchange, String requestId, Template.Route route, byte[] event)
      throws IOException {
    var answer = new StreamedAnswer(json -> {
      var head = JSON.readTree(json);
      headers(head).forEach((name, values) -> set(exchange, name, values));
      exchange.sendResponseHeaders(head.path("statusCode").asInt(200), 0);
      return exchange.getResponseBody();
    });
    try (answer) {
      functions.stream(route.function(), event, answer);
    } catch (FunctionFailed e) {
      // A closed client connection makes the function's write fail with an IOException, which is not the function's
      // error.
      if (!e.errorType().equals(IOException.class.getName())) {
        printFailure(route, e);
      }
    }
    if (!answer.hasBegun()) {
      own(exchange, requestId, "INTEGRATION_FAILURE", 502, "Internal server error");
    }
  }

  private static void printFailure(Template.Route route, Throwable cause) {
    System.err.println(route.function() + " failed: "
        + (cause instanceof FunctionFailed failed ? failed.payload() : cause.toString()));
  }

  private static Optional<JsonNode> response(byte[] result) {
    try {
      var response = JSON.readTree(result);
      return response != null && response.path("statusCode").isInt() ? Optional.of(response) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Map<String, List<String>> headers(JsonNode response) {
    var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    response.path("headers").properties()
        .forEach(header -> headers.put(header.getKey(), List.of(header.getValue().asText())));
    response.path("multiValueHeaders").properties().forEach(header -> {
      var values = new ArrayList<String>();
      header.getValue().forEach(value -> values.add(value.asText()));
      headers.put(header.getKey(), values);
    });
    return headers;
  }

  // --- the gateway's own answers ---------------------------------------------------------------------------------

  private void own(HttpExchange exchange, String requestId, String type, int status, String message)
      throws IOException {
    var kind = status >= 500 ? "DEFAULT_5XX" : "DEFAULT_4XX";
    var configured = Optional.ofNullable(template.gatewayResponses().get(type))
        .or(() -> Optional.ofNullable(template.gatewayResponses().get(kind)));
    var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Content-Type", List.of("application/json"));
    configured.ifPresent(response -> response.headers().forEach((name, literal) ->
        headers.put(name, List.of(mapped(literal, requestId, message)))));
    var body = configured.flatMap(Template.GatewayResponse::body)
        .map(text -> filled(text, requestId, message))
        .orElseGet(() -> status == 401 ? "" : "{\"message\": \"" + message + "\"}");
    if (body.isEmpty()) {
      headers.remove("Content-Type");
    }
    send(exchange, configured.flatMap(Template.GatewayResponse::status).orElse(status), headers,
        body.getBytes(StandardCharsets.UTF_8));
  }

  /// Returns the value of a header mapping, which is a text in quotes or a variable.
  private static String mapped(String mapping, String requestId, String message) {
    return mapping.startsWith("'") ? mapping.substring(1, mapping.length() - 1)
        : filled("$" + mapping, requestId, message);
  }

  private static String filled(String text, String requestId, String message) {
    return CONTEXT.matcher(text).replaceAll(variable -> java.util.regex.Matcher.quoteReplacement(
        variable.group(2) != null ? requestId
            : "messageString".equals(variable.group(1)) ? "\"" + message + "\"" : message));
  }

  private static void send(HttpExchange exchange, int status, Map<String, List<String>> headers, byte[] body)
      throws IOException {
    headers.forEach((name, values) -> set(exchange, name, values));
    var bodiless = body.length == 0 || status == 204 || status == 304 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
    if (!bodiless) {
      exchange.getResponseBody().write(body);
    }
  }

  private static void set(HttpExchange exchange, String name, List<String> values) {
    // The server sets these two itself.
    if (!name.equalsIgnoreCase("Content-Length") && !name.equalsIgnoreCase("Transfer-Encoding")) {
      exchange.getResponseHeaders().put(name, values);
    }
  }

  // --- authorizers -----------------------------------------------------------------------------------------------

  private sealed interface Verdict {}

  private record Allowed(ObjectNode context) implements Verdict {}

  private record Refused(String type, int status, String message) implements Verdict {}

  private Verdict authorize(ProxyEvent request) throws IOException {
    var name = request.route().authorizer();
    var authorizer = name.map(template.authorizers()::get);
    if (name.isPresent() && authorizer.isEmpty()) {
      throw new UnsupportedInTemplate("The template has no authorizer " + name.get());
    }
    if (authorizer.isEmpty()) {
      return new Allowed(null);
    }
    if (publicContracts == PublicContracts.OPEN && isPublic(request.rawPath()) && !carriesIdentity(request)) {
      return new Allowed(anonymous());
    }
    for (var source : authorizer.get().headers()) {
      if (request.header(source) == null || request.header(source).isEmpty()) {
        return new Refused("UNAUTHORIZED", 401, "Unauthorized");
      }
    }
    var query = request.query();
    for (var source : authorizer.get().queryStrings()) {
      if (query.getOrDefault(source, List.of("")).getLast().isEmpty()) {
        return new Refused("UNAUTHORIZED", 401, "Unauthorized");
      }
    }
    return ask(authorizer.get(), request);
  }

  /// Returns whether the contracts call the endpoint public. The WebAdMIT-compatible endpoints always need a key.
  private static boolean isPublic(String path) {
    return !path.equals("/api/v1/exports") && !path.startsWith("/api/v1/exports/");
  }

  /// Returns whether the request has a key or ticket, which is always checked.
  private static boolean carriesIdentity(ProxyEvent request) {
    return request.header("x-api-key") != null || request.query().containsKey("ticket");
  }

  private static ObjectNode anonymous() {
    return JSON.createObjectNode()
        .put("principalId", "anonymous").put("caller", "anonymous").put("role", "admin").put("organizations", "*");
  }

  private Verdict ask(Template.Authorizer authorizer, ProxyEvent request) throws IOException {
    JsonNode answer;
    try {
      answer = JSON.readTree(
          functions.invoke(authorizer.function(), JSON.writeValueAsBytes(request.forAuthorizer())));
    } catch (FunctionFailed e) {
      if ("Unauthorized".equals(e.getMessage())) {
        return new Refused("UNAUTHORIZED", 401, "Unauthorized");
      }
      System.err.println(authorizer.function() + " failed: " + e.payload());
      return new Refused("AUTHORIZER_FAILURE", 500, "Internal server error");
    }
    if (!answer.path("principalId").isTextual() || !answer.path("policyDocument").path("Statement").isArray()) {
      return new Refused("AUTHORIZER_CONFIGURATION_ERROR", 500, "Internal server error");
    }
    if (!allows(answer.path("policyDocument").path("Statement"), request.methodArn())) {
      return new Refused("ACCESS_DENIED", 403, "User is not authorized to access this resource");
    }
    var context = JSON.createObjectNode();
    context.put("principalId", answer.path("principalId").asText());
    answer.path("context").properties()
        .forEach(member -> context.put(member.getKey(), member.getValue().asText()));
    return new Allowed(context);
  }

  private static boolean allows(JsonNode statements, String methodArn) {
    var allowed = false;
    for (var statement : statements) {
      var about = texts(statement.path("Action")).anyMatch(action -> like(action, "execute-api:Invoke"))
          && texts(statement.path("Resource")).anyMatch(resource -> like(resource, methodArn));
      if (about && statement.path("Effect").asText().equals("Deny")) {
        return false;
      }
      allowed |= about && statement.path("Effect").asText().equals("Allow");
    }
    return allowed;
  }

  private static java.util.stream.Stream<String> texts(JsonNode node) {
    if (!node.isArray()) {
      return java.util.stream.Stream.of(node.asText());
    }
    return java.util.stream.StreamSupport.stream(node.spliterator(), false).map(JsonNode::asText);
  }

  private static boolean like(String pattern, String text) {
    var regex = java.util.Arrays.stream(pattern.split("\\*", -1)).map(Pattern::quote)
        .collect(Collectors.joining(".*"));
    return Pattern.compile(regex, Pattern.CASE_INSENSITIVE).matcher(text).matches();
  }
}
