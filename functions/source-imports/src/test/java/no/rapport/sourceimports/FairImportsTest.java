package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import no.rapport.emulator.MovableClock;
import no.rapport.sourceimports.ImportKey.RowFile;
import no.rapport.sourceimports.ImportQueue.Turn;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Request;

/// Checks that organisations share the places for imports; invariant 14.
class FairImportsTest {

  private static final int INVOCATIONS = 20;
  private static final int PLACES = ImportQueue.placesOf(INVOCATIONS);
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final String CSV = "activity_id;activity_type;date;participant_count;duration_minutes;location;"
      + "municipality;county;target_group;title;updated_at\n"
      + "a-%s;course;2025-01-02;3;45;;0301;Oslo;;;2025-01-03T00:00:00Z\n";

  private final SourceData data = new SourceData();
  private final MovableClock clock = new MovableClock(NOW);
  private final ImportQueue queue =
      new ImportQueue(data.dynamoDb, data.table, PLACES, _ -> Thread.yield(), clock);

  /// Returns an S3 client that calls the test before it reads a file.
  private static S3Client reading(S3Client real, Function<String, RuntimeException> read) {
    return new DelegatingS3Client(real) {
      @Override
      protected <T extends S3Request, R> R invokeOperation(T request, Function<T, R> operation) {
        if (request instanceof GetObjectRequest get && get.key().startsWith("imports/")) {
          RuntimeException fault = read.apply(get.key());
          if (fault != null) {
            throw fault;
          }
        }
        return operation.apply(request);
      }
    };
  }

  private String put(String orgId, String name) {
    String key = "imports/" + orgId + "/activities/" + data.folder + "/" + name + ".csv";
    data.put(key, CSV.formatted(name).getBytes(StandardCharsets.UTF_8));
    return key;
  }

  private void deliver(S3Client s3, String key) {
    new ImportSourceData(data.imports, s3, data.dynamoDb, data.table, PLACES, clock)
        .handleRequest(SourceData.event(key, NOW), data.context(() -> 900_000));
  }

  @Test
  void importsFileOfAnotherOrganisationDuringFortySlowImports() throws Exception {
    var released = new CountDownLatch(1);
    var reading = new AtomicInteger();
    S3Client slow = reading(data.s3, key -> {
      if (key.startsWith("imports/org-slow/")) {
        reading.incrementAndGet();
        await(released);
      }
      return null;
    });
    var slowFiles = new ArrayList<String>();
    try (var lambda = Executors.newFixedThreadPool(INVOCATIONS)) {
      for (int i = 0; i < 40; i++) {
        String key = put("org-slow", "slow-" + i);
        slowFiles.add(key);
        lambda.submit(() -> deliver(slow, key));
      }
      String other = put("org-other", "other");
      Future<?> imported = lambda.submit(() -> deliver(slow, other));
      try {
        imported.get(60, TimeUnit.SECONDS);

        assertThat(data.report(other).at("/counts/imported").asInt()).isEqualTo(1);
        assertThat(reading.get()).as("concurrent slow imports").isLessThanOrEqualTo(PLACES / 2);
      } finally {
        released.countDown();
      }
    }

    assertThat(slowFiles).allSatisfy(key -> assertThat(data.report(key).at("/counts/imported").asInt()).isOne());
    assertThat(queue.organizations(10)).isEmpty();
  }

  @Test
  void leavesPlaceForNextOrganisation() {
    var turns = new HashMap<String, List<Turn>>();
    var taken = new ArrayList<Integer>();
    List<String> organizations = List.of("org-1", "org-2", "org-3", "org-4", "org-5", "org-6");
    for (String orgId : organizations) {
      for (int i = 0; i < PLACES; i++) {
        queue.add(file(orgId, "f-" + i), NOW);
      }
      turns.put(orgId, takeAll(orgId));
      taken.add(turns.get(orgId).size());
    }
    assertThat(taken).containsExactly(8, 4, 2, 1, 1, 0);

    queue.end(turns.get("org-1").getFirst());

    assertThat(takeAll("org-1")).as("organisation with most places").isEmpty();
    assertThat(takeAll("org-6")).as("organisation without a place").hasSize(1);
  }

