package no.rapport.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import no.rapport.api.TransientFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Checks that the run detects faults of an API.
class SyntheticRunTest {

  private static final Instant START = Instant.parse("2026-03-26T12:00:00Z");
  private static final String FILE = "file";
  private static final String FILE_SHA256 = "3b9c358f36f0a31b6ad3e14f309c7cf198ac9246e8316f9ce543d5b19ac02b80";

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Duration> pauses = new ArrayList<>();
  private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
  private HttpServer server;
  private String sha256 = FILE_SHA256;
  private int statusOfOldLink = 403;
  private int statusOfRoutes = 404;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      String path = exchange.getRequestURI().getPath();
      requests.add(exchange.getRequestMethod() + " " + path + " " + exchange.getRequestHeaders().getFirst("x-api-key"));
      int status = switch (path) {
        case "/link" -> pauses.isEmpty() ? 200 : statusOfOldLink;
        case "/api/v1/bufdir-exports/exp-1" -> 200;
        default -> statusOfRoutes;
      };
      byte[] body = (path.equals("/link") ? FILE : """
          {"status": "completed", "row_count": 3, "file_url": "%s/link", "file_sha256": "%s"}""".formatted(base(), sha256))
          .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    http.close();
  }

  private String base() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private Run take(Run.Step step, int attempt) {
    var api = new PublicApi(http, base(), Optional.of("key-text"));
    return new SyntheticRun(api, null, pauses::add).take(
        new Run(step, START, 0, attempt, Optional.of("snap-1"), Optional.of("exp-1"), Optional.empty()), START);
  }

  @Test
  void acceptsLinkThatExpiresWithinThirtyOneSeconds() {
    Run next = take(Run.Step.DOWNLOAD, 0);

    assertThat(next.step()).isEqualTo(Run.Step.VISIT_ROUTES);
    assertThat(pauses).containsExactly(Duration.ofSeconds(31));
    assertThat(requests).containsExactly("GET /api/v1/bufdir-exports/exp-1 key-text", "GET /link null", "GET /link null");
  }

  @Test
  void failsIfLinkDoesNotExpire() {
    statusOfOldLink = 200;

    assertThatThrownBy(() -> take(Run.Step.DOWNLOAD, 0)).isInstanceOf(SyntheticRunFailed.class)
        .hasMessage("status of a link after 31 s: expected 403, found 200");
  }

  @Test
  void failsIfHashOfFileDiffers() {
    sha256 = "0".repeat(64);

    assertThatThrownBy(() -> take(Run.Step.DOWNLOAD, 0)).isInstanceOf(SyntheticRunFailed.class)
        .hasMessage("The file is not the one that the export describes");
  }

  @Test
  void callsEveryRouteAndWaitsForInactiveFunctions() {
    assertThat(take(Run.Step.VISIT_ROUTES, 0).step()).isEqualTo(Run.Step.REMOVE_RESULTS);
    assertThat(requests).hasSameSizeAs(SyntheticRun.routes());

    statusOfRoutes = 502;
    Run waiting = take(Run.Step.VISIT_ROUTES, 0);
    assertThat(waiting).extracting(Run::step, Run::waitSeconds, Run::attempt).containsExactly(Run.Step.VISIT_ROUTES, 20, 1);
    assertThatThrownBy(() -> take(Run.Step.VISIT_ROUTES, 9)).isInstanceOf(SyntheticRunFailed.class)
        .hasMessageContaining("routes answer 5xx");
  }

  @Test
  void retriesServerErrorsAndLimitsAttempts() {
    statusOfRoutes = 503;
    assertThatThrownBy(() -> take(Run.Step.AWAIT_FIGURES, 0)).isInstanceOf(TransientFailure.class)
        .hasMessage("GET /api/v1/aggregated-report-data/snap-1 was answered with 503");
    Run waiting = new Run(Run.Step.AWAIT_EXPORT, START, 0, 0, Optional.empty(), Optional.empty(), Optional.empty());
    for (int i = 0; i < 60; i++) {
      waiting = waiting.again(5);
    }
    Run last = waiting;
    assertThatThrownBy(() -> last.again(5)).isInstanceOf(SyntheticRunFailed.class);
  }

  @Test
  void reportsOnlyNameOfErrorThatEndedRun() {
    var run = new Run(Run.Step.REPORT_FAILURE, START, 0, 0, Optional.empty(), Optional.empty(), Optional.of("x.Error"));

    assertThat(new SyntheticRun(null, null, pauses::add).take(run, START)).isEqualTo(run);
  }
}
