package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GatewayTest {

  private static Functions functions;
  private static Gateway open;
  private static Gateway keyed;
  private static HttpClient http;

  @BeforeAll
  static void start() {
    var template = TemplateReaderTest.template();
    functions = new Functions(template);
    open = Gateway.start(0, template, functions, Gateway.PublicContracts.OPEN);
    keyed = Gateway.start(0, TemplateReader.read(TemplateReaderTest.file(),
        Map.of("AllowedOrigins", "https://app.example.no"), "rapport-local"), functions, Gateway.PublicContracts.KEY);
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    http.close();
    open.close();
    keyed.close();
    functions.close();
  }

  @Test
  void passesTheRequestToTheFunctionAsAProxyEvent() {
    var answer = send(request(open, "/api/v1/things/a%20b%2Fc?x=1&x=2&y=%C3%A5+b"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body().lines()).contains(
        "resource=/api/v1/things/{id}",
        "path=/api/v1/things/a%20b%2Fc",
        "method=GET",
        "pathParameters={id=a b/c}",
        "query={x=[1, 2], y=[å b]}",
        "sourceIp=127.0.0.1",
        "function=EchoFunction",
        "body=null");
    assertThat(answer.headers().allValues("Link")).containsExactly("<a>", "<b>");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
  }

  @Test
  void passesTheBody() {
    var answer = send(request(open, "/api/v1/things")
        .POST(HttpRequest.BodyPublishers.ofString("{\"name\": \"Sámi čalbmi\"}")));

    assertThat(answer.body()).contains("body={\"name\": \"Sámi čalbmi\"}");
  }

  @Test
  void prefersALiteralPathToAProxyPath() {
    assertThat(send(request(open, "/api/v1/things/literal")).body()).isEqualTo("literal null");
    assertThat(send(request(open, "/api/v1/rest/a/b/c")).body()).isEqualTo("literal {proxy=a/b/c}");
  }

  @Test
  void answersUnknownPathsAndMethodsWithNotFound() {
    for (var request : new HttpRequest.Builder[] {
        request(open, "/"), request(open, "/api/v1/things/"), request(open, "/api/v1/nothing"),
        request(open, "/api/v1/things").DELETE(), request(keyed, "/api/v1/nothing")}) {
      var answer = send(request);
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).isEqualTo("{\"message\":\"Not Found\"}");
      assertThat(answer.headers().firstValue("x-request-id")).isPresent();
    }
  }

  @Test
  void encodesAPathOrQueryThatIsNoValidUri() throws IOException {
    assertThat(raw("GET /api/v1/things/%zz{id}\\?a=%&b={c}|<d>\u00e5 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ").contains("pathParameters={id=%zz{id}\\}", "query={a=[%], b=[{c}|<d>");
    assertThat(raw("GET http://x/api/v1/things/1%00?b=1#c HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ").contains("path=/api/v1/things/1%00\n", "query={b=[1]}");
    assertThat(raw("GET /api/v1/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 404 ").endsWith("{\"message\":\"Not Found\"}");
  }

  @Test
  void answersInvalidHttpWithAProblem() throws IOException {
    for (String request : new String[] {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nna me: x\r\n\r\n",
        "\0\1\2\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: localhost\r\nIf-Match: \"\u007f\"\r\n\r\n", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "GET /" + "a".repeat(70_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"}) {
      assertThat(raw(request)).as(request).matches("(?s)HTTP/1.1 (4\\d\\d|505) .*").containsIgnoringCase("x-request-id: ")
          .contains("application/problem+json", "\"request_id\":").doesNotContain("<");
    }
  }

  private static String raw(String request) throws IOException {
    try (var socket = new java.net.Socket("127.0.0.1", open.port())) {
      socket.getOutputStream().write(request.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  @Test
  void treatsACallerWithoutKeyAsAdminInOpenModeOnly() {
    assertThat(send(request(open, "/api/v1/things")).body())
        .contains("caller=anonymous", "role=admin", "organizations=*");
    assertThat(send(request(keyed, "/api/v1/things")).statusCode()).isEqualTo(401);
  }

  @Test
  void alwaysRequiresAKeyForTheWebAdmitCompatibleEndpoints() {
    var answer = send(request(open, "/api/v1/exports"));

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).isEmpty();
    assertThat(send(request(open, "/api/v1/exports").header("x-api-key", "good")).statusCode()).isEqualTo(200);
  }

  @Test
  void checksASentKeyInOpenMode() {
    assertThat(send(request(open, "/api/v1/things").header("x-api-key", "wrong")).statusCode()).isEqualTo(401);
    assertThat(send(request(open, "/api/v1/things").header("x-api-key", "denied")).statusCode()).isEqualTo(403);
    assertThat(send(request(open, "/api/v1/things").header("X-Api-Key", "good")).body())
        .contains("caller=key-1", "role=org", "organizations=org-1,org-2");
  }

  @Test
  void callsARouteWithoutAuthorizerWithoutAKey() {
    assertThat(send(request(keyed, "/health")).body()).contains("authorizer=null");
  }

  @Test
  void revealsNothingAboutACrash() {
    var answer = send(request(open, "/api/v1/crash"));

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).isEqualTo("{\"message\": \"Internal server error\"}");
    assertThat(answer.headers().firstValue("x-request-id")).isPresent();
  }

  @Test
  void refusesABodyOverTenMegabytes() {
    var answer = send(request(open, "/api/v1/things")
        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[Gateway.MAX_REQUEST_BYTES + 1])));

    assertThat(answer.statusCode()).isEqualTo(413);
  }

  @Test
  void givesAnInstanceOneEventAtATime() {
    var statuses = IntStream.range(0, 64).parallel()
        .map(_ -> send(request(open, "/api/v1/things")).statusCode()).distinct().toArray();

    assertThat(statuses).containsExactly(200);
    assertThat(TestHandlers.Echo.MADE).hasValueLessThan(64);
  }

  @Test
  void sendsAStreamedAnswerWhileItIsWritten() throws Exception {
    TestHandlers.Watch.goOn = new CountDownLatch(1);
    var answer = http.send(request(open, "/api/v1/watch").build(), HttpResponse.BodyHandlers.ofInputStream());
    try (var body = answer.body()) {
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
      assertThat(new String(body.readNBytes(12))).isEqualTo("retry: 100\n\n");

      TestHandlers.Watch.goOn.countDown();

      assertThat(new String(body.readAllBytes())).isEqualTo("data: two\n\n");
    }
  }

  @Test
  void sendsCorsHeadersOnlyToAllowedOrigins() {
    var preflight = send(request(keyed, "/api/v1/things").method("OPTIONS", HttpRequest.BodyPublishers.noBody())
        .header("Origin", "https://app.example.no").header("Access-Control-Request-Method", "POST"));
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).hasValue("https://app.example.no");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods")).hasValue("GET,POST");

    var other = send(request(keyed, "/api/v1/things").method("OPTIONS", HttpRequest.BodyPublishers.noBody())
        .header("Origin", "https://evil.example").header("Access-Control-Request-Method", "POST"));
    assertThat(other.statusCode()).isEqualTo(404);
    assertThat(other.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  private static HttpRequest.Builder request(Gateway gateway, String path) {
    return HttpRequest.newBuilder(gateway.baseUrl().resolve(path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
