package no.rapport.api;

import static no.rapport.api.Calls.aGet;
import static no.rapport.api.Calls.aPost;
import static no.rapport.api.Calls.answer;
import static no.rapport.api.Calls.json;
import static no.rapport.api.Calls.members;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiTest {

  private static Reply done() {
    return Reply.ok(JsonNodeFactory.instance.objectNode().put("done", true));
  }

  @Test
  void answers500WithoutCauseAndLogsOnceWithoutMessage() {
    var log = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      var answer = answer(aPost("{}"), _ -> {
        throw new IllegalStateException("password 12345 of barn 01017012345");
      });
      assertThat(answer.getStatusCode()).isEqualTo(500);
      assertThat(answer.getBody()).doesNotContain("12345", "IllegalState");
      assertThat(members(json(answer))).containsExactly("type", "title", "status", "detail", "message", "request_id");
    } finally {
      System.setOut(before);
    }
    assertThat(log.toString(StandardCharsets.UTF_8).lines()).hasSize(1).first().asString()
        .contains("req-7", "java.lang.IllegalStateException").doesNotContain("12345");
  }

  @Test
  void answers401WithoutCompleteAuthorizerContext() {
    for (Map<String, Object> authorizer : java.util.Arrays.<Map<String, Object>>asList(null, Map.of(),
        Map.<String, Object>of("caller", "k"),
        Map.<String, Object>of("caller", "k", "role", "org"), Map.<String, Object>of("caller", "k", "role", "root",
            "organizations", "*"), Map.<String, Object>of("role", "org", "organizations", "*"),
        Map.<String, Object>of("caller", "k", "role", "org", "organizations", ""))) {
      var event = aGet(Map.of());
      event.getRequestContext().setAuthorizer(authorizer);
      var answer = answer(event, _ -> done());
      assertThat(answer.getStatusCode()).isEqualTo(401);
      assertThat(answer.getBody()).isEmpty();
    }
    assertThat(answer(aGet(Map.of()).withRequestContext(null), _ -> done()).getStatusCode()).isEqualTo(401);
  }

  @Test
  void readsOrganisationsAndRoleOfCaller() {
    var event = aGet(Map.of());
    event.getRequestContext().setAuthorizer(Calls.authorizer("key_x", "worker", "org-a,org-a,org-b"));
    answer(event, request -> {
      assertThat(request.caller().id()).isEqualTo("key_x");
      assertThat(request.caller().maySee("org-b")).isTrue();
      assertThat(request.caller().maySee("org-c")).isFalse();
      assertThat(request.caller().mayReportAsWorker()).isTrue();
      return done();
    });
    event.getRequestContext().setAuthorizer(Calls.authorizer("key_x", "org", "org-a"));
    answer(event, request -> {
      assertThat(request.caller().mayReportAsWorker()).isFalse();
      return done();
    });
    event.getRequestContext().setAuthorizer(Calls.authorizer("key_x", "admin", "*"));
    assertThat(answer(event, request -> request.caller().maySee("any") ? done() : Reply.notFound()).getStatusCode())
        .isEqualTo(200);
  }

  @Test
  void honoursIfMatch() {
    for (var expected : Map.of("\"3\"", 200, "\"2\"", 412, "*", 200, "\"1\", \"3\"", 200, "W/\"3\"", 412,
        "\"1\",\"2\"", 412, "3", 400, "\"3", 400, "", 400, "\"3\";", 400).entrySet()) {
      var event = aPost("{}").withHeaders(new HashMap<>(Map.of("if-match", expected.getKey())));
      assertThat(answer(event, request -> request.matches(3) ? done().etag(4) : Reply.preconditionFailed())
          .getStatusCode()).as(expected.getKey()).isEqualTo(expected.getValue());
    }
    assertThat(answer(aPost("{}"), request -> request.matches(3) ? done().etag(4) : Reply.preconditionFailed())
        .getHeaders()).containsEntry("ETag", "\"4\"");
  }

  @Test
  void prefixesLocationsWithStageOnExecuteApiDomainOnly() {
    var event = aGet(Map.of());
    event.getRequestContext().setStage("prod");
    assertThat(answer(event, _ -> Reply.moved("/api/v1/x")).getHeaders()).containsEntry("Location", "/api/v1/x");
    event.getRequestContext().setDomainName("api.example.no");
    assertThat(answer(event, _ -> Reply.moved("/api/v1/x")).getHeaders()).containsEntry("Location", "/api/v1/x");
    event.getRequestContext().setDomainName("abc.execute-api.eu-north-1.amazonaws.com");
    assertThat(answer(event, _ -> Reply.moved("/api/v1/x")).getHeaders()).containsEntry("Location", "/prod/api/v1/x");
    assertThat(answer(event, _ -> Reply.found(java.net.URI.create("https://s3.example/x"))).getHeaders())
        .containsEntry("Location", "https://s3.example/x");
  }

  @Test
  void answersNotFoundWithExactBodyAndForbidsCaching() {
    var answer = answer(aGet(Map.of()), _ -> Reply.notFound());
    assertThat(answer.getBody()).isEqualTo("{\"message\":\"Not Found\"}");
    assertThat(answer.getHeaders()).containsEntry("Content-Type", "application/json")
        .containsEntry("Cache-Control", "no-store").containsEntry("X-Content-Type-Options", "nosniff");
  }

  @Test
  void replacesMalformedPathIdByIdThatMatchesNothing() {
    for (String id : new String[] {"../x", "", "a b", "a".repeat(65), "å", null}) {
      var parameters = new HashMap<String, String>();
      parameters.put("id", id);
      answer(aGet(Map.of()).withPathParameters(parameters), request -> {
        assertThat(request.pathId("id")).isEqualTo("-");
        return done();
      });
    }
    answer(aGet(Map.of()), request -> {
      assertThat(request.pathId("id")).isEqualTo("-");
      return done();
    });
  }

  @Test
  void namesDownloadsSafely() {
    assertThat(DownloadLinks.disposition("Rapport 2025.xlsx")).isEqualTo("attachment; filename=\"Rapport 2025.xlsx\"");
    assertThat(DownloadLinks.disposition("Årsrapport čđ.pdf"))
        .isEqualTo("attachment; filename=\"_rsrapport __.pdf\"; filename*=UTF-8''%C3%85rsrapport%20%C4%8D%C4%91.pdf");
    for (String name : new String[] {"a\r\nSet-Cookie: x.csv", "a\";x=\".csv", "../../etc/passwd", "C:\\a.csv", "",
        "...", "gpj.\u202Ecsv", "a\u0000.csv", "a%0d%0a.csv", "\ud800.csv", "x".repeat(500) + ".xlsx", " .csv"}) {
      String disposition = DownloadLinks.disposition(name);
      assertThat(disposition).as(name).matches(
          "attachment; filename=\"[\\x20-\\x7e&&[^\"\\\\/%]]+\"(; filename\\*=UTF-8''"
          + "[A-Za-z0-9%._~-]+)?").hasSizeLessThan(800).doesNotContain("..").doesNotContain("%2E%2E");
    }
    assertThat(DownloadLinks.disposition("x".repeat(500) + ".xlsx")).endsWith(".xlsx\"");
  }
}
