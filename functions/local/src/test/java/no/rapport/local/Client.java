package no.rapport.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/// Calls the system over HTTP and S3, as a user does.
final class Client {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Set<String> OVER = Set.of("completed", "failed", "cancelled");

  private final S3Client s3;
  private final URI base;
  private final Map<String, String> headers;

  Client(LocalRapport rapport, URI base, Map<String, String> headers) {
    this(rapport.s3(), base, headers);
  }

  Client(S3Client s3, URI base, Map<String, String> headers) {
    this.s3 = s3;
    this.base = base;
    this.headers = headers;
  }

  static Client of(LocalRapport rapport) {
    return new Client(rapport, rapport.baseUrl(), Map.of());
  }

  /// @param body null if there is none
  record Answer(int status, Map<String, java.util.List<String>> headers, JsonNode body) {
    String header(String name) {
      return headers.entrySet().stream().filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> header.getValue().getFirst()).findFirst().orElse(null);
    }
  }

  Answer get(String path) {
    return send("GET", path, null, Map.of());
  }

  Answer delete(String path) {
    return send("DELETE", path, null, Map.of());
  }

  Answer post(String path, String body) {
    return send("POST", path, body, Map.of());
  }

  Answer put(String path, String body) {
    return send("PUT", path, body, Map.of());
  }

  Answer send(String method, String path, String body, Map<String, String> more) {
    var request = HttpRequest.newBuilder(base.resolve(path)).method(method, body == null
        ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    more.forEach(request::header);
    var answer = raw(request.build());
    var text = new String(answer.body(), StandardCharsets.UTF_8);
    try {
      return new Answer(answer.statusCode(), answer.headers().map(), text.isEmpty() ? null : JSON.readTree(text));
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path + " answered " + text, e);
    }
  }

  HttpResponse<byte[]> download(String link) {
    return raw(HttpRequest.newBuilder(URI.create(link)).build());
  }

  /// Puts a file where an announced import awaits it.
  int upload(JsonNode announced, byte[] content) {
    var request = HttpRequest.newBuilder(URI.create(announced.path("upload_url").asText()))
        .PUT(HttpRequest.BodyPublishers.ofByteArray(content));
    announced.path("upload_headers").properties()
        .forEach(header -> request.header(header.getKey(), header.getValue().asText()));
    return raw(request.build()).statusCode();
  }

  /// The answer to a GET as it came.
  HttpResponse<byte[]> raw(String path) {
    var request = HttpRequest.newBuilder(base.resolve(path));
    headers.forEach(request::header);
    return raw(request.build());
  }

  private static HttpResponse<byte[]> raw(HttpRequest request) {
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Puts activities into the bucket, waits for the import and returns its counts.
  JsonNode importActivities(String organization, String file, String csv) {
    var key = "imports/" + organization + "/activities/" + file;
    s3.putObject(put -> put.bucket(LocalRapport.BUCKET).key(key), RequestBody.fromString(csv));
    return Eventually.value("a report of " + key, () -> object(key + ".report.json")).path("counts");
  }

  Optional<JsonNode> object(String key) {
    try {
      return Optional.of(JSON.readTree(s3.getObject(get -> get.bucket(LocalRapport.BUCKET).key(key),
          ResponseTransformer.toBytes()).asByteArray()));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Orders an export of 2025 and returns its id.
  String order(String organization, String format) {
    var answer = post("/api/v1/bufdir-exports", """
        {"org_id": "%s", "format": "%s", "period_from": "2025-01-01", "period_to": "2025-12-31"}"""
        .formatted(organization, format));
    if (answer.status() != 202) {
      throw new AssertionError(answer.toString());
    }
    return answer.body().path("export_id").asText();
  }

  JsonNode export(String id) {
    return get("/api/v1/bufdir-exports/" + id).body();
  }

  /// Waits until the export is completed, failed or cancelled, and returns it.
  JsonNode ended(String id) {
    return Eventually.value("an end of " + id, () -> {
      var export = export(id);
      return OVER.contains(export.path("status").asText()) ? Optional.of(export) : Optional.empty();
    });
  }
}
