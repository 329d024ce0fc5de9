package no.rapport.aggregatedreportdata;

import static no.rapport.aggregatedreportdata.Stack.ORG;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import no.rapport.aggregatedreportdata.Stack.Answer;
import no.rapport.api.Tickets;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The handler of the stream: its prelude, its refusals, and where it takes the last id from.
class WatchAggregatedReportDataTest {

  private static final JsonMapper JSON = new JsonMapper();

  private final Stack stack = new Stack(new InMemoryRecords());

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

  private static final Duration LEASE = Duration.ofSeconds(30);

  @Test
  void endsTheEleventhStreamOfAnOrganisationWithAWord() throws IOException {
    var leases = new StreamLeases(stack.data.records(), 1_000);
    var held = new ArrayList<StreamLeases.Held>();
    for (int i = 0; i < 10; i++) {
      held.add((StreamLeases.Held) leases.take(ORG, stack.clock.instant(), LEASE));
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
  void freesTheLeasesOfAProcessThatDied() {
    var clock = stack.clock;
    var leases = new StreamLeases(new InMemoryRecords(clock), 1_000);
    for (int i = 0; i < 10; i++) {
      assertThat(leases.take(ORG, clock.instant(), LEASE)).isInstanceOf(StreamLeases.Held.class);
    }
    clock.pass(LEASE.minusSeconds(1));
    assertThat(leases.take(ORG, clock.instant(), LEASE)).isInstanceOf(StreamLeases.Refused.class);
    clock.pass(Duration.ofSeconds(1));
    assertThat(leases.take(ORG, clock.instant(), LEASE)).isInstanceOf(StreamLeases.Held.class);
  }

  @Test
  void endsAStreamWithAWordWhereTheServiceIsFull() {
    var leases = new StreamLeases(stack.data.records(), 2);
    assertThat(leases.take("org-a", stack.clock.instant(), LEASE)).isInstanceOf(StreamLeases.Held.class);
    assertThat(leases.take("org-b", stack.clock.instant(), LEASE)).isInstanceOf(StreamLeases.Held.class);
    assertThat(leases.take("org-c", stack.clock.instant(), LEASE))
        .isEqualTo(new StreamLeases.Refused("The service has as many streams open as it may have"));
  }

  @Test
  void givesNobodyElsesLeaseBack() {
    var clock = stack.clock;
    var records = new InMemoryRecords(clock);
    var leases = new StreamLeases(records, 1);
    var first = (StreamLeases.Held) leases.take(ORG, clock.instant(), LEASE);
    clock.pass(LEASE);
    assertThat(leases.take(ORG, clock.instant(), LEASE)).as("the first has expired")
        .isInstanceOf(StreamLeases.Held.class);

    leases.giveBack(first);

    assertThat(leases.take("org-b", clock.instant(), LEASE)).isInstanceOf(StreamLeases.Refused.class);
  }

  @Test
  void neverHoldsMoreThanItsPlacesUnderRaces() throws Exception {
    var leases = new StreamLeases(stack.data.records(), 15);
    var held = new ConcurrentLinkedQueue<StreamLeases.Lease>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 60; i++) {
        String org = i % 2 == 0 ? "org-a" : "org-b";
        threads.submit(() -> held.add(leases.take(org, Instant.now(), LEASE)));
      }
    }
    assertThat(held).hasSize(60);
    assertThat(held.stream().filter(StreamLeases.Held.class::isInstance).count()).isBetween(5L, 15L);
  }
}
