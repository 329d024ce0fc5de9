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

/// A service in this JVM behind an SDK client's HTTP requests, without a connection: what is asked is answered at once, on
/// the caller's thread, and no connection can break or be closed meanwhile.
public abstract class HeapHttpClient implements SdkHttpClient {

  /// An HTTP answer.
  public record Reply(int status, Map<String, String> headers, byte[] body) {}

  /// A service that answers requests.
  @FunctionalInterface
  public interface Service {

    Reply reply(SdkHttpRequest request, byte[] body) throws IOException;
  }

  HeapHttpClient() {}

  /// A client of a service that is given as a function.
  public static SdkHttpClient of(Service service) {
    return new HeapHttpClient() {
      @Override
      Reply reply(SdkHttpRequest request, byte[] body) throws IOException {
        return service.reply(request, body);
      }
    };
  }

  /// Answers a request. Signatures are not looked at.
  ///
  /// @param body as sent, with whatever encoding the headers tell of; empty if there is none
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
