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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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

  /// What a function did before and after its snapshot, found once for all tests.
  ///
  /// @param primed its output up to the snapshot
  /// @param before the requests to DynamoDB up to the snapshot
  /// @param after the requests to DynamoDB of its first answer
  /// @param classes how many classes it loaded from the snapshot to its first answer
  private record Start(String primed, List<Passed> before, List<Passed> after, int classes) {}

  private record Passed(String operation, String connection) {}

  private static final Map<String, Start> STARTS = new HashMap<>();
  private static final List<Passed> PASSED = new CopyOnWriteArrayList<>();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static HttpServer dynamoDb;
  private static HttpServer stepFunctions;

  @BeforeAll
  static void open() throws IOException {
    dynamoDb = door(RAPPORT.dynamoDbEndpoint());
    stepFunctions = door(RAPPORT.stepFunctionsEndpoint());
  }

  @AfterAll
  static void close() {
    dynamoDb.stop(0);
    stepFunctions.stop(0);
  }

  /// Starts a server that notes each request and passes it on.
  private static HttpServer door(URI service) throws IOException {
    var door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    door.createContext("/", exchange -> pass(exchange, service));
    door.start();
    return door;
  }

  private static String endpoint(HttpServer door) {
    return "http://127.0.0.1:" + door.getAddress().getPort();
  }

  private static Start start(String id) throws IOException {
    Start known = STARTS.get(id);
    if (known != null) {
      return known;
    }
    var log = folder.resolve(id + ".classes");
    var start = FunctionProcess.asOnLambda(RAPPORT, id, folder).forSnapshot()
        .withJvm("-Xlog:class+load:file=" + log + ":none:filecount=0")
        .with("AWS_ENDPOINT_URL_DYNAMODB", endpoint(dynamoDb))
        .with("AWS_ENDPOINT_URL_SFN", endpoint(stepFunctions))
        // Nothing listens there: a request would fail and be logged.
        .with("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1");
    try (var process = FunctionProcess.start(RAPPORT, id, start)) {
      PASSED.clear();
      process.awaitCheckpoint();
      String primed = process.output();
      var before = List.copyOf(PASSED);
      int loaded = Files.readAllLines(log).size();
      PASSED.clear();
      process.restore();
      try {
        process.invoke(JSON.writeValueAsBytes(DeploymentTest.event(RAPPORT.template().function(id))));
      } catch (RuntimeApi.Failed e) {
        assertThat(e.getMessage()).contains("Unauthorized");
      }
      var found = new Start(primed, before, List.copyOf(PASSED), Files.readAllLines(log).size() - loaded);
      STARTS.put(id, found);
      return found;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CreateBufdirExportFunction", "GetReportRecordFunction", "CreateAggregatedReportDataFunction",
      "AuthorizeRequestFunction"})
  void primesWithoutWritingAndHoldsNoConnection(String id) throws IOException {
    Start start = start(id);

    assertThat(start.primed()).contains("\"event\":\"primed\"").doesNotContain("priming_failed", "\"organization\"");
    assertThat(start.before()).isNotEmpty().allSatisfy(request -> {
      assertThat(request.operation()).endsWith(".GetItem");
      assertThat(request.connection()).isEqualToIgnoringCase("close");
    });
    // The key of the authorizers' event has a wrong checksum, which costs no read.
    assertThat(start.after().isEmpty()).as("The function works with its own client afterwards")
        .isEqualTo(id.startsWith("Authorize"));
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
  /// the same on any machine. The ceilings are about a third above what was measured; without priming it is hundreds.
  @ParameterizedTest
  @CsvSource({"RouteNotFoundFunction, 60", "GetReportRecordFunction, 40", "CreateBufdirExportFunction, 80",
      "CreateAggregatedReportDataFunction, 80", "CreateWatchTicketFunction, 80"})
  void loadsFewClassesBetweenTheSnapshotAndTheFirstAnswer(String id, int most) throws IOException {
    Start start = start(id);

    assertThat(start.primed()).contains("\"event\":\"primed\"").doesNotContain("priming_failed");
    assertThat(start.classes()).isLessThanOrEqualTo(most);
  }

  private static void pass(HttpExchange exchange, URI service) throws IOException {
    try (exchange) {
      var headers = exchange.getRequestHeaders();
      PASSED.add(new Passed(headers.getFirst("X-Amz-Target"), String.valueOf(headers.getFirst("Connection"))));
      var request = HttpRequest.newBuilder(URI.create(service + "/"))
          .POST(HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
      for (var name : List.of("X-Amz-Target", "Authorization", "X-Amz-Date", "Content-Type")) {
        request.header(name, headers.getFirst(name));
      }
      var answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      var body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
      exchange.sendResponseHeaders(answer.statusCode(), body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
