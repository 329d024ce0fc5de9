package no.rapport.exportworkflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import no.rapport.api.TransientFailure;

/// HTTP client for external services. Limits the time and the size of answers, follows no redirects, and throws an
/// exception for transient failures (no answer, 429, 5xx).
final class ConnectorHttp {

  static final Duration SHORT = Duration.ofSeconds(20);
  private static final int MAX_ANSWER_BYTES = 1 << 16;

  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
      .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(Duration.ofSeconds(10)).build();
  private final Duration longest;

  /// @param longest upper limit of every request's time limit
  ConnectorHttp(Duration longest) {
    this.longest = longest;
  }

  /// @param url an `https` URL, or one of a server on this machine
  static URI secure(String name, String url) {
    URI uri = URI.create(url);
    if (!"https".equals(uri.getScheme()) && !"127.0.0.1".equals(uri.getHost())) {
      throw new IllegalStateException(name + " must begin with https://");
    }
    return uri;
  }

  /// @throws UncheckedIOException if no answer came in time
  /// @throws TransientFailure if the service answered 429 or 5xx
  HttpResponse<String> send(HttpRequest.Builder request, Duration timeout) {
    HttpResponse<String> response;
    try {
      response = client.send(request.timeout(timeout.compareTo(longest) < 0 ? timeout : longest).build(),
          HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8),
              MAX_ANSWER_BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("Interrupted"));
    }
    if (response.statusCode() == 429 || response.statusCode() >= 500) {
      throw new TransientFailure(new IllegalStateException("Answered " + response.statusCode()));
    }
    return response;
  }
}
