package no.rapport.aggregatedreportdata;

import static no.rapport.aggregatedreportdata.Stack.ORG;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import no.rapport.aggregatedreportdata.Stack.Answer;
import no.rapport.api.Tickets;
import no.rapport.emulator.MovableClock;
import no.rapport.records.Change;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Records;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The handler of the stream: its prelude, its refusals, and where it takes the last id from.
class WatchAggregatedReportDataTest {

  private static final JsonMapper JSON = new JsonMapper();

  private static final String KEY = "key-02";

  private final MovableClock clock = new MovableClock(Instant.now());
  // The store and the handlers go by one clock: a lease is gone for both of them at the same moment.
  private final InMemoryRecords records = new InMemoryRecords(clock);
  private final Stack stack = new Stack(records, clock);

  @BeforeEach
  void twoEvents() {
    for (int i = 0; i < 2; i++) {
      stack.cases.replace(ORG, new RandomCases(i, 9, List.of("a")).happen(200, RandomCases.ALL_TYPES));
      stack.aggregated(ORG, "2024");
    }
  }

  private record Streamed(JsonNode head, String payload) {

    static Streamed of(byte[] bytes) throws IOException {
      int end = 0;
      while (bytes[end] != 0) {
        end++;
      }
      assertThat(Arrays.copyOfRange(bytes, end, end + 8)).containsOnly(0);
      return new Streamed(JSON.readTree(Arrays.copyOf(bytes, end)),
          Stack.text(Arrays.copyOfRange(bytes, end + 8, bytes.length)));
    }
  }

  private Streamed watch(Map<String, String> query, Map<String, String> headers) throws IOException {
    return Streamed.of(stack.watch(query, headers));
  }

  @Test
  void streamsEventsAfterItsPrelude() throws IOException {
    Streamed answer = watch(Map.of("organization_id", ORG, "period_id", "2024", "last_event_id", "0"), Map.of());

    assertThat(answer.head().get("statusCode").intValue()).isEqualTo(200);
    assertThat(answer.head().at("/headers/Content-Type").textValue()).isEqualTo("text/event-stream");
    assertThat(answer.head().at("/headers/Cache-Control").textValue()).isEqualTo("no-store");
    assertThat(answer.head().at("/headers/x-request-id").textValue()).isEqualTo("req-1");
    assertThat(answer.payload()).startsWith("retry: 1000\n\nid: 1\nevent: data_updated\ndata: {\"event\":\"data_updated\"")
        .contains("\n\nid: 2\nevent: data_updated\n");
  }

  @Test
  void takesTheHeaderOfAReconnectionBeforeTheFirstAddress() throws IOException {
    Streamed answer = watch(Map.of("organization_id", ORG, "period_id", "2024", "last_event_id", "0"),
        Map.of("last-event-id", "1"));

    assertThat(answer.payload()).doesNotContain("id: 1\n").contains("id: 2\n");
  }

  @Test
  void refusesWithoutTheTwoParameters() throws IOException {
    for (Map<String, String> query : List.of(Map.<String, String>of(), Map.of("organization_id", ORG),
        Map.of("period_id", "2024"), Map.of("organization_id", ORG, "period_id", "2024-Q9"),
        Map.of("organization_id", ORG, "period_id", "2024", "colour", "red"))) {
      Streamed answer = watch(query, Map.of());
      assertThat(answer.head().get("statusCode").intValue()).as(query.toString()).isEqualTo(400);
      assertThat(answer.head().at("/headers/Content-Type").textValue()).isEqualTo("application/problem+json");
      assertThat(JSON.readTree(answer.payload()).get("errors")).isNotEmpty();
    }
  }

