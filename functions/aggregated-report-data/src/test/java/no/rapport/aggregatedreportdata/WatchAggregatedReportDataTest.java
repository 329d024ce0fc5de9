package no.rapport.aggregatedreportdata;

import static no.rapport.aggregatedreportdata.Stack.ORG;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
}
