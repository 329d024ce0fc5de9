package no.rapport.synthetic;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import no.rapport.api.TransientFailure;
import no.rapport.records.Documents;

/// The public API, called over HTTP as an external caller does.
///
/// @param base URL of the API, without a slash at the end
/// @param key the API key; empty if the API requires none
record PublicApi(HttpClient http, String base, Optional<String> key) {

  /// Longer than API Gateway's own timeout for a function.
  private static final Duration TIMEOUT = Duration.ofSeconds(31);

  /// @param body an empty object if the answer has no body
  record Answer(int status, JsonNode body) {}

  /// Sends a request and returns the answer.
  ///
  /// @param path the path, including its query string
  /// @param body JSON, or empty for none
  /// @return an answer with a status below 500
  /// @throws TransientFailure for 5xx, 429 and a broken connection
  Answer call(String method, String path, String body) {
    HttpResponse<byte[]> answer = send(method, path, body);
    if (answer.statusCode() >= 500 || answer.statusCode() == 429) {
      throw new TransientFailure(method + " " + path.replaceFirst("\\?.*", "") + " was answered with "
          + answer.statusCode());
    }
    try {
      JsonNode json = answer.body().length == 0 ? Documents.mapper().createObjectNode()
          : Documents.mapper().readTree(answer.body());
      return new Answer(answer.statusCode(), json);
    } catch (IOException e) {
      throw new SyntheticRunFailed(method + " " + path.replaceFirst("\\?.*", "") + " was not answered with JSON");
    }
  }

  /// Sends a request and returns the status, including 4xx and 5xx.
  int status(String method, String path, String body) {
    return send(method, path, body).statusCode();
  }

  private HttpResponse<byte[]> send(String method, String path, String body) {
    var request = HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT).method(method, body.isEmpty()
        ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
    key.ifPresent(text -> request.header("x-api-key", text));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    return send(request.build());
  }

  /// Downloads a file from a link, without sending the API key.
  HttpResponse<byte[]> follow(String link) {
    return send(HttpRequest.newBuilder(URI.create(link)).timeout(TIMEOUT).build());
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new TransientFailure(e.getClass().getName());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransientFailure("interrupted");
    }
  }
}
