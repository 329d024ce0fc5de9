package no.rapport.api;

import static no.rapport.api.Calls.aGet;
import static no.rapport.api.Calls.answer;
import static no.rapport.api.Calls.json;
import static no.rapport.api.Calls.pointers;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import no.rapport.records.Change;
import no.rapport.records.Entry;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListQueryTest {

  private final InMemoryRecords records = new InMemoryRecords();

  @BeforeEach
  void store() {
    for (int i = 0; i < 30; i++) {
      records.commit(new Change.Create(Entry.first("things", List.of("org-a", "org-b", "org-c").get(i % 3),
          "t_%02d".formatted(i), Instant.parse("2026-01-01T22:30:00Z").plusSeconds(i * 3600L),
          i % 2 == 0 ? "pending" : "completed", Map.of("format", i % 5 == 0 ? "pdf" : "csv", "period_from",
              "2025-01-01", "period_to", "2025-%02d-28".formatted(i % 12 + 1)), "{}")));
    }
  }

  private APIGatewayProxyResponseEvent list(String... pairs) {
    var query = new LinkedHashMap<String, List<String>>();
    for (int i = 0; i < pairs.length; i += 2) {
      query.computeIfAbsent(pairs[i], _ -> new ArrayList<>()).add(pairs[i + 1]);
    }
    return answer(aGet(query), request -> request.list("format").answer(records, "things", request.caller(), "org_id",
        "data", entry -> JsonNodeFactory.instance.objectNode().put("id", entry.id())));
  }

  private static List<String> ids(APIGatewayProxyResponseEvent answer) {
    return json(answer).get("data").findValuesAsText("id");
  }

  private static int total(APIGatewayProxyResponseEvent answer) {
    assertThat(answer.getStatusCode()).as(answer.getBody()).isEqualTo(200);
    return json(answer).at("/pagination/total").asInt();
  }

  @Test
  void listsOnlyResourcesOfTheCallersOrganisations() {
    assertThat(total(list())).isEqualTo(20);
    assertThat(ids(list("limit", "3"))).containsExactly("t_28", "t_27", "t_25");
    assertThat(total(list("org_id", "org-a"))).isEqualTo(10);
    assertThat(list("org_id", "org-c").getBody()).isEqualTo(list("org_id", "org-nobody").getBody())
        .isEqualTo("{\"data\":[],\"pagination\":{\"page\":1,\"limit\":20,\"total\":0}}");
    assertThat(total(list("org_id", "org-a,org-c"))).isEqualTo(10);
  }

  @Test
  void filtersAndPages() {
    assertThat(total(list("status", "pending"))).isEqualTo(10);
    assertThat(total(list("status", "pending,completed"))).isEqualTo(20);
    assertThat(total(list("status", "unheard_of"))).isZero();
    assertThat(total(list("format", "pdf"))).isEqualTo(4);
    assertThat(total(list("period_from", "2025-01-01", "period_to", "2025-06-30"))).isEqualTo(12);
    assertThat(total(list("period_from", "2025-01-02"))).isZero();
    assertThat(ids(list("page", "2", "limit", "2"))).containsExactly("t_25", "t_24");
    assertThat(ids(list("page", "1000000", "limit", "100"))).isEmpty();
    assertThat(total(list("page", "1000000", "limit", "100"))).isEqualTo(20);
  }

  @Test
  void filtersCreationByInclusiveOsloDayOrUtcTime() {
    assertThat(ids(list("created_from", "2026-01-01T22:30:00Z", "created_to", "2026-01-01T23:30:00Z")))
        .containsExactly("t_01", "t_00");
    assertThat(ids(list("created_to", "2026-01-01"))).containsExactly("t_00");
    assertThat(ids(list("created_from", "2026-01-02", "created_to", "2026-01-02", "limit", "100"))).hasSize(16)
        .contains("t_01").doesNotContain("t_00", "t_25");
    assertThat(total(list("created_to", "9999-12-31T23:59:59Z"))).isEqualTo(20);
    assertThat(total(list("created_from", "0000-01-01", "created_to", "9999-12-31"))).isEqualTo(20);
  }

  @Test
  void pagesByCursorToTheEnd() {
    var walked = new ArrayList<String>();
    String cursor = "";
    while (cursor != null) {
      var page = list("cursor", cursor, "limit", "7");
      assertThat(total(page)).isEqualTo(20);
      walked.addAll(ids(page));
      assertThat(json(page).get("pagination").has("next_cursor")).isTrue();
      cursor = json(page).at("/pagination/next_cursor").textValue();
    }
    assertThat(walked).hasSize(20).doesNotHaveDuplicates();
    assertThat(json(list()).get("pagination").has("next_cursor")).isFalse();
  }

  @Test
  void rejectsAllUnknownAndMalformedParametersAtOnce() {
    var answer = list("page", "0", "limit", "101", "created_from", "yesterday", "period_to", "2025-02-30", "status",
        "a b", "organization_id", "org-a", "sort", "asc", "format", "");
    assertThat(answer.getStatusCode()).isEqualTo(400);
    assertThat(pointers(answer)).containsExactlyInAnyOrder("?page", "?limit", "?created_from", "?period_to", "?status",
        "?organization_id", "?sort", "?format");
    for (String[] pairs : new String[][] {{"page", ""}, {"page", "-1"}, {"page", "1.0"}, {"page", "9999999999"},
        {"limit", "0"}, {"limit", "２０"}, {"page", "1", "page", "2"}, {"cursor", "x"}, {"cursor", "", "page", "1"},
        {"status", ","}, {"status", "a,"}, {"created_from", "+99999-01-01"}, {"created_to", "+999999999-12-31"},
        {"created_to", "2026-1-1"}, {"period_from", "-0001-01-01"}, {"org_id", "a/b"}, {"org_id", ""},
        {"created_from", "2026-01-01T00:00:00+01:00"}, {"%00", "1"}, {"", ""}, {"status", "a,".repeat(50) + "a"}}) {
      assertThat(list(pairs).getStatusCode()).as(String.join("=", pairs)).isEqualTo(400);
    }
  }

  @Test
  void rejectsMoreThanAHundredPairsOfOrganisationAndStatus() {
    var fifty = IntStream.range(0, 50).mapToObj(i -> "org-" + i).collect(Collectors.joining(","));
    for (var expected : Map.of("a", 200, "a,b", 200, "a,b,c", 400).entrySet()) {
      var event = aGet(Map.of("status", List.of(expected.getKey())));
      event.getRequestContext().setAuthorizer(Calls.authorizer("key", "org", fifty));
      var answer = answer(event, request -> request.list().answer(records, "things", request.caller(), "org_id", "data",
          _ -> JsonNodeFactory.instance.objectNode()));
      assertThat(answer.getStatusCode()).as(expected.getKey()).isEqualTo(expected.getValue());
    }
  }

  @Test
  void rejectsParametersOfEndpointWithoutParameters() {
    var answer = answer(aGet(Map.of("page", List.of("1"))),
        request -> Reply.moved(request.requireNoQueryParameters().path()));
    assertThat(answer.getStatusCode()).isEqualTo(400);
    assertThat(pointers(answer)).containsExactly("?page");
  }
}
