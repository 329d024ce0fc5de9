package no.rapport.synthetic;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.core.type.TypeReference;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import no.rapport.api.Environment;
import no.rapport.api.TransientFailure;
import no.rapport.records.Documents;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/// Takes one step of the synthetic organisation's run. The state machine `synthetic` calls it until the run has ended.
public final class RunSyntheticStep implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private static final TypeReference<Map<String, Object>> STATE = new TypeReference<>() {};
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final SyntheticFiles files;
  private final SyntheticRun.Pause pause;
  private final InstantSource clock;

  public RunSyntheticStep() {
    this(new SyntheticFiles(S3Client.builder().httpClient(UrlConnectionHttpClient.create())
        .forcePathStyle(Boolean.parseBoolean(Environment.optional("S3_PATH_STYLE", "false"))).build(),
        Environment.required("BUCKET")), time -> LockSupport.parkNanos(time.toNanos()), InstantSource.system());
  }

  RunSyntheticStep(SyntheticFiles files, SyntheticRun.Pause pause, InstantSource clock) {
    this.files = files;
    this.pause = pause;
    this.clock = clock;
  }

  /// @throws TransientFailure if a repetition may succeed
  /// @throws SyntheticRunFailed if a repetition cannot succeed
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    var run = Documents.mapper().convertValue(input, Run.class);
    try (var http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build()) {
      var api = new PublicApi(http, Environment.required("API_URL"), key());
      return Documents.mapper().convertValue(new SyntheticRun(api, files, pause).take(run, clock.instant()), STATE);
    } catch (SdkException e) {
      throw e.retryable() ? new TransientFailure(e) : e;
    }
  }

  /// Returns the API key from the secret; empty if no secret is configured, as in the local stack.
  private static Optional<String> key() {
    return Optional.of(Environment.optional("SYNTHETIC_KEY_SECRET", "")).filter(secret -> !secret.isEmpty()).map(secret -> {
      try (var secrets = SecretsManagerClient.builder().httpClient(UrlConnectionHttpClient.create()).build()) {
        return secrets.getSecretValue(get -> get.secretId(secret)).secretString().strip();
      }
    });
  }
}
