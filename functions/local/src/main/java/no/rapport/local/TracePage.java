package no.rapport.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import no.rapport.api.Role;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.InvalidArnException;

/// Serves the paths below `/_local/`: the trace page, its data, and the injection of faults.
///
/// | method and path | answer |
/// |---|---|
/// | `GET /_local/` | the page |
/// | `GET /_local/docs` | the description of the API, see [DocsPage] |
/// | `GET /_local/keys` | the keys that this start issued |
/// | `POST /_local/demo` | seeds demo organisations, see [DemoOrganizations]; the paths of their resources |
/// | `GET /_local/watch` | the page of figures, see [WatchPage] |
/// | `GET /_local/api/executions?id=&status=` | the newest executions; either may be left out |
/// | `GET /_local/api/execution?arn=` or `?name=` | one execution, or a job's newest, with the runs of its states |
/// | `GET /_local/api/notifications` | the published messages |
/// | `GET`, `POST`, `DELETE /_local/faults` | lists faults, adds one, removes all |
/// | `POST /_local/2015-03-31/functions/{name}/invocations` | Lambda's Invoke, for functions that no route reaches |
///
/// Refuses requests with another host name or from pages of other origins, so that no website can use it through a
/// browser on this machine.
final class TracePage implements HttpHandler {

  static final String PATH = "/_local/";

  private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final Map<String, String> FILES = Map.of(
      "", "trace.html", "trace.css", "trace.css", "trace.js", "trace.js", "keys.js", "keys.js");
  private static final Map<String, String> TYPES = Map.of(
      "html", "text/html; charset=utf-8", "css", "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8");
  private static final Pattern INVOCATION = Pattern.compile("2015-03-31/functions/([^/]+)/invocations");
  private static final Set<String> FAULT_MEMBERS = Set.of("service", "operation", "resource", "error", "times");

  private final Trace trace;
  private final Notifications notifications;
  private final Functions functions;
  private final Supplier<Map<Role, String>> keys;
  private final Supplier<DemoOrganizations> demo;

  /// @param keys those of this start, by role
  TracePage(Trace trace, Notifications notifications, Functions functions, Supplier<Map<Role, String>> keys,
      Supplier<DemoOrganizations> demo) {
    this.trace = trace;
    this.notifications = notifications;
    this.functions = functions;
    this.keys = keys;
    this.demo = demo;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    var host = exchange.getRequestHeaders().getFirst("Host");
    var origin = exchange.getRequestHeaders().getFirst("Origin");
    if (origin != null && !origin.equals("http://" + host)) {
      send(exchange, 403, JSON.createObjectNode().put("message", "The Origin header must be http://" + host));
      return;
    }
    var path = exchange.getRequestURI().getPath().substring(PATH.length());
    var method = exchange.getRequestMethod();
    var invocation = INVOCATION.matcher(path);
    try {
      if (method.equals("POST") && invocation.matches()) {
        invoke(exchange, invocation.group(1));
        return;
      }
      switch (method + " " + path) {
        case "GET api/executions" -> send(exchange, 200,
            trace.executions(parameter(exchange, "id"), parameter(exchange, "status")));
        case "GET api/execution" -> send(exchange, 200, trace.execution(arn(exchange)));
        case "GET api/notifications" -> send(exchange, 200, notifications());
        case "POST demo" -> send(exchange, 200, demo());
        case "GET keys" -> send(exchange, 200, keys());
        case "GET faults" -> send(exchange, 200, faults());
        case "POST faults" -> {
          Faults.add(fault(JSON.readTree(exchange.getRequestBody().readNBytes(64 * 1024))));
          send(exchange, 201, faults());
        }
        case "DELETE faults" -> {
          Faults.clear();
          send(exchange, 200, faults());
        }
        case "GET watch", "GET watch.css", "GET watch.js", "GET watch-names.json" -> new WatchPage().handle(exchange);
        default -> {
          if (path.equals("docs") || path.startsWith("docs/")) {
            new DocsPage().handle(exchange);
          } else {
            file(exchange, method, path);
          }
        }
      }
    } catch (ExecutionDoesNotExistException | InvalidArnException e) {
      send(exchange, 404, JSON.createObjectNode().put("message", "The execution does not exist"));
    } catch (IllegalArgumentException | com.fasterxml.jackson.core.JsonProcessingException e) {
      send(exchange, 400, JSON.createObjectNode().put("message", e.getMessage()));
    }
  }

