package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import no.rapport.aggregatedreportdata.PublishedFigures;
import no.rapport.emulator.Loopback;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The function that streams figures as Lambda runs it with `FollowerTransfer=live`: a process of its own, started by its
/// wrapper script, against the runtime API.
@Tag("deployable")
class LiveStreamTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalRapport RAPPORT = LocalRapport.shared();
  private static final String PERIOD = "2024";

  @TempDir
  private static Path folder;

  /// What has arrived at the runtime API so far.
  private static final class Arrived extends OutputStream {

    private final StringBuilder text = new StringBuilder();

    @Override
    public synchronized void write(int b) {
      text.append((char) b);
      notifyAll();
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      text.append(new String(bytes, from, length, StandardCharsets.UTF_8));
      notifyAll();
    }

    /// Waits until it holds this text.
    synchronized void await(String expected) throws InterruptedException {
      long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
      while (text.indexOf(expected) < 0) {
        assertThat(System.nanoTime()).as("'" + expected + "' has not arrived in " + text).isLessThan(end);
        wait(1_000);
      }
    }

    synchronized String text() {
      return text.toString();
    }
  }

  private static Template.LambdaFunction function(String transfer) {
    return TemplateReader.read(Options.home().resolve("template.yaml"), Map.of("FollowerTransfer", transfer),
        LocalRapport.BUCKET).function("WatchAggregatedReportDataFunction");
  }

  private static FunctionProcess start(Template.LambdaFunction function, String dynamoDb) {
    return FunctionProcess.start(function, FunctionProcess.asOnLambda(function, folder, Map.of(
        "AWS_ENDPOINT_URL_DYNAMODB", dynamoDb,
        "AWS_ENDPOINT_URL_SFN", "http://127.0.0.1:1",
        "AWS_REGION", Loopback.REGION.id(),
        "AWS_ACCESS_KEY_ID", Loopback.ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY", Loopback.SECRET_KEY)));
  }

  private static byte[] event(String orgId, String lastEventId) throws IOException {
    var event = (ObjectNode) JSON.readTree(Options.home().resolve("events/watch-aggregated-report-data.json").toFile());
    ((ObjectNode) event.path("requestContext").path("authorizer")).put("organizations", orgId);
    ((ObjectNode) event.path("multiValueHeaders")).putArray("Last-Event-ID").add(lastEventId);
    ((ObjectNode) event.path("multiValueQueryStringParameters")).putArray("organization_id").add(orgId);
    return JSON.writeValueAsBytes(event);
  }

  private static PublishedFigures figures(String orgId) {
    return new PublishedFigures(RAPPORT.dynamoDb(), function("live").environment().get("RECORDS_TABLE"), orgId, PERIOD);
  }

  @Test
  void bringsEachEventWhileTheHandlerStillRuns() throws Exception {
    try (var process = start(function("live"), RAPPORT.dynamoDbEndpoint().toString())) {
      var figures = figures("org-live");
      figures.publish(1);
      var arrived = new Arrived();
      var answer = process.stream(event("org-live", "1"), arrived);
      arrived.await("retry: 1000\n\n");
      figures.publish(2);
      arrived.await("id: 2\nevent: data_updated\n");
      figures.publish(3);
      arrived.await("id: 3\nevent: data_updated\n");

      assertThat(answer).as(process.output()).isNotDone();
      assertThat(arrived.text()).startsWith("{\"statusCode\":200,\"headers\":{")
          .contains("\"Content-Type\":\"text/event-stream\"").contains("}}\0\0\0\0\0\0\0\0retry: 1000\n\n");
    }
  }

  /// An error after the head is told in trailers, and the process goes on.
  @Test
  void reportsAnErrorInTheMiddleOfAStreamAndAnswersTheNextEvent() throws Exception {
    try (var process = start(function("live"), "http://127.0.0.1:1")) {
      var arrived = new Arrived();
      var thrown = catchThrowable(() -> process.stream(event("org-live", "0"), arrived).join());

      assertThat(arrived.text()).as(process.output()).startsWith("{\"statusCode\":200,").endsWith("}}\0\0\0\0\0\0\0\0");
      assertThat(thrown).isInstanceOf(CompletionException.class).hasCauseInstanceOf(RuntimeApi.Failed.class);
      assertThat(JSON.readTree(thrown.getCause().getMessage()).path("errorType").asText())
          .isEqualTo("software.amazon.awssdk.core.exception.SdkClientException");
      assertThat(process.output()).contains("\"event\":\"stream_failed\"");

      var next = new String(process.invoke(event("org of another form", "0")), StandardCharsets.UTF_8);
      assertThat(next).startsWith("{\"statusCode\":400,").contains("organization_id is required");
    }
  }

  @Test
  void answersUnderTheManagedRuntimeToo() throws Exception {
    try (var process = start(function("buffered"), "http://127.0.0.1:1")) {
      for (int i = 0; i < 2; i++) {
        assertThat(new String(process.invoke(event("org of another form", "0")), StandardCharsets.UTF_8))
            .as(process.output()).startsWith("{\"statusCode\":400,").contains("organization_id is required");
      }
    }
  }

  @Test
  void reportsAnErrorBeforeTheFirstByteInARequestOfItsOwn() {
    try (var process = start(function("live"), "http://127.0.0.1:1")) {
      var thrown = catchThrowable(() -> process.invoke("no JSON".getBytes(StandardCharsets.UTF_8)));

      assertThat(thrown).as(process.output()).isInstanceOf(RuntimeApi.Failed.class);
      assertThat(thrown.getMessage()).contains("\"errorType\":\"com.fasterxml.jackson.core.JsonParseException\"")
          .doesNotContain("no JSON");
    }
  }

  @Test
  void saysWhyItCannotBeMade() {
    var function = function("live");
    var start = FunctionProcess.asOnLambda(function, folder, Map.of("AWS_REGION", Loopback.REGION.id()))
        .with("RECORDS_TABLE", "");
    try (var process = FunctionProcess.start(function, start)) {
      assertThat(catchThrowable(() -> process.invoke(event("org-live", "0")))).isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("IllegalStateException").hasMessageContaining("RECORDS_TABLE is not set");
    }
  }

  /// The zip of a build on any machine: Lambda runs the script only if it may be executed.
  @Test
  void theWrapperOfEachFunctionLiesInItsZipAndMayBeExecuted() throws IOException {
    var function = function("live");
    var wrapper = function.environment().get("AWS_LAMBDA_EXEC_WRAPPER");
    assertThat(function("buffered").environment()).doesNotContainKey("AWS_LAMBDA_EXEC_WRAPPER");
    try (var zip = FileSystems.newFileSystem(function.code(), Map.of("enablePosixFileAttributes", "true"))) {
      assertThat(Files.getPosixFilePermissions(zip.getPath(wrapper.replaceFirst("^/var/task", ""))))
          .contains(PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.GROUP_EXECUTE,
              PosixFilePermission.OTHERS_EXECUTE);
    }
  }

  /// From an event's commit to its first byte at the runtime API. Prints the figures of docs/measurements/2026-11.md;
  /// `-Drapport.excluded.tests=none -Drapport.deployable.tests=soak -Dtest=LiveStreamTest`.
  @Test
  @Tag("soak")
  void measuresFromEventToByte() throws Exception {
    for (String transfer : List.of("live", "buffered")) {
      String orgId = "org-" + transfer;
      var figures = figures(orgId);
      var random = new Random(1);
      var delays = new ArrayList<Long>();
      figures.publish(0);
      try (var process = start(function(transfer), RAPPORT.dynamoDbEndpoint().toString())) {
        process.awaitReady();
        var arrived = new Arrived();
        var known = new AtomicInteger(1);
        var follower = Thread.startVirtualThread(() -> follow(process, orgId, arrived, known));
        for (int id = 2; id <= 1 + Integer.getInteger("rapport.events", 100); id++) {
          // Any moment between two looks, or between two connections.
          LockSupport.parkNanos(Duration.ofMillis(500 + random.nextInt(1_500)).toNanos());
          figures.publish(id);
          long committed = System.nanoTime();
          arrived.await("id: " + id + "\n");
          delays.add((System.nanoTime() - committed) / 1_000_000);
          known.set(id);
        }
        follower.interrupt();
      }
      delays.sort(null);
      System.out.printf("%s: event to byte, ms: p50 %d, p99 %d, most %d of %d%n", transfer, delays.get(delays.size() / 2),
          delays.get(delays.size() * 99 / 100), delays.getLast(), delays.size());
    }
  }

  /// Connects again a second after the end of each connection, with the last id that it knows.
  private static void follow(FunctionProcess process, String orgId, Arrived arrived, AtomicInteger known) {
    try {
      while (true) {
        process.stream(event(orgId, String.valueOf(known.get())), arrived).get();
        Thread.sleep(Duration.ofSeconds(1));
      }
    } catch (IOException | ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
