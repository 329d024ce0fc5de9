package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What functions do before Lambda takes the snapshot that their instances start from (SnapStart), seen from outside:
/// the runtime interface client runs the hooks, and all requests to DynamoDB pass a door that notes them.
@Tag("deployable")
class SnapshotTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalRapport RAPPORT = LocalRapport.shared();

  @TempDir
  private static Path folder;

  private final List<Passed> passed = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer door;

  private record Passed(String operation, String connection) {}

  @BeforeEach
  void open() throws IOException {
    door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    door.createContext("/", this::pass);
    door.start();
  }

  @AfterEach
  void close() {
    door.stop(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CreateBufdirExportFunction", "GetReportRecordFunction", "CreateAggregatedReportDataFunction",
      "AuthorizeRequestFunction"})
  void practisesWithoutWritingAndHoldsNoConnection(String id) throws IOException {
    var start = FunctionProcess.asOnLambda(RAPPORT, id, folder).forSnapshot()
        .with("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:" + door.getAddress().getPort())
        // Nothing listens there: a request would fail and be told of.
        .with("AWS_ENDPOINT_URL_SFN", "http://127.0.0.1:1")
        .with("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1");
    try (var process = FunctionProcess.start(RAPPORT, id, start)) {
      process.awaitCheckpoint();

      assertThat(process.output()).contains("\"event\":\"primed\"").doesNotContain("priming_failed", "\"organization\"");
      assertThat(passed).isNotEmpty().allSatisfy(request -> {
        assertThat(request.operation()).endsWith(".GetItem");
        assertThat(request.connection()).isEqualToIgnoringCase("close");
      });

      passed.clear();
      process.restore();
      try {
        process.invoke(JSON.writeValueAsBytes(DeploymentTest.event(RAPPORT.template().function(id))));
      } catch (RuntimeApi.Failed e) {
        assertThat(e.getMessage()).contains("Unauthorized");
      }
      // The key of the authorizers' event has a wrong checksum, which costs no read.
      assertThat(passed.isEmpty()).as("The function works with its own client afterwards")
          .isEqualTo(id.startsWith("Authorize"));
    }
  }

  /// Without a snapshot there is no version, and without that no stack.
  @Test
  void isTakenWhereTheConnectorIsOff() throws IOException {
    var start = FunctionProcess.asOnLambda(RAPPORT, "SubmitToBufdirFunction", folder).forSnapshot();
    for (String setting : List.of("BUFDIR_API_URL", "BUFDIR_KEY_SECRET", "MASKINPORTEN_TOKEN_URL", "MASKINPORTEN_AUDIENCE",
        "MASKINPORTEN_CLIENT_ID", "MASKINPORTEN_SCOPE")) {
      start = start.with(setting, "");
    }
    try (var process = FunctionProcess.start(RAPPORT, "SubmitToBufdirFunction", start)) {
      process.awaitCheckpoint();
    }
  }

  /// What is loaded after the snapshot is loaded in every instance anew, while a caller waits. Unlike times, counts are
  /// the same on any machine. The ceilings are about a third above what was found; without practice it is hundreds.
  @ParameterizedTest
  @CsvSource({"RouteNotFoundFunction, 60", "GetReportRecordFunction, 40", "CreateBufdirExportFunction, 80",
      "CreateAggregatedReportDataFunction, 80", "CreateWatchTicketFunction, 80"})
  void loadsFewClassesBetweenTheSnapshotAndTheFirstAnswer(String id, int most) throws IOException {
    var log = folder.resolve(id + ".classes");
    var start = FunctionProcess.asOnLambda(RAPPORT, id, folder).forSnapshot()
        .withJvm("-Xlog:class+load:file=" + log + ":none:filecount=0");
    try (var process = FunctionProcess.start(RAPPORT, id, start)) {
      process.awaitCheckpoint();
      int before = Files.readAllLines(log).size();
      process.restore();
      process.invoke(JSON.writeValueAsBytes(DeploymentTest.event(RAPPORT.template().function(id))));

      var loaded = Files.readAllLines(log);
      assertThat(process.output()).contains("\"event\":\"primed\"").doesNotContain("priming_failed");
      assertThat(loaded.subList(before, loaded.size())).hasSizeLessThanOrEqualTo(most);
    }
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      var headers = exchange.getRequestHeaders();
      passed.add(new Passed(headers.getFirst("X-Amz-Target"), String.valueOf(headers.getFirst("Connection"))));
      var request = HttpRequest.newBuilder(URI.create(RAPPORT.dynamoDbEndpoint() + "/"))
          .POST(HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
      for (var name : List.of("X-Amz-Target", "Authorization", "X-Amz-Date", "Content-Type")) {
        request.header(name, headers.getFirst(name));
      }
      var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      var body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
      exchange.sendResponseHeaders(answer.statusCode(), body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
