package no.rapport.exportworkflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import no.rapport.api.Environment;
import no.rapport.api.TransientFailure;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.records.Documents;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/// Submits files to Bufdir's interface (docs/bufdir-connector.md). The connector is off unless it is configured.
///
/// It always asks for a receipt first and sends a file only if Bufdir has no receipt for its idempotency key, because
/// an earlier attempt may have succeeded without an answer. Thread-safe.
final class BufdirConnector {

  /// Together with the two short requests before it, less than the task's 15 minutes.
  private static final Duration MAX_UPLOAD_TIME = Duration.ofMinutes(13);
  private static final Pattern RECEIPT_ID = Pattern.compile("[\\x21-\\x7E]{1,200}");

  private final URI apiUrl;
  private final MaskinportenTokens tokens;
  private final ConnectorHttp exchange;

  BufdirConnector(URI apiUrl, MaskinportenTokens tokens, ConnectorHttp exchange) {
    this.apiUrl = apiUrl;
    this.tokens = tokens;
    this.exchange = exchange;
  }

  /// Reads `BUFDIR_API_URL`, `BUFDIR_KEY_SECRET` and `MASKINPORTEN_…`: `TOKEN_URL`, `AUDIENCE`, `CLIENT_ID`, `SCOPE`.
  ///
  /// @return the connector, or empty if `BUFDIR_API_URL` is not set
  /// @throws IllegalStateException if another setting is missing; the message names it
  static Optional<BufdirConnector> fromEnvironment() {
    String apiUrl = Environment.optional("BUFDIR_API_URL", "");
    if (apiUrl.isEmpty()) {
      return Optional.empty();
    }
    var exchange = new ConnectorHttp(MAX_UPLOAD_TIME);
    var client = new MaskinportenTokens.Client(
        ConnectorHttp.secure("MASKINPORTEN_TOKEN_URL", Environment.required("MASKINPORTEN_TOKEN_URL")),
        Environment.required("MASKINPORTEN_AUDIENCE"), Environment.required("MASKINPORTEN_CLIENT_ID"),
        Environment.required("MASKINPORTEN_SCOPE"));
    var keys = SigningKey.inSecretsManager(SecretsManagerClient.builder().httpClient(UrlConnectionHttpClient.create())
        .build(), Environment.required("BUFDIR_KEY_SECRET"));
    return Optional.of(new BufdirConnector(ConnectorHttp.secure("BUFDIR_API_URL", apiUrl),
        new MaskinportenTokens(client, keys, exchange, InstantSource.system()), exchange));
  }

  /// Bufdir's answer.
  sealed interface Answer {}

  record Accepted(String receiptId) implements Answer {}

  /// @param httpStatus 400 to 499
  record Rejected(int httpStatus) implements Answer {}

  private record Receipt(String receiptId) {}

  /// Submits a file. Idempotent: Bufdir gets the file only once.
  ///
  /// @param content opens the file's bytes
  /// @throws java.io.UncheckedIOException if no answer came; the file may or may not have arrived
  /// @throws TransientFailure if a service answered 429 or 5xx
  /// @throws ConnectorRefused if a service refused the connector's credentials
  Answer submit(ExportJob job, ExportFile file, Supplier<InputStream> content) {
    String key = job.id() + "-" + file.sha256();
    HttpResponse<String> asked = authorized(token -> request("submissions/" + key, token).GET(), ConnectorHttp.SHORT);
    return asked.statusCode() == 404
        ? answer(authorized(token -> upload(job, file, key, content, token), MAX_UPLOAD_TIME))
        : answer(asked);
  }

  private HttpRequest.Builder upload(ExportJob job, ExportFile file, String key, Supplier<InputStream> content,
      String token) {
    var period = job.order().period();
    String digest = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(file.sha256()));
    return request("submissions", token)
        .header("content-type", file.contentType())
        .header("content-disposition", "attachment; filename=\"" + file.name() + "\"")
        .header("idempotency-key", key)
        .header("repr-digest", "sha-256=:" + digest + ":")
        .header("rapport-organization", job.orgId())
        .header("rapport-period", period.from() + "/" + period.to())
        .POST(BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(content), file.sizeBytes()));
  }

  private HttpRequest.Builder request(String path, String token) {
    String base = apiUrl.toString();
    return HttpRequest.newBuilder(URI.create(base + (base.endsWith("/") ? "" : "/") + path))
        .header("authorization", "Bearer " + token);
  }

  /// Repeats a request once with a new token, because a valid token may have been revoked.
  private HttpResponse<String> authorized(Function<String, HttpRequest.Builder> request, Duration timeout) {
    String token = tokens.token();
    HttpResponse<String> response = exchange.send(request.apply(token), timeout);
    if (response.statusCode() != 401) {
      return response;
    }
    tokens.forget(token);
    return exchange.send(request.apply(tokens.token()), timeout);
  }

  private static Answer answer(HttpResponse<String> response) {
    int status = response.statusCode();
    if (status == 408 || status == 409) {
      // 408: the upload was too slow. 409: an earlier upload that timed out here has not ended at Bufdir.
      throw new TransientFailure(new IllegalStateException("Answered " + status));
    }
    if (status >= 400) {
      return new Rejected(status);
    }
    return Stream.of(response).filter(answered -> status == 200 || status == 201).map(answered -> receiptId(answered.body()))
        .filter(id -> RECEIPT_ID.matcher(id).matches()).findFirst().<Answer>map(Accepted::new)
        .orElseThrow(() -> new ConnectorRefused("Answered " + status + " without a receipt"));
  }

  /// Returns the receipt's id, or an empty text if the answer has none, whatever it is.
  static String receiptId(String body) {
    try {
      Receipt receipt = Documents.mapper().readValue(body, Receipt.class);
      return receipt == null || receipt.receiptId() == null ? "" : receipt.receiptId();
    } catch (JsonProcessingException e) {
      return "";
    }
  }
}
