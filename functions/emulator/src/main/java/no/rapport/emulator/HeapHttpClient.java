package no.rapport.emulator;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;

/// An HTTP client that routes an SDK client's requests to a service in this JVM. It answers at once on the caller's
/// thread, and there is no connection that could break.
public abstract class HeapHttpClient implements SdkHttpClient {

  /// An HTTP response.
  public record Reply(int status, Map<String, String> headers, byte[] body) {}

  /// A service that answers requests.
  @FunctionalInterface
  public interface Service {

    Reply reply(SdkHttpRequest request, byte[] body) throws IOException;
  }

  HeapHttpClient() {}

  /// Returns a client of a service that is given as a function.
  public static SdkHttpClient of(Service service) {
    return new HeapHttpClient() {
      @Override
      Reply reply(SdkHttpRequest request, byte[] body) throws IOException {
        return service.reply(request, body);
      }
    };
  }

  /// Answers a request. Signatures are ignored.
  ///
  /// @param body the body as sent, in the encoding that the headers name; empty if there is none
  abstract Reply reply(SdkHttpRequest request, byte[] body) throws IOException;

  @Override
  public final ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        byte[] body = {};
        if (request.contentStreamProvider().isPresent()) {
          try (InputStream in = request.contentStreamProvider().get().newStream()) {
            body = in.readAllBytes();
          }
        }
        Reply reply = reply(request.httpRequest(), body);
        var response = SdkHttpFullResponse.builder().statusCode(reply.status())
            .putHeader("Content-Length", String.valueOf(reply.body().length));
        reply.headers().forEach(response::putHeader);
        return HttpExecuteResponse.builder().response(response.build())
            .responseBody(AbortableInputStream.create(new ByteArrayInputStream(reply.body()))).build();
      }

      @Override
      public void abort() {}
    };
  }

  @Override
  public void close() {}
}
