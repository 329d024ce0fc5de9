package no.rapport.api;

import static no.rapport.api.Calls.aPost;
import static no.rapport.api.Calls.answer;
import static no.rapport.api.Calls.json;
import static no.rapport.api.Calls.members;
import static no.rapport.api.Calls.pointers;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BodyTest {

  /// Reads one member of every kind and echoes what it read.
  static Reply everyKind(Request request) {
    return request.body(body -> {
      var echo = JsonNodeFactory.instance.objectNode();
      body.text("text", 10).ifPresent(value -> echo.put("text", value));
      body.id("id").ifPresent(value -> echo.put("id", value));
      body.matching("matching", Pattern.compile("[a-z]+"), "must be letters").ifPresent(v -> echo.put("matching", v));
      body.word("word", word -> Optional.of(word).filter("yes"::equals), "must be yes")
          .ifPresent(value -> echo.put("word", value));
      body.words("words", Pattern.compile("[a-z]+"), 3, "must be letters").forEach(echo.withArray("words")::add);
      body.date("date").ifPresent(value -> echo.put("date", value.toString()));
      body.instant("instant").ifPresent(value -> echo.put("instant", value.toString()));
      body.bool("bool").ifPresent(value -> echo.put("bool", value));
      body.integer("integer", 0, 1L << 53).ifPresent(value -> echo.put("integer", value));
      body.object("inner").ifPresent(inner -> inner.text("text", 3).ifPresent(v -> echo.put("inner_text", v)));
      return Reply.ok(echo);
    });
  }

  private static APIGatewayProxyResponseEvent send(String body) {
    return answer(aPost(body), BodyTest::everyKind);
  }

  private static void assertProblem(APIGatewayProxyResponseEvent answer, int status) {
    assertThat(answer.getStatusCode()).as(answer.getBody()).isEqualTo(status);
    assertThat(answer.getHeaders()).containsEntry("Content-Type", "application/problem+json")
        .containsEntry("x-request-id", "req-7");
    assertThat(json(answer).get("status").asInt()).isEqualTo(status);
    assertThat(json(answer).get("message")).isEqualTo(json(answer).get("detail"));
    assertThat(json(answer).get("request_id").asText()).isEqualTo("req-7");
  }

  @Test
  void readsEveryKindOfMember() {
    var answer = send("""
        {"text": "æøå", "id": "org-1", "matching": "abc", "word": "yes", "words": ["a", "b"], "date": "2024-02-29",
         "instant": "2026-03-26T09:12:00.9Z", "bool": true, "integer": 9007199254740992, "inner": {"text": "x"}}""");
    assertThat(answer.getStatusCode()).isEqualTo(200);
    assertThat(answer.getBody()).isEqualTo("{\"text\":\"æøå\",\"id\":\"org-1\",\"matching\":\"abc\",\"word\":\"yes\","
        + "\"words\":[\"a\",\"b\"],\"date\":\"2024-02-29\",\"instant\":\"2026-03-26T09:12:00Z\",\"bool\":true,"
        + "\"integer\":9007199254740992,\"inner_text\":\"x\"}");
    assertThat(send("{}").getStatusCode()).isEqualTo(200);
    assertThat(send("{\"text\": null, \"words\": null, \"inner\": null}").getStatusCode()).isEqualTo(200);
  }

  @Test
  void reportsAllWrongMembersInOneProblem() {
    var answer = send("""
        {"text": "", "id": "a/b", "matching": "A", "word": 1, "words": ["a", 2, "C"], "date": "2025-02-29",
         "instant": "2026-03-26T09:12:00+01:00", "bool": "true", "integer": 1.5, "inner": {"text": 1, "q": 2},
         "surprise": {}, "a/b~c": 1}""");
    assertProblem(answer, 422);
    assertThat(pointers(answer)).containsExactlyInAnyOrder("/text", "/id", "/matching", "/word", "/words/1", "/words/2",
        "/date", "/instant", "/bool", "/integer", "/inner/text", "/inner/q", "/surprise", "/a~1b~0c");
    assertThat(members(json(answer))).containsExactly("type", "title", "status", "detail", "message", "request_id",
        "errors");
    assertThat(json(answer).get("detail").asText()).isEqualTo("14 fields are not valid");
  }

  @Test
  void reportsMissingMemberWhoseNameIsPrefixOfWrongMember() {
    var answer = answer(aPost("{\"period_to\": 5}"), request -> request.body(body -> {
      body.required("period_to", body.date("period_to"), null);
      body.required("period", body.text("period", 5), "");
      return Reply.ok(JsonNodeFactory.instance.objectNode());
    }));
    assertThat(pointers(answer)).containsExactlyInAnyOrder("/period_to", "/period");
  }

  @Test
  void rejectsValuesJustOutsideTheirBounds() {
    for (String body : List.of("{\"text\": \"12345678901\"}", "{\"id\": \"\"}", "{\"id\": \"" + "a".repeat(65) + "\"}",
        "{\"words\": [\"a\",\"b\",\"c\",\"d\"]}", "{\"words\": \"a\"}", "{\"integer\": -1}", "{\"integer\": 1.5}", "{\"integer\": 1e400}", "{\"integer\": 1e-400}",
        "{\"integer\": 9007199254740993}", "{\"integer\": 99999999999999999999999}", "{\"date\": \"+02025-1-1\"}",
        "{\"date\": \"20250101\"}", "{\"instant\": \"2026-13-01T00:00:00Z\"}", "{\"inner\": []}",
        "{\"instant\": \"2026-03-26\"}")) {
      assertProblem(send(body), 422);
    }
    assertThat(send("{\"text\": \"" + "𝔸".repeat(10).replace("\"", "") + "\"}").getStatusCode()).isEqualTo(200);
  }

  @Test
  void acceptsWholeNumbersInAnyNotation() {
    for (String number : List.of("8", "8.0", "8.000", "0.8e1", "8e0", "-0.0", "80e-1")) {
      assertThat(send("{\"integer\": " + number + "}").getStatusCode()).as(number).isEqualTo(200);
    }
  }

  @Test
  void ignoresByteOrderMarkInPlainAndBase64Body() {
    assertThat(send("\ufeff{\"text\": \"a\"}").getStatusCode()).isEqualTo(200);
    var binary = aPost(Base64.getEncoder().encodeToString("\ufeff{\"text\": \"a\"}".getBytes(
        StandardCharsets.UTF_8))).withIsBase64Encoded(true);
    assertThat(answer(binary, BodyTest::everyKind).getStatusCode()).isEqualTo(200);
  }

  @Test
  void rejectsCompressedBodyAndNamesAcceptedEncoding() {
    for (String encoding : List.of("gzip", "br", "GZIP", "identity, gzip")) {
      var event = aPost("{\"text\": \"a\"}");
      event.getHeaders().put("Content-Encoding", encoding);
      var refused = answer(event, BodyTest::everyKind);
      assertProblem(refused, 415);
      assertThat(refused.getHeaders()).containsEntry("Accept-Encoding", "identity");
    }
    var plain = aPost("{\"text\": \"a\"}");
    plain.getHeaders().put("content-encoding", "identity");
    assertThat(answer(plain, BodyTest::everyKind).getStatusCode()).isEqualTo(200);
  }

  @Test
  void reportsOnlyTheWrongEndOfDateRange() {
    var cases = Map.of(
        "{\"a\": \"2025-13-01\", \"b\": \"1960-01-01\"}", List.of("/a"),
        "{\"a\": 5, \"b\": \"2040-01-01\"}", List.of("/a"),
        "{\"a\": \"2025-01-01\", \"b\": \"x\"}", List.of("/b"),
        "{\"b\": \"2025-01-01\"}", List.of("/a"),
        "{}", List.of("/a", "/b"),
        "{\"a\": \"2025-01-02\", \"b\": \"2025-01-01\"}", List.of("/b"),
        "{\"a\": \"2020-01-01\", \"b\": \"2025-01-01\"}", List.of("/b"),
        "{\"a\": \"0000-01-01\", \"b\": \"9999-12-31\"}", List.of("/b"));
    cases.forEach((body, pointers) -> assertThat(pointers(range(body))).as(body).isEqualTo(pointers));
  }

  /// Five years from 29 February end on 28 February.
  @Test
  void acceptsFiveYearsFromAnyDay() {
    for (String[] ends : new String[][] {{"2020-02-29", "2025-02-28"}, {"2020-02-28", "2025-02-27"},
        {"2020-01-01", "2024-12-31"}, {"2023-03-01", "2028-02-29"}, {"2019-03-01", "2024-02-29"}}) {
      String last = LocalDate.parse(ends[1]).plusDays(1).toString();
      assertThat(range("{\"a\": \"" + ends[0] + "\", \"b\": \"" + ends[1] + "\"}").getStatusCode())
          .as(ends[0]).isEqualTo(200);
      assertThat(range("{\"a\": \"" + ends[0] + "\", \"b\": \"" + last + "\"}").getStatusCode())
          .as(ends[0]).isEqualTo(422);
    }
  }

  private static APIGatewayProxyResponseEvent range(String body) {
    return answer(aPost(body), request -> {
      request.body(b -> b.dateRange("a", "b", 5));
      return Reply.ok(JsonNodeFactory.instance.objectNode());
    });
  }

  @Test
  void rejectsBodyThatIsNotOneJsonObject() {
    for (String body : List.of("", " ", "[]", "1", "\"a\"", "null", "{", "{\"a\":}", "{} {}", "{}x", "{'a':1}",
        "{\"a\":NaN}", "{\"a\":01}", "{a:1}", "// c\n{}", "\ufeff\ufeff{}", "\ufeff", "{\"a\":\"\u0001\"}")) {
      assertProblem(send(body), 400);
    }
    assertProblem(answer(aPost(null), BodyTest::everyKind), 400);
  }

  @Test
  void rejectsDuplicateMembersDeepNestingLongStringsAndUnstorableText() {
    for (String body : List.of("{\"text\":\"a\",\"text\":\"b\"}", "{\"inner\":{\"text\":\"a\",\"text\":\"a\"}}",
        "{\"a\":" + "[".repeat(16) + "]".repeat(16) + "}", "{\"text\":\"" + "a".repeat(16 * 1024 + 1) + "\"}",
        "{\"" + "n".repeat(200) + "\":1}", "{\"integer\":" + "1".repeat(60) + "}", "{\"text\":\"a\\u0000b\"}",
        "{\"text\":\"\\ud800\"}", "{\"text\":\"\\udc00\\ud800\"}", "{\"\\udfff\":1}", "{\"a\":[{\"b\":\"\\u0000\"}]}",
        "{\"text\":\"\ud800\"}", "{\"text\":\"\ufffd\"}", "{\"\\ufffd\":1}")) {
      assertProblem(send(body), 400);
    }
    assertThat(pointers(send("{\"a\":" + "[".repeat(15) + "]".repeat(15) + "}"))).containsExactly("/a");
  }

  @Test
  void rejectsPlainAndBase64BodyOverMaxBytes() {
    String fits = "{\"a\":\"" + "å".repeat(8_000) + "\"}";
    String padding = " ".repeat(Request.MAX_BODY_BYTES - fits.getBytes(StandardCharsets.UTF_8).length);
    assertProblem(send(fits + padding), 422);
    assertProblem(send(fits + padding + " "), 413);
    var encoded = aPost(Base64.getEncoder().encodeToString((fits + padding + " ").getBytes(StandardCharsets.UTF_8)))
        .withIsBase64Encoded(true);
    assertProblem(answer(encoded, BodyTest::everyKind), 413);
  }

  @Test
  void readsBase64BodyAndRejectsInvalidText() {
    var good = aPost(Base64.getEncoder().encodeToString("{\"text\":\"å\"}".getBytes(StandardCharsets.UTF_8)))
        .withIsBase64Encoded(true);
    assertThat(answer(good, BodyTest::everyKind).getBody()).contains("\"text\":\"å\"");
    for (String body : List.of("***", Base64.getEncoder().encodeToString(new byte[] {'{', (byte) 0xff, '}'}))) {
      assertProblem(answer(aPost(body).withIsBase64Encoded(true), BodyTest::everyKind), 400);
    }
  }

  @Test
  void rejectsOtherMediaTypes() {
    for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json", "")) {
      var event = aPost("{}");
      event.setHeaders(new HashMap<>(Map.of("content-type", type)));
      assertProblem(answer(event, BodyTest::everyKind), 415);
    }
    assertProblem(answer(aPost("{}").withHeaders(null), BodyTest::everyKind), 415);
    for (String type : List.of("application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json")) {
      var event = aPost("{}");
      event.setHeaders(new HashMap<>(Map.of("CONTENT-TYPE", type)));
      assertThat(answer(event, BodyTest::everyKind).getStatusCode()).isEqualTo(200);
    }
  }

  @Test
  void rejectsIdentityNumbersInFreeTextAndAcceptsUuids() {
    for (String number : List.of("01019012345", "ola 010190 12345", "010190-12345", "2-2-2-5: 01/01/90/12345")) {
      var answer = answer(aPost("{\"reason\": \"" + number + "\", \"by\": \"01019012345\", \"types\": [\"a\","
          + " \"x_01019012345\"], \"id\": \"org_01019012345\"}"), BodyTest::freeTexts);
      assertProblem(answer, 422);
      assertThat(pointers(answer)).as(number).containsExactlyInAnyOrder("/reason", "/by", "/types/1");
      assertThat(answer.getBody()).doesNotContain("12345");
    }
    var answer = answer(aPost("{\"reason\": \"from 01019012-3456-4789-8012-201901234567\", \"by\": "
        + "\"01019012-3456-4789-8012-201901234567\", \"types\": [\"a\"], \"id\": \"exp-20260301-0000000001\"}"),
        BodyTest::freeTexts);
    assertThat(answer.getStatusCode()).isEqualTo(200);
  }

  @Test
  void masksIdentityNumbersInNamesOfUnknownMembers() {
    var answer = answer(aPost("{\"types\": [\"a\"], \"22055340882\": 1}"), BodyTest::freeTexts);
    assertProblem(answer, 422);
    assertThat(pointers(answer)).containsExactly("/***********");
  }

  private static Reply freeTexts(Request request) {
    return request.body(body -> {
      body.text("reason", 100);
      body.personId("by");
      body.words("types", Pattern.compile("[a-z0-9_]+"), 3, "must be a code");
      body.id("id");
      return Reply.ok(JsonNodeFactory.instance.objectNode());
    });
  }

  @Test
  void rejectsActingUserThatHoldsIdentityNumberInAnySpelling() {
    for (String user : List.of("01019012345", "ola 010190 12345", "010190-12345", "01.01.90.12345",
        "٠١٠١٩٠١٢٣٤٥", "2019_123456_01")) {
      var event = aPost("{}");
      event.getHeaders().put("X-Acting-User", user);
      var answer = answer(event, BodyTest::actingUser);
      assertProblem(answer, 400);
      assertThat(answer.getBody()).as(user).doesNotContain("123", "٣٤٥");
    }
    for (String user : List.of("kari@example.no", "01019012-3456-4789-8012-201901234567")) {
      var event = aPost("{}");
      event.getHeaders().put("X-Acting-User", user);
      assertThat(answer(event, BodyTest::actingUser).getStatusCode()).as(user).isEqualTo(200);
    }
  }

  private static Reply actingUser(Request request) {
    return Reply.ok(JsonNodeFactory.instance.objectNode().put("user", request.actingUser().orElseThrow()));
  }

  @Test
  void quotesNoValueInAProblem() {
    String secret = "01017012345";
    for (String body : List.of("{\"text\":\"" + secret + "0\"}", "{\"date\":\"" + secret + "\"}", "{\"a\":" + secret,
        "{\"text\": " + secret + "}")) {
      assertThat(send(body).getBody()).doesNotContain(secret);
    }
  }
}
