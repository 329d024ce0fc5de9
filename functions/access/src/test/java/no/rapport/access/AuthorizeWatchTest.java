package no.rapport.access;

import static no.rapport.access.AccessFixtures.CLIENT;
import static no.rapport.access.AccessFixtures.NOON;
import static no.rapport.access.AccessFixtures.anAccessTable;
import static no.rapport.access.AccessFixtures.anOrder;
import static no.rapport.access.AccessFixtures.event;
import static no.rapport.access.AccessFixtures.issued;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.IamPolicyResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import no.rapport.api.Caller;
import no.rapport.api.Role;
import no.rapport.api.Tickets;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.Test;

class AuthorizeWatchTest {

  private final ApiKeys keys = new ApiKeys(CLIENT, anAccessTable());
  private final InMemoryRecords records = new InMemoryRecords();
  private final ApiKey holder = issued(keys, anOrder("holder", "org-1042")).key();
  private final Tickets.Issued ticket = issueTo(holder.id());

  private Tickets.Issued issueTo(String caller) {
    return new Tickets(records).issue(new Caller(caller, Role.ADMIN, Optional.empty()), "org-1042", "2024", NOON);
  }

  private IamPolicyResponse ask(Instant now, Map<String, String> headers, Map<String, String> query) {
    var request = event("authorize-watch", APIGatewayCustomAuthorizerEvent.class);
    request.setHeaders(headers);
    request.setQueryStringParameters(query);
    return new AuthorizeWatch(keys, records, InstantSource.fixed(now)).handleRequest(request, null);
  }

  private static Map<String, String> query(String organization, String period, String ticket) {
    var query = new HashMap<String, String>();
    query.put("organization_id", organization);
    query.put("period_id", period);
    query.put("ticket", ticket);
    query.values().removeIf(java.util.Objects::isNull);
    return query;
  }

  @Test
  void acceptsTicketForItsOrganisationPeriodAndMethodOnly() {
    var policy = ask(NOON, Map.of(), query("org-1042", "2024", ticket.text()));
    assertThat(policy.getContext()).isEqualTo(
        Map.of("caller", holder.id(), "role", "org", "organizations", "org-1042"));
    assertThat(AuthorizeRequestTest.resources(policy)).containsExactly("arn:aws:execute-api:eu-north-1:123456789012:"
        + "a1b2c3d4e5/prod/GET/api/v1/aggregated-report-data/watch");
    assertThatThrownBy(() -> ask(NOON, Map.of(), query("org-7", "2024", ticket.text())))
        .hasMessage("Unauthorized");
    assertThatThrownBy(() -> ask(NOON, Map.of(), query("org-1042", "2025", ticket.text())))
        .hasMessage("Unauthorized");
  }

  @Test
  void acceptsTicketWithoutParameters() {
    assertThat(ask(NOON, Map.of(), query(null, null, ticket.text())).getContext())
        .containsEntry("organizations", "org-1042");
  }

  @Test
  void rejectsExpiredAndUnknownTickets() {
    Instant end = NOON.plus(Duration.ofHours(1));
    assertThat(ticket.ticket().expires()).isEqualTo(end);
    assertThat(ask(end.minusSeconds(1), Map.of(), query("org-1042", "2024", ticket.text()))).isNotNull();
    assertThatThrownBy(() -> ask(end, Map.of(), query("org-1042", "2024", ticket.text())))
        .hasMessage("Unauthorized");
    for (String text : new String[] {null, "", "tkt_", "tkt_0123456789abcdefghijklmnopqrstuv", ticket.text() + "a"}) {
      assertThatThrownBy(() -> ask(NOON, Map.of(), query("org-1042", "2024", text))).hasMessage("Unauthorized");
    }
    assertThatThrownBy(() -> ask(NOON, null, null)).hasMessage("Unauthorized");
  }

  @Test
  void acceptsKeyAndIgnoresTicketBesideWrongKey() {
    ApiKeys.Issued issued = issued(keys, anOrder("oslo", "org-7"));
    assertThat(ask(NOON, Map.of("X-Api-Key", issued.text()), query("org-7", "2024", null)).getContext())
        .containsEntry("caller", issued.key().id()).containsEntry("organizations", "org-7");
    assertThatThrownBy(() -> ask(NOON, Map.of("x-api-key", "wrong"), query("org-1042", "2024", ticket.text())))
        .hasMessage("Unauthorized");
  }

  @Test
  void rejectsTicketOfRevokedOrUnknownKey() {
    Map<String, String> query = query("org-1042", "2024", ticket.text());
    assertThat(ask(NOON, Map.of(), query)).isNotNull();

    keys.revoke(holder.id(), NOON);

    assertThatThrownBy(() -> ask(NOON, Map.of(), query)).hasMessage("Unauthorized");
    assertThatThrownBy(() -> ask(NOON, Map.of(), query("org-1042", "2024", issueTo("key_unknown").text())))
        .hasMessage("Unauthorized");
  }

  @Test
  void rejectsTicketForOrganisationOutsideItsKey() {
    ApiKey other = issued(keys, anOrder("other", "org-7")).key();
    assertThatThrownBy(() -> ask(NOON, Map.of(), query("org-1042", "2024", issueTo(other.id()).text())))
        .hasMessage("Unauthorized");
  }

  @Test
  void acceptsTicketOfAnonymousCaller() {
    assertThat(ask(NOON, Map.of(), query("org-1042", "2024", issueTo(Caller.ANONYMOUS).text())).getContext())
        .containsEntry("organizations", "org-1042");
  }
}
