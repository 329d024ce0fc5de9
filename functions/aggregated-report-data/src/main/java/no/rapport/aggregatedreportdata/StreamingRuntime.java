package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import no.rapport.api.Log;

/// The Lambda runtime of the function that streams: it passes every write of the handler on at once, where the managed
/// Java runtime collects the answer until it ends.
///
/// The script `stream-answers` starts it in place of the managed runtime (`AWS_LAMBDA_EXEC_WRAPPER`). It does not support
/// SnapStart.
///
/// Source: AWS documentation, "Using the Lambda runtime API for custom runtimes".
public final class StreamingRuntime {

  static final String ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";
  private static final String PREFIX = "/2018-06-01/runtime/";
  /// Where the AWS SDK looks for the trace that its calls belong to.
  private static final String TRACE = "com.amazonaws.xray.traceHeader";
  /// In place of an error's own message, which may quote data.
  private static final String FAILED = "The function failed; its log names the place";
  private static final JsonMapper JSON = new JsonMapper();

  private final URI api;

  private StreamingRuntime(URI api) {
    this.api = api;
  }

  /// Runs until Lambda ends the process.
  public static void main(String[] arguments) throws IOException, URISyntaxException {
    var runtime = new StreamingRuntime(new URI("http://" + System.getenv("AWS_LAMBDA_RUNTIME_API")));
    RequestStreamHandler handler;
    try {
      handler = new WatchAggregatedReportData();
    } catch (RuntimeException | Error e) {
      Log.error("init_failed", Map.of(), e);
      // There is no data yet that the message could quote: it names the setting that is wrong.
      runtime.postError("init/error", e, String.valueOf(e.getMessage()));
      System.exit(1);
      return;
    }
    while (true) {
      runtime.next(handler);
    }
  }

  /// Takes one event and answers it.
  private void next(RequestStreamHandler handler) throws IOException {
    HttpURLConnection next = open("invocation/next");
    byte[] event;
    try (var body = next.getInputStream()) {
      event = body.readAllBytes();
    }
    var invocation = new Invocation(next.getHeaderField("Lambda-Runtime-Aws-Request-Id"),
        next.getHeaderField("Lambda-Runtime-Invoked-Function-Arn"),
        Long.parseLong(next.getHeaderField("Lambda-Runtime-Deadline-Ms")));
    String trace = next.getHeaderField("Lambda-Runtime-Trace-Id");
    if (trace == null) {
      System.clearProperty(TRACE);
    } else {
      System.setProperty(TRACE, trace);
    }
    try (var response = new StreamedResponse(api, PREFIX + path(invocation, "response"))) {
      try {
        handler.handleRequest(new ByteArrayInputStream(event), response, invocation);
        response.end();
      } catch (IOException | RuntimeException | Error e) {
        fail(invocation, response, e);
      }
    }
  }

  /// Reports an error: in the trailers of a response that has begun, else in a request of its own.
  private void fail(Invocation invocation, StreamedResponse response, Throwable error) throws IOException {
    Log.error("stream_failed", Map.of("request_id", invocation.getAwsRequestId()), error);
    if (!response.hasBegun()) {
      postError(path(invocation, "error"), error, FAILED);
    } else if (!response.isBroken()) {
      response.endWithError(error.getClass().getName(), description(error, FAILED));
    }
    if (error instanceof Error) {
      System.exit(1); // The process may lack memory or classes: Lambda starts another.
    }
  }

  private void postError(String path, Throwable error, String message) throws IOException {
    HttpURLConnection request = open(path);
    request.setRequestMethod("POST");
    request.setRequestProperty("Content-Type", "application/json");
    request.setRequestProperty(ERROR_TYPE, error.getClass().getName());
    request.setDoOutput(true);
    try (OutputStream out = request.getOutputStream()) {
      out.write(description(error, message));
    }
    if (request.getResponseCode() != HttpURLConnection.HTTP_ACCEPTED) {
      throw new IOException("The runtime API answered " + request.getResponseCode() + " to an error");
    }
  }

  private static byte[] description(Throwable error, String message) throws IOException {
    return JSON.writeValueAsBytes(Map.of("errorType", error.getClass().getName(), "errorMessage", message));
  }

  /// On a connection of its own, which is not repeated by itself.
  private HttpURLConnection open(String path) throws IOException {
    var request = (HttpURLConnection) api.resolve(PREFIX + path).toURL().openConnection();
    request.setRequestProperty("Connection", "close");
    return request;
  }

  private static String path(Invocation invocation, String end) {
    return "invocation/" + invocation.getAwsRequestId() + "/" + end;
  }
}