  @Test
  void takesFilesInOrderOfArrivalAndPausedFileLast() {
    for (String name : List.of("a", "b", "c")) {
      queue.add(file("org-1", name), clock.instant());
      clock.pass(Duration.ofSeconds(1));
    }
    Turn first = take("org-1").getFirst();
    assertThat(first.file().key()).endsWith("/a.csv");
    queue.pause(first);

    List<Turn> then = takeAll("org-1");
    assertThat(then).extracting(turn -> turn.file().key().replaceAll(".*/", "")).containsExactly("b.csv", "c.csv", "a.csv");
    assertThat(then).extracting(Turn::isPaused).containsExactly(false, false, true);
    assertThat(then).extracting(Turn::attempt).containsExactly(1, 1, 1);
  }

  @Test
  void takesFileAgainAfterItsProcessDied() {
    queue.add(file("org-1", "a"), NOW);
    queue.add(file("org-1", "a"), NOW);
    assertThat(takeAll("org-1")).as("after the second delivery").hasSize(1);
    clock.pass(Duration.ofMinutes(14));
    assertThat(takeAll("org-1")).isEmpty();
    clock.pass(Duration.ofMinutes(1));

    assertThat(takeAll("org-1")).singleElement().extracting(Turn::attempt).isEqualTo(2);
  }

  @Test
  void sweeperStartsWaitingFiles() {
    String first = put("org-1", "a");
    String second = put("org-1", "b");
    String others = put("org-2", "a");
    for (String key : List.of(first, second, others)) {
      queue.add((RowFile) ImportKey.of(key).orElseThrow(), NOW);
    }
    var started = new ArrayList<String>();
    S3Client events = new DelegatingS3Client(data.s3) {
      @Override
      protected <T extends S3Request, R> R invokeOperation(T request, Function<T, R> operation) {
        started.add(request.getValueForField("Key", String.class).orElseThrow());
        return operation.apply(request);
      }
    };

    assertThat(new SweepImports(events, data.dynamoDb, data.table, SourceData.BUCKET, PLACES, clock)
        .handleRequest(Map.of(), data.context(() -> 60_000))).containsEntry("started", 3);
    assertThat(started).containsExactlyInAnyOrder(ImportKey.Start.key("org-1"), ImportKey.Start.key("org-1"),
        ImportKey.Start.key("org-2"));
    started.forEach(key -> deliver(data.s3, key));

    assertThat(List.of(first, second, others)).allSatisfy(key ->
        assertThat(data.report(key).at("/counts/imported").asInt()).isOne());
    assertThat(queue.organizations(10)).isEmpty();
  }

  /// The function never fails because of a file, so that no dead letter contains a file name.
  @Test
  void triesFileSixTimesWithinHalfAnHourThenReportsFailure() {
    var attempts = new AtomicInteger();
    S3Client broken = reading(data.s3, _ -> {
      attempts.incrementAndGet();
      return S3Exception.builder().statusCode(500).message("no").build();
    });
    String key = put("org-1", "broken");

    deliver(broken, key);
    for (int minutes = 1; minutes <= 64; minutes++) {
      clock.pass(Duration.ofMinutes(1));
      deliver(broken, ImportKey.Start.key("org-1"));
    }

    assertThat(attempts.get()).isEqualTo(ImportTurns.MAX_ATTEMPTS);
    JsonNode report = data.report(key);
    assertThat(report.at("/status").asText()).isEqualTo("failed");
    assertThat(report.at("/error").asText()).contains("an error in Rapport");
    assertThat(queue.organizations(10)).isEmpty();
  }

  private RowFile file(String orgId, String name) {
    return (RowFile) ImportKey.of("imports/" + orgId + "/activities/" + name + ".csv").orElseThrow();
  }

  private List<Turn> takeAll(String orgId) {
    var turns = new ArrayList<Turn>();
    for (var turn = take(orgId); !turn.isEmpty(); turn = take(orgId)) {
      turns.addAll(turn);
    }
    return turns;
  }

  private List<Turn> take(String orgId) {
    return queue.take(orgId, clock.instant().plus(Duration.ofMinutes(15))).stream().toList();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
