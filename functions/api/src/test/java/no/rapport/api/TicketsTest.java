package no.rapport.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.Test;

class TicketsTest {

  private static final Instant NOW = Instant.parse("2026-03-04T10:00:00Z");
  private static final Caller CALLER = new Caller("key_a", Role.ORG, Optional.empty());

  private final InMemoryRecords records = new InMemoryRecords();
  private final Tickets tickets = new Tickets(records);

  private Tickets.Issued aTicket() {
    return tickets.issue(CALLER, "org-a", "2025", NOW);
  }

  @Test
  void isValidForOneHourForItsOrganisationAndPeriod() {
    Tickets.Issued issued = aTicket();
    var ticket = new Tickets.Ticket("org-a", "2025", "key_a", NOW.plus(Duration.ofHours(1)));
    assertThat(issued.ticket()).isEqualTo(ticket);
    assertThat(tickets.find(issued.text(), NOW)).contains(ticket);
    assertThat(tickets.find(issued.text(), NOW.plus(Duration.ofHours(1)).minusSeconds(1))).contains(ticket);
    assertThat(tickets.find(issued.text(), NOW.plus(Duration.ofHours(1)))).isEmpty();
  }

  @Test
  void differsFromEveryOtherTicket() {
    assertThat(Stream.generate(this::aTicket).limit(100).map(Tickets.Issued::text)).doesNotHaveDuplicates()
        .allMatch(text -> text.matches("tkt_[A-Za-z0-9_-]{32}"));
  }

  @Test
  void storesOnlyHashOfTicket() throws Exception {
    String text = aTicket().text();
    String hash = HexFormat.of().formatHex(
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
    assertThat(records.note("ticket#" + hash, "ticket", NOW)).hasValueSatisfying(note ->
        assertThat(note.toString()).doesNotContain(text, text.substring(4)));
  }

  @Test
  void findsNothingForInvalidTicket() {
    String text = aTicket().text();
    String other = text.substring(0, 35) + (text.endsWith("A") ? "B" : "A");
    for (String wrong : List.of("", "tkt_", text.substring(0, 35), text + "A", text.toUpperCase(java.util.Locale.ROOT),
        text + "\n", other)) {
      assertThat(tickets.find(wrong, NOW)).as(wrong).isEmpty();
    }
  }
}