  @Test
  void givesTicketsForAnHour() {
    Answer answer = stack.as("org", ORG).ticket("{\"organization_id\": \"org-1042\", \"period_id\": \"2024\"}");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.members()).containsExactly("ticket", "expires_at");
    Instant expires = Instant.parse(answer.text("/expires_at"));
    assertThat(Duration.between(Instant.now(), expires)).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
    var tickets = new Tickets(stack.data.records());
    assertThat(tickets.find(answer.text("/ticket"), expires.minusSeconds(1))).hasValueSatisfying(ticket -> {
      assertThat(ticket.organizationId()).isEqualTo(ORG);
      assertThat(ticket.periodId()).isEqualTo("2024");
    });
    assertThat(tickets.find(answer.text("/ticket"), expires)).isEmpty();
    assertThat(stack.ticket("{\"organization_id\": \"org-1042\"}").status()).isEqualTo(422);
  }

  @Test
  void takesTheLastIdByEachNameThatClientsSend() throws IOException {
    for (String name : List.of("last_event_id", "lastEventId", "Last-Event-ID")) {
      Streamed answer = watch(Map.of("organization_id", ORG, "period_id", "2024", name, "1"), Map.of());
      assertThat(answer.payload()).as(name).doesNotContain("id: 1\n").contains("id: 2\nevent: data_updated\n");
    }
  }

  @Test
  void mintsAReplayedTicketAnewAndStoresNoneInClear() {
    String body = "{\"organization_id\": \"org-1042\", \"period_id\": \"2024\"}";
    stack.as("org", ORG);
    String first = stack.ticket(body, "key-1").text("/ticket");
    String second = stack.ticket(body, "key-1").text("/ticket");

    assertThat(second).isNotEqualTo(first).startsWith("tkt_");
    var tickets = new Tickets(stack.data.records());
    assertThat(tickets.find(first, stack.clock.instant())).isPresent();
    assertThat(tickets.find(second, stack.clock.instant())).isPresent();
    assertThat(stack.data.records().notes("idempotency#key-01", "", 10, stack.clock.instant())).hasSize(1)
        .allSatisfy(note -> assertThat(note.document()).doesNotContain("tkt_"));
  }

  @Test
  void givesATicketThatIsReplayedLaterAnHourToo() {
    String body = "{\"organization_id\": \"org-1042\", \"period_id\": \"2024\"}";
    stack.ticket(body, "key-1");
    clock.pass(Duration.ofHours(2));

    Answer replayed = stack.ticket(body, "key-1");

    assertThat(new Tickets(records).find(replayed.text("/ticket"), clock.instant())).isPresent();
    assertThat(Duration.between(clock.instant(), Instant.parse(replayed.text("/expires_at"))))
        .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
  }

  private static final Duration LEASE = Duration.ofSeconds(30);

  private StreamLeases.Lease take(StreamLeases leases, String orgId) {
    return leases.take(orgId, KEY, clock.instant(), LEASE);
  }

  @Test
  void refusesEleventhStreamOfAnOrganization() throws IOException {
    var leases = new StreamLeases(records, 1_000);
    var held = new ArrayList<StreamLeases.Held>();
    for (int i = 0; i < 10; i++) {
      // None of them expires while this test's connections run.
      held.add((StreamLeases.Held) leases.take(ORG, KEY, clock.instant(), Duration.ofMinutes(10)));
    }
    Map<String, String> query = Map.of("organization_id", ORG, "period_id", "2024", "last_event_id", "0");

    Streamed refused = watch(query, Map.of());
    Streamed other = watch(Map.of("organization_id", "org-other", "period_id", "2024"), Map.of());
    leases.giveBack(held.getFirst());
    Streamed taken = watch(query, Map.of());
    Streamed again = watch(query, Map.of());

    assertThat(refused.head().get("statusCode").intValue()).isEqualTo(200);
    assertThat(refused.head().at("/headers/Content-Type").textValue()).isEqualTo("text/event-stream");
    assertThat(refused.payload()).isEqualTo("retry: 15000\n"
        + ": The organisation has 10 streams open, which is the most; try again later\n\n");
    assertThat(other.payload()).startsWith("retry: 1000\n");
    assertThat(taken.payload()).contains("id: 1\n");
    assertThat(again.payload()).as("a stream that ended gave its lease back").contains("id: 1\n");
  }

  @Test
  void refusesTwentyFirstStreamOfACallerAcrossOrganizations() throws IOException {
    var leases = new StreamLeases(records, 1_000);
    for (int i = 0; i < 20; i++) {
      assertThat(leases.take("org-" + i, "key-01", clock.instant(), LEASE)).isInstanceOf(StreamLeases.Held.class);
    }

    Streamed refused = watch(Map.of("organization_id", ORG, "period_id", "2024"), Map.of());

    assertThat(refused.payload()).isEqualTo("retry: 15000\n"
        + ": The caller has 20 streams open, which is the most; try again later\n\n");
    assertThat(take(leases, ORG)).as("another caller").isInstanceOf(StreamLeases.Held.class);
  }

  @Test
  void freesTheLeasesOfAProcessThatDied() {
    var leases = new StreamLeases(records, 1_000);
    for (int i = 0; i < 10; i++) {
      assertThat(take(leases, ORG)).isInstanceOf(StreamLeases.Held.class);
    }
    clock.pass(LEASE.minusSeconds(1));
    assertThat(take(leases, ORG)).isInstanceOf(StreamLeases.Refused.class);
    clock.pass(Duration.ofSeconds(1));
    assertThat(take(leases, ORG)).isInstanceOf(StreamLeases.Held.class);
  }

  @Test
  void refusesStreamIfTheServiceIsFull() {
    var leases = new StreamLeases(records, 2);
    assertThat(take(leases, "org-a")).isInstanceOf(StreamLeases.Held.class);
    assertThat(take(leases, "org-b")).isInstanceOf(StreamLeases.Held.class);
    assertThat(take(leases, "org-c"))
        .isEqualTo(new StreamLeases.Refused("The service has as many streams open as it may have"));
  }

  @Test
  void returnsOnlyItsOwnLeases() {
    var leases = new StreamLeases(records, 1);
    var first = (StreamLeases.Held) take(leases, ORG);
    clock.pass(LEASE);
    assertThat(take(leases, ORG)).as("the first has expired").isInstanceOf(StreamLeases.Held.class);

    leases.giveBack(first);

    assertThat(take(leases, "org-b")).isInstanceOf(StreamLeases.Refused.class);
  }

  /// A function does not notice that its follower is gone: ten reloads of a page must not keep the next out.
  @Test
  void takesOverOldestPlaceAfterAMinute() {
    var leases = new StreamLeases(records, 1_000);
    var held = new ArrayList<StreamLeases.Held>();
    for (int i = 0; i < 10; i++) {
      held.add((StreamLeases.Held) leases.take(ORG, KEY, clock.instant(), Duration.ofMinutes(14)));
      clock.pass(Duration.ofSeconds(1));
    }
    clock.pass(StreamLeases.MIN_HELD.minusSeconds(11));
    assertThat(leases.take(ORG, KEY, clock.instant(), Duration.ofMinutes(14))).isInstanceOf(StreamLeases.Refused.class);
    clock.pass(Duration.ofSeconds(1));

    var next = (StreamLeases.Held) leases.take(ORG, KEY, clock.instant(), Duration.ofMinutes(14));

    assertThat(leases.isHeld(next, clock.instant())).isTrue();
    assertThat(held.stream().filter(lease -> !leases.isHeld(lease, clock.instant()))).containsExactly(held.getFirst());
    leases.giveBack(held.getFirst());
    assertThat(leases.isHeld(next, clock.instant())).as("it gives nobody else's place back").isTrue();
    assertThat(leases.take(ORG, KEY, clock.instant(), Duration.ofMinutes(14))).as("the others are younger")
        .isInstanceOf(StreamLeases.Refused.class);
  }

  @Test
  void endsStreamWhosePlaceWasTakenOver() throws IOException {
    var leases = new StreamLeases(records, 1_000);
    Instant begun = clock.instant();
    var others = new ArrayList<StreamLeases.Lease>();
    stack.whilePausing(() -> {
      if (others.size() < 9 || !clock.instant().isBefore(begun.plus(StreamLeases.MIN_HELD)) && others.size() == 9) {
        others.add(leases.take(ORG, KEY, clock.instant(), Duration.ofMinutes(14)));
      }
    });

    watch(Map.of("organization_id", ORG, "period_id", "2024"), Map.of());

    assertThat(others).hasSize(10).hasOnlyElementsOfType(StreamLeases.Held.class);
    assertThat(Duration.between(begun, clock.instant()))
        .isBetween(StreamLeases.MIN_HELD, StreamLeases.MIN_HELD.plusSeconds(16));
  }

  @Test
  void takesAnotherPlaceAfterLostRaces() {
    var races = new AtomicInteger();
    var leases = new StreamLeases(losing(races, 12), 1_000);

    assertThat(take(leases, ORG)).isInstanceOf(StreamLeases.Held.class);
    assertThat(races).hasValue(13);
  }

  @Test
  void givesUpAfterManyLostRacesAndDoesNotSayThatItIsFull() {
    var races = new AtomicInteger();
    var leases = new StreamLeases(losing(races, 1_000), 1_000);

    assertThat(take(leases, ORG)).isEqualTo(
        new StreamLeases.Refused("Very many streams are being opened at this moment"));
    assertThat(races.get()).isBetween(10, 50);
  }

  /// Records where others take the last of the drawn places, that among all streams, before the first so many commits.
  private Records losing(AtomicInteger commits, int losses) {
    return (Records) Proxy.newProxyInstance(Records.class.getClassLoader(), new Class<?>[] {Records.class},
        (_, method, arguments) -> {
          if (method.getName().equals("commit") && commits.getAndIncrement() < losses) {
            var changes = (List<?>) arguments[0];
            records.commit((Change) changes.getLast());
          }
          return method.invoke(records, arguments);
        });
  }

  @Test
  void neverHoldsMoreThanItsPlacesUnderRaces() throws Exception {
    var leases = new StreamLeases(records, 15);
    var held = new ConcurrentLinkedQueue<StreamLeases.Lease>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 60; i++) {
        String org = i % 2 == 0 ? "org-a" : "org-b";
        threads.submit(() -> held.add(take(leases, org)));
      }
    }
    assertThat(held).hasSize(60);
    assertThat(held.stream().filter(StreamLeases.Held.class::isInstance).count()).isBetween(5L, 15L);
  }
}
