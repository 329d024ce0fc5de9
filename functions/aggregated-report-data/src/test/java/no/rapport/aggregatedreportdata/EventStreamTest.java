package no.rapport.aggregatedreportdata;

import static no.rapport.aggregatedreportdata.Stack.ORG;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import no.rapport.aggregatedreportdata.Snapshots.Stored;
import no.rapport.emulator.MovableClock;
import no.rapport.records.InMemoryRecords;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.RuleSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The stream: nothing missed, nothing twice, in order, or told to read anew.
class EventStreamTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String PERIOD = "2024";

  private final InMemoryRecords records = new InMemoryRecords();
  private final Snapshots snapshots = new Snapshots(records);
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-26T09:00:00Z"));
  private final EventStream stream = new EventStream(snapshots, clock, EventStream.Transfer.STREAMED, time -> {
    clock.pass(time);
    return true;
  });
  private int jobs;

  // ---------- what is sent ------------------------------------------------------------------------------------------

  @Test
  void sendsAnEventAsTheContractPrintsIt() throws IOException {
    String id = aSnapshot(figures(Map.of("antall_undersokelser_henlagt", 3)));
    again(id, figures(Map.of("antall_undersokelser_henlagt", 4)));

    assertThat(connection(Optional.of("1"))).isEqualTo("""
        retry: 1000

        id: 2
        event: data_updated
        data: {"event":"data_updated","snapshot_id":"%s","organization_id":"org-1042","period_id":"2024",\
        "changed_sections":["undersokelser"],"changed_field_keys":["antall_undersokelser_henlagt"],\
        "updated_at":"2026-03-26T09:00:00Z"}

        : heartbeat

        """.formatted(id));
  }

  /// A buffered answer is read when it ends: every event within one reconnect, and none twice.
  @Test
  void aBufferedConnectionEndsWithItsFirstEvents() throws IOException {
    String id = aSnapshot(figures(Map.of("antall_flyttinger", 3)));
    var waits = new ArrayList<Duration>();
    var buffered = new EventStream(snapshots, clock, EventStream.Transfer.BUFFERED, time -> {
      waits.add(time);
      clock.pass(time);
      if (waits.size() == 3) {
        again(id, figures(Map.of("antall_flyttinger", 4)));
      }
      return true;
    });
    var follower = new Follower();
    var out = new ByteArrayOutputStream();

    buffered.follow(ORG, PERIOD, Optional.of("1"), Duration.ofSeconds(25), out);
    follower.read(out.toByteArray());

    assertThat(waits).as("looks before the event").hasSize(3);
    assertThat(follower.lastEventId).contains("2");
    assertThat(follower.received).hasSize(1);
  }

  @Test
  void endsBufferedConnectionWithResync() throws IOException {
    aSnapshot(figures(Map.of("antall_flyttinger", 3)));
    var out = new ByteArrayOutputStream();

    new EventStream(snapshots, clock, EventStream.Transfer.BUFFERED, _ -> {
      throw new AssertionError("waits though it has told something");
    }).follow(ORG, PERIOD, Optional.of("99"), Duration.ofSeconds(25), out);

    assertThat(out.toString(java.nio.charset.StandardCharsets.UTF_8)).contains("event: resync");
  }

  @Test
  void sendsPositionWithoutEventToNewFollower() throws IOException {
    aSnapshot(figures(Map.of("antall_flyttinger", 3)));
    var follower = new Follower();

    follower.read(connection(Optional.empty()).getBytes());

    assertThat(follower.retry).contains("1000");
    assertThat(follower.lastEventId).contains("1");
    assertThat(follower.received).isEmpty();
    assertThat(follower.comments).containsExactly(": heartbeat");
  }

  @Test
  void missesNothingBetweenTheFirstTwoConnectionsOfAFollower() throws IOException {
    var follower = new Follower();
    follower.read(connection(follower.lastEventId).getBytes());
    aSnapshot(figures(Map.of("antall_flyttinger", 3)));

    follower.read(connection(follower.lastEventId).getBytes());

    assertThat(follower.received).extracting(Follower.Received::id).containsExactly("1");
  }

  @Test
  void endsAConnectionAfterItsWindowWithAHeartbeatEveryFifteenSeconds() throws IOException {
    Instant before = clock.instant();
    var out = new ByteArrayOutputStream();

    stream.follow(ORG, PERIOD, Optional.empty(), Duration.ofSeconds(50), out);

    assertThat(Duration.between(before, clock.instant())).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(51));
    assertThat(out.toString().split(": heartbeat", -1)).hasSize(4);
  }

  @Test
  void sendsNoEventIfNoFigureChanged() throws IOException {
    String id = aSnapshot(figures(Map.of("antall_flyttinger", 3)));
    again(id, figures(Map.of("antall_flyttinger", 3)));
    aSnapshot(figures(Map.of("antall_flyttinger", 3)));

    var follower = new Follower();
    follower.read(connection(Optional.of("0")).getBytes());
    assertThat(follower.received).hasSize(1);
  }

  @Test
  void sendsNoEventIfARetryGivesTheSameFigures() throws IOException {
    String id = aSnapshot(figures(Map.of("antall_flyttinger", 3)));
    snapshots.fail(snapshots.invalidate(snapshots.find(id).orElseThrow(), "changed", "job-failing", clock.instant())
        .orElseThrow().snapshot().claim());
    again(id, figures(Map.of("antall_flyttinger", 3)));

    var follower = new Follower();
    follower.read(connection(Optional.of("0")).getBytes());
    assertThat(follower.received).hasSize(1);
  }

  @Test
  void sendsFiguresAgainAfterTheLastSnapshotWasDeleted() throws IOException {
    for (boolean failedBefore : List.of(false, true)) {
      String id = aSnapshot(figures(Map.of("antall_flyttinger", 3)));
      if (failedBefore) {
        snapshots.fail(snapshots.invalidate(snapshots.find(id).orElseThrow(), "changed", "job-failing", clock.instant())
            .orElseThrow().snapshot().claim());
      }
      snapshots.delete(snapshots.find(id).orElseThrow());
    }

    var follower = new Follower();
    follower.read(connection(Optional.of("0")).getBytes());
    assertThat(follower.received).hasSize(2);
  }

  @Test
  void namesExactlyTheFiguresAndSectionsThatDiffer() throws IOException {
    String id = aSnapshot(figures(Map.of("antall_flyttinger", 3, "antall_arsverk", 7)));
    again(id, figures(Map.of("antall_flyttinger", 4, "antall_meldinger_mottatt", 0)));
    var follower = new Follower();

    follower.read(connection(Optional.of("1")).getBytes());

    JsonNode data = JSON.readTree(follower.received.getFirst().data());
    assertThat(data.get("changed_field_keys").toString())
        .isEqualTo("[\"antall_meldinger_mottatt\",\"antall_flyttinger\",\"antall_arsverk\"]");
    assertThat(data.get("changed_sections").toString())
        .isEqualTo("[\"meldinger\",\"barn-under-omsorg\",\"bemanning\"]");
  }

  @Test
  void keepsStreamsOfOtherPeriodsAndOrganisationsApart() throws IOException {
    aSnapshot(figures(Map.of("antall_flyttinger", 3)));
    var out = new ByteArrayOutputStream();

    stream.follow(ORG, "2023", Optional.of("0"), Duration.ofSeconds(1), out);
    stream.follow("org-2", PERIOD, Optional.of("0"), Duration.ofSeconds(1), out);

    assertThat(out.toString()).doesNotContain("data_updated").doesNotContain("resync");
  }

  @Test
  void doesNotPublishAnAggregationThatStartedBeforeTheOneFollowersKnow() throws IOException {
    Stored slow = requested();
    Stored fast = requested();
    snapshots.publish(fast.snapshot().claim(), aggregate(figures(Map.of("antall_flyttinger", 5))));
    snapshots.publish(slow.snapshot().claim(), aggregate(figures(Map.of("antall_flyttinger", 4))));

    var follower = new Follower();
    follower.read(connection(Optional.of("0")).getBytes());
    assertThat(follower.received).hasSize(1);
    assertThat(snapshots.find(fast.snapshot().snapshotId()).orElseThrow().entry().status()).isEqualTo("current");
    assertThat(snapshots.find(slow.snapshot().snapshotId()).orElseThrow().entry().status()).isEqualTo("historical");
  }

  // ---------- what is no longer kept --------------------------------------------------------------------------------

  @Test
  void sendsResyncIfThePositionHasExpired() throws IOException {
    String id = aSnapshot(figures(Map.of("antall_flyttinger", 1)));
    again(id, figures(Map.of("antall_flyttinger", 2)));
    clock.pass(Duration.ofHours(23));
    again(id, figures(Map.of("antall_flyttinger", 3)));
    clock.pass(Duration.ofHours(2));

    var follower = new Follower();
    follower.read(connection(Optional.of("1")).getBytes());
    assertThat(follower.received).containsExactly(new Follower.Received("3", "resync",
        "{\"event\":\"resync\",\"organization_id\":\"org-1042\",\"period_id\":\"2024\"}"));
    assertThat(follower.lastEventId).contains("3");

    var later = new Follower();
    later.read(connection(Optional.of("2")).getBytes());
    assertThat(later.received).extracting(Follower.Received::event).containsExactly("data_updated");
    var present = new Follower();
    present.read(connection(Optional.of("3")).getBytes());
    assertThat(present.received).isEmpty();
  }

  @Test
  void sendsResyncForPositionOfAnotherStream() throws IOException {
    aSnapshot(figures(Map.of("antall_flyttinger", 1)));
    for (String unknown : List.of("2", "99999999999999999999", "snap-1", "-1")) {
      var follower = new Follower();
      follower.read(connection(Optional.of(unknown)).getBytes());
      assertThat(follower.received).as(unknown).extracting(Follower.Received::event).containsExactly("resync");
      assertThat(follower.lastEventId).contains("1");
    }
  }

  // ---------- cuts and reconnections --------------------------------------------------------------------------------

  @Test
  void deliversEveryEventOnceAndInOrderOverBrokenConnections() throws IOException {
    cutAtRandom(100, 1_000, 10, 42);
  }

  /// The full measure: `mvn test -pl functions/aggregated-report-data -am -Drapport.excluded.tests=none -Dgroups=soak -Dtest=EventStreamTest
  /// -Dsurefire.failIfNoSpecifiedTests=false`.
  @Test
  @Tag("soak")
  void bringsEveryEventOnceAndInOrderToAThousandFollowersOfTenThousandChanges() throws IOException {
    cutAtRandom(1_000, 10_000, 10, 4711);
  }

  private void cutAtRandom(int followerCount, int changes, int connectionsAChange, long seed) throws IOException {
    var random = new Random(seed);
    String id = aSnapshot(figures(Map.of("antall_flyttinger", 0)));
    var followers = new ArrayList<Follower>();
    var known = new HashMap<Follower.Received, Follower.Received>();
    for (int i = 0; i < followerCount; i++) {
      var follower = new Follower(known);
      follower.lastEventId = Optional.of("1");
      followers.add(follower);
    }
    var expected = new ArrayList<List<String>>();
    List<Figure> last = figures(Map.of("antall_flyttinger", 0));
    for (int change = 0; change < changes; change++) {
      List<Figure> next = changed(last, random);
      expected.add(differing(last, next));
      again(id, next);
      last = next;
      clock.pass(Duration.ofSeconds(random.nextInt(3)));
      for (int i = 0; i < connectionsAChange; i++) {
        connect(followers.get(random.nextInt(followerCount)), random, random.nextInt(4) > 0);
      }
    }
    for (Follower follower : followers) {
      while (Long.parseLong(follower.lastEventId.orElseThrow()) < changes + 1) {
        connect(follower, random, random.nextBoolean());
      }
    }
    for (Follower follower : followers) {
      assertThat(follower.received).hasSize(changes);
      for (int i = 0; i < changes; i++) {
        assertThat(follower.received.get(i).id()).isEqualTo(String.valueOf(i + 2));
      }
    }
    for (int i = 0; i < changes; i++) {
      JsonNode data = JSON.readTree(followers.getFirst().received.get(i).data());
      assertThat(StreamSupport.stream(data.get("changed_field_keys").spliterator(), false).map(JsonNode::textValue))
          .containsExactlyElementsOf(expected.get(i));
      assertThat(StreamSupport.stream(data.get("changed_sections").spliterator(), false).map(JsonNode::textValue))
          .containsExactlyElementsOf(sectionsOf(expected.get(i)));
    }
  }

  private void connect(Follower follower, Random random, boolean isCut) throws IOException {
    var out = new Follower.Cut(isCut ? random.nextInt(3_000) : Integer.MAX_VALUE);
    try {
      stream.follow(ORG, PERIOD, follower.lastEventId, Duration.ZERO, out);
    } catch (IOException e) {
      // cut
    }
    follower.read(out.arrived.toByteArray());
  }

  @Test
  void followsWhileOthersChangeTheFigures() throws Exception {
    var real = new EventStream(snapshots, clock, EventStream.Transfer.STREAMED, _ -> {
      LockSupport.parkNanos(200_000);
      return true;
    });
    int changes = 300;
    String id = aSnapshot(figures(Map.of("antall_flyttinger", 0)));
    var done = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var followers = new ArrayList<Future<Follower>>();
      for (int i = 0; i < 40; i++) {
        long seed = i;
        followers.add(threads.submit(() -> {
          var random = new Random(seed);
          var follower = new Follower();
          follower.lastEventId = Optional.of("1");
          while (!follower.lastEventId.get().equals(String.valueOf(changes + 1))) {
            var out = new Follower.Cut(random.nextInt(20_000));
            try {
              real.follow(ORG, PERIOD, follower.lastEventId, done.get() ? Duration.ZERO : Duration.ofSeconds(2), out);
            } catch (IOException e) {
              // cut
            }
            follower.read(out.arrived.toByteArray());
          }
          return follower;
        }));
      }
      for (int change = 1; change <= changes; change++) {
        again(id, figures(Map.of("antall_flyttinger", change)));
        clock.pass(Duration.ofMillis(100));
        LockSupport.parkNanos(500_000);
      }
      done.set(true);
      clock.pass(Duration.ofMinutes(1));
      for (var follower : followers) {
        assertThat(follower.get().received).extracting(Follower.Received::id)
            .containsExactlyElementsOf(IntStream.rangeClosed(2, changes + 1).mapToObj(String::valueOf)
                .toList());
      }
    }
  }

  // ---------- fixtures ----------------------------------------------------------------------------------------------

  private String connection(Optional<String> lastEventId) throws IOException {
    var out = new ByteArrayOutputStream();
    stream.follow(ORG, PERIOD, lastEventId, Duration.ofSeconds(25), out);
    return out.toString();
  }

  private Stored requested() {
    int n = ++jobs;
    return ((Snapshots.Started) snapshots.request(ORG, PERIOD, true, "", "snap-" + n, "job-" + n, clock.instant()))
        .stored();
  }

  private String aSnapshot(List<Figure> figures) {
    Stored stored = requested();
    snapshots.publish(stored.snapshot().claim(), aggregate(figures));
    return stored.snapshot().snapshotId();
  }

  private void again(String id, List<Figure> figures) {
    Stored stored = snapshots.invalidate(snapshots.find(id).orElseThrow(), "changed", "job-" + ++jobs, clock.instant())
        .orElseThrow();
    snapshots.publish(stored.snapshot().claim(), aggregate(figures));
  }

  private Snapshot.Aggregate aggregate(List<Figure> figures) {
    return new Snapshot.Aggregate(clock.instant().truncatedTo(ChronoUnit.SECONDS), "", figures, new TreeMap<>(),
        RuleSet.CURRENT);
  }

  private static List<Figure> figures(Map<String, Integer> values) {
    return FigureCatalogue.figures().stream().map(figure -> new Figure(figure.key(),
        Optional.ofNullable(values.get(figure.key())).map(BigDecimal::valueOf), figure.defaultDataSource())).toList();
  }

  /// The same figures with some others, at least one.
  private static List<Figure> changed(List<Figure> figures, Random random) {
    var next = new ArrayList<>(figures);
    int certain = random.nextInt(next.size());
    for (int i = 0; i < next.size(); i++) {
      if (i == certain || random.nextInt(8) == 0) {
        Figure old = next.get(i);
        Optional<BigDecimal> value = old.value().isPresent() && random.nextInt(3) == 0 ? Optional.empty()
            : Optional.of(BigDecimal.valueOf(old.value().map(BigDecimal::longValue).orElse(0L) + 1 + random.nextInt(3)));
        next.set(i, new Figure(old.fieldKey(), value, old.dataSource()));
      }
    }
    return next;
  }

  private static List<String> differing(List<Figure> some, List<Figure> others) {
    var keys = new ArrayList<String>();
    for (int i = 0; i < some.size(); i++) {
      if (!some.get(i).value().equals(others.get(i).value())) {
        keys.add(some.get(i).fieldKey());
      }
    }
    return keys;
  }

  private static List<String> sectionsOf(List<String> keys) {
    return FigureCatalogue.sections().stream()
        .filter(section -> section.figures().stream().map(FigureCatalogue.Figure::key).anyMatch(keys::contains))
        .map(FigureCatalogue.Section::id).toList();
  }
}
