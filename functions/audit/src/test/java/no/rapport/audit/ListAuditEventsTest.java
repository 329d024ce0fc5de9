package no.rapport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.records.Change;
import no.rapport.records.Entry;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.Test;

class ListAuditEventsTest {

  private final InMemoryRecords records = new InMemoryRecords();
  private final ListAuditEvents list = new ListAuditEvents(records, Clock.systemUTC());

  private static APIGatewayProxyRequestEvent aRequest(String caller, String organizations, Map<String, String> query) {
    var context = new APIGatewayProxyRequestEvent.ProxyRequestContext().withRequestId("req-1");
    context.setAuthorizer(Map.of("caller", caller, "role", "org", "organizations", organizations));
    var parameters = new HashMap<String, List<String>>();
    query.forEach((name, value) -> parameters.put(name, List.of(value)));
    return new APIGatewayProxyRequestEvent().withHttpMethod("GET").withPath("/api/v1/audit-events")
        .withRequestContext(context).withMultiValueQueryStringParameters(parameters).withHeaders(new HashMap<>());
  }

  private APIGatewayProxyResponseEvent ask(String organizations, Map<String, String> query) {
    return list.handleRequest(aRequest("key_a", organizations, query), null);
  }

  private static JsonNode json(APIGatewayProxyResponseEvent response) throws Exception {
    return new ObjectMapper().readTree(response.getBody());
  }

  private void create(String orgId, String id, String actingUser) {
    var request = aRequest("key_a", orgId, Map.of());
    if (actingUser != null) {
      request.getHeaders().put("x-acting-user", actingUser);
    }
    Api.answer(request, null, r -> {
      records.commit(new Change.Create(Entry.first("things", orgId, id, r.now(), "pending", Map.of(), "{}")));
      return Reply.notFound();
    });
  }

  @Test
  void listsEventsOldestFirstAndContinuesFromCursor() throws Exception {
    create("org-a", "t1", "Kari Nordmann");
    create("org-b", "t9", null);
    create("org-a", "t2", null);

    JsonNode first = json(ask("org-a", Map.of("limit", "1")));
    JsonNode second = json(ask("org-a,org-b",
        Map.of("org_id", "org-a", "after", first.at("/pagination/next_cursor").asText())));
    JsonNode third = json(ask("*",
        Map.of("org_id", "org-a", "after", second.at("/pagination/next_cursor").asText())));

    JsonNode event = first.at("/data/0");
    assertThat(event.properties().stream().map(Map.Entry::getKey)).containsExactly("event_id", "at", "action",
        "resource", "caller", "acting_user", "org_id", "details");
    assertThat(event.path("action").asText()).isEqualTo("created");
    assertThat(event.path("resource").asText()).isEqualTo("things/t1");
    assertThat(event.path("acting_user").asText()).isEqualTo("Kari Nordmann");
    assertThat(event.path("at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    assertThat(second.path("data")).singleElement().satisfies(e -> {
      assertThat(e.path("resource").asText()).isEqualTo("things/t2");
      assertThat(e.path("acting_user").isNull()).isTrue();
    });
    assertThat(third.path("data")).isEmpty();
    assertThat(third.at("/pagination/next_cursor").isTextual()).isTrue();
  }

  @Test
  void hidesOtherOrganisationsAndRejectsInvalidParameters() {
    assertThat(ask("org-a", Map.of("org_id", "org-b")).getStatusCode()).isEqualTo(404);
    assertThat(ask("org-a,org-b", Map.of()).getStatusCode()).isEqualTo(400);
    assertThat(ask("*", Map.of()).getStatusCode()).isEqualTo(400);
    for (var query : List.of(Map.of("limit", "0"), Map.of("limit", "101"), Map.of("page", "1"), Map.of("after", "x"),
        Map.of("org_id", "a b"))) {
      assertThat(ask("org-a", query).getStatusCode()).as("%s", query).isEqualTo(400);
    }
  }

  @Test
  void rejectsActingUserThatIsTooLongOrHoldsIdentityNumber() {
    for (String user : List.of("", " ", "a".repeat(65), "01017012345", "ola 010170 12345", "a\nb", "<b>")) {
      var request = aRequest("key_a", "org-a", Map.of());
      request.getHeaders().put("X-Acting-User", user);
      assertThat(list.handleRequest(request, null).getStatusCode()).as(user).isEqualTo(400);
    }
    for (String user : List.of("a", "kari@example.no", "Bjørn-Åge O. 7", "x".repeat(64))) {
      var request = aRequest("key_a", "org-a", Map.of());
      request.getHeaders().put("X-Acting-User", user);
      assertThat(list.handleRequest(request, null).getStatusCode()).as(user).isEqualTo(200);
    }
  }
}
