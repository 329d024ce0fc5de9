package no.rapport.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// Handlers for tests of the gateway.
public final class TestHandlers {

  private TestHandlers() {}

  /// Answers with the event that the function received. `?status=` sets the answer's status.
  public static final class Echo
      implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

    static final AtomicInteger MADE = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();

    public Echo() {
      MADE.incrementAndGet();
    }

    @Override
    public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
      if (running.incrementAndGet() > 1) {
        throw new IllegalStateException("One instance received two events at once");
      }
      try {
        var query = event.getQueryStringParameters();
        return new APIGatewayProxyResponseEvent()
            .withStatusCode(query == null ? 200 : Integer.parseInt(query.getOrDefault("status", "200")))
            .withHeaders(Map.of("Content-Type", "text/plain; charset=utf-8"))
            .withMultiValueHeaders(Map.of("Link", List.of("<a>", "<b>")))
            .withBody(String.join("\n",
                "resource=" + event.getResource(),
                "path=" + event.getPath(),
                "method=" + event.getHttpMethod(),
                "pathParameters=" + event.getPathParameters(),
                "query=" + event.getMultiValueQueryStringParameters(),
                "authorizer=" + event.getRequestContext().getAuthorizer(),
                "sourceIp=" + event.getRequestContext().getIdentity().getSourceIp(),
                "function=" + context.getFunctionName(),
                "body=" + event.getBody()));
      } finally {
        running.decrementAndGet();
      }
    }
  }

  public static final class Literal
      implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
    @Override
    public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
      return new APIGatewayProxyResponseEvent().withStatusCode(200).withBody("literal " + event.getPathParameters());
    }
  }

  public static final class Crash
      implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
    @Override
    public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
      throw new IllegalStateException("A secret of the inside");
    }
  }

  /// Writes one event, and a second one after the test has received the first.
  public static final class Watch implements RequestStreamHandler {

    static volatile CountDownLatch goOn = new CountDownLatch(0);

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
      write(output, "{\"statusCode\":200,\"headers\":{\"Content-Type\":\"text/event-stream\"}}");
      output.write(new byte[8]);
      write(output, "retry: 100\n\n");
      output.flush();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      write(output, "data: two\n\n");
    }

    private static void write(OutputStream output, String text) throws IOException {
      output.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /// Accepts two keys.
  public static final class Authorize implements RequestHandler<Map<String, Object>, Map<String, Object>> {
    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
      var headers = (Map<?, ?>) event.get("headers");
      var key = headers.entrySet().stream()
          .filter(header -> String.valueOf(header.getKey()).equalsIgnoreCase("x-api-key"))
          .map(header -> String.valueOf(header.getValue())).findFirst().orElse("");
      var effect = switch (key) {
        case "good" -> "Allow";
        case "denied" -> "Deny";
        default -> throw new RuntimeException("Unauthorized");
      };
      return Map.of(
          "principalId", "key-1",
          "policyDocument", Map.of("Version", "2012-10-17", "Statement", List.of(Map.of(
              "Action", "execute-api:Invoke", "Effect", effect, "Resource", event.get("methodArn")))),
          "context", Map.of("caller", "key-1", "role", "org", "organizations", "org-1,org-2"));
    }
  }
}