  private void invoke(HttpExchange exchange, String function) throws IOException {
    byte[] result;
    try {
      result = functions.invoke(function, exchange.getRequestBody().readNBytes(Functions.MAX_PAYLOAD));
    } catch (FunctionFailed e) {
      exchange.getResponseHeaders().set("X-Amz-Function-Error", "Unhandled");
      result = e.payload().getBytes(StandardCharsets.UTF_8);
    } catch (UnsupportedInTemplate e) {
      send(exchange, 404, JSON.createObjectNode().put("Message", e.getMessage()));
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    send(exchange, 200, result);
  }

  private String arn(HttpExchange exchange) {
    var arn = parameter(exchange, "arn");
    var name = parameter(exchange, "name");
    if (arn.isEmpty() && name.isEmpty()) {
      throw new IllegalArgumentException("A query parameter is missing: add ?arn= or ?name=");
    }
    return arn.isEmpty()
        ? trace.newestOf(name).orElseThrow(() -> ExecutionDoesNotExistException.builder().message(name).build())
        : arn;
  }

  /// Returns a query parameter's value, or an empty text if it is absent.
  private static String parameter(HttpExchange exchange, String name) {
    var query = exchange.getRequestURI().getRawQuery();
    for (var pair : query == null ? new String[0] : query.split("&")) {
      if (pair.startsWith(name + "=")) {
        return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  private JsonNode notifications() {
    var list = JSON.createArrayNode();
    for (var notification : notifications.all()) {
      var item = list.addObject();
      item.put("id", notification.id());
      item.put("at", notification.at().toString());
      item.put("topic", notification.topicArn());
      item.put("subject", notification.subject());
      item.put("message", notification.message());
      notification.attributes().forEach(item.putObject("attributes")::put);
    }
    return list;
  }

  private ObjectNode demo() {
    var answer = JSON.createObjectNode();
    demo.get().seed().forEach(answer.putArray("resources")::add);
    return answer;
  }

  private ObjectNode keys() {
    var answer = JSON.createObjectNode();
    var list = answer.putArray("keys");
    keys.get().forEach((role, key) -> list.addObject()
        .put("role", role.word())
        .put("organizations", role == Role.ADMIN ? "all" : DemoKeys.ORGANIZATION)
        .put("key", key));
    return answer;
  }

  private static ObjectNode faults() {
    var answer = JSON.createObjectNode();
    var list = answer.putArray("faults");
    Faults.standing().forEach(fault -> list.addObject()
        .put("service", fault.service())
        .put("operation", fault.operation())
        .put("resource", fault.resource())
        .put("error", fault.error())
        .put("times", fault.times()));
    return answer;
  }

  private static Faults.Fault fault(JsonNode body) {
    if (body == null || !body.isObject()) {
      throw new IllegalArgumentException("The body must be a JSON object");
    }
    body.fieldNames().forEachRemaining(name -> {
      if (!FAULT_MEMBERS.contains(name)) {
        throw new IllegalArgumentException("A fault has no member " + name + "; it has " + FAULT_MEMBERS);
      }
    });
    return new Faults.Fault(body.path("service").asText(""), body.path("operation").asText(""),
        body.path("resource").asText(""), body.path("error").asText(""), body.path("times").asInt(1));
  }

  private static void file(HttpExchange exchange, String method, String path) throws IOException {
    var name = FILES.get(path);
    if (name == null || !method.equals("GET")) {
      send(exchange, 404, JSON.createObjectNode().put("message", "Not Found"));
      return;
    }
    try (var file = TracePage.class.getResourceAsStream(name)) {
      var headers = exchange.getResponseHeaders();
      headers.set("Content-Type", TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
      headers.set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; "
          + "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
      send(exchange, 200, file.readAllBytes());
    }
  }

  private static void send(HttpExchange exchange, int status, JsonNode body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    send(exchange, status, JSON.writeValueAsBytes(body));
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
