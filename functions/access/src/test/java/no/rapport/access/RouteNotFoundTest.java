package no.rapport.access;

import static no.rapport.access.AccessFixtures.event;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteNotFoundTest {

  private static APIGatewayProxyResponseEvent ask(String path, Map<String, List<String>> query) {
    var request = event("route-not-found", APIGatewayProxyRequestEvent.class);
    request.getRequestContext().setDomainName("api.rapport.example");
    request.setPath(path);
    request.setMultiValueQueryStringParameters(query);
    request.setQueryStringParameters(null);
    return new RouteNotFound().handleRequest(request, null);
  }

  @Test
  void redirectsDoubledPathToCanonicalPath() {
    for (String collection : List.of("report-records", "report-reexports", "bufdir-exports",
        "aggregated-report-data")) {
      for (String rest : List.of("", "/", "/rpt_001", "/watch", "/exp-20260325-a7f3bc91e0/cancel")) {
        String canonical = "/api/v1/" + collection + rest;
        var answer = ask("/api/v1/" + collection + canonical, null);
        assertThat(answer.getStatusCode()).isEqualTo(308);
        assertThat(answer.getHeaders()).containsEntry("Location", canonical).containsKey("x-request-id");
        assertThat(answer.getBody()).isEmpty();
      }
    }
  }

  @Test
  void keepsQueryWithAllValuesInOrder() {
    var query = new LinkedHashMap<String, List<String>>();
    query.put("status", List.of("a,b", "ø&="));
    query.put("page", List.of("1"));
    query.put("limit", List.of(""));
    assertThat(ask("/api/v1/report-records/api/v1/report-records", query).getHeaders())
        .containsEntry("Location", "/api/v1/report-records?status=a%2Cb&status=%C3%B8%26%3D&page=1&limit=");
  }

  @Test
  void keepsQueryFromSingleValueParameters() {
    var request = event("route-not-found", APIGatewayProxyRequestEvent.class);
    request.setMultiValueQueryStringParameters(null);
    request.setQueryStringParameters(Map.of("limit", "5"));
    assertThat(new RouteNotFound().handleRequest(request, null).getHeaders().get("Location")).endsWith("?limit=5");
  }

  @Test
  void prefixesLocationWithStageOnExecuteApiDomain() {
    var answer = new RouteNotFound().handleRequest(event("route-not-found", APIGatewayProxyRequestEvent.class), null);
    assertThat(answer.getHeaders())
        .containsEntry("Location", "/prod/api/v1/report-records/rpt_001?trace=a%20b");
  }

  @Test
  void encodesHeaderBreaksInLocation() {
    var answer = ask("/api/v1/report-records/api/v1/report-records/x\r\nSet-Cookie: a=b/%0d%0aq/+%2B/å", null);
    assertThat(answer.getHeaders().get("Location"))
        .isEqualTo("/api/v1/report-records/x%0D%0ASet-Cookie%3A%20a%3Db/%0D%0Aq/%2B%2B/%C3%A5");
  }

  @Test
  void answers404ToEveryOtherPath() {
    for (String path : List.of("/", "/api/v1/nothing", "/api/v1/exports/api/v1/exports",
        "/api/v1/report-records/api/v1/report-reexports", "/api/v1/report-recordsx/api/v1/report-recordsx",
        "/api/v1/report-records/api/v1/report-recordsx", "//evil.example/api/v1/report-records", "")) {
      var answer = ask(path, null);
      assertThat(answer.getStatusCode()).as(path).isEqualTo(404);
      assertThat(answer.getBody()).isEqualTo("{\"message\":\"Not Found\"}");
      assertThat(answer.getHeaders()).containsEntry("Content-Type", "application/json");
    }
    assertThat(ask(null, null).getStatusCode()).isEqualTo(404);
  }
}
