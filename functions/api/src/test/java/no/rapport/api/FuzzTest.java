package no.rapport.api;

import static no.rapport.api.Calls.aGet;
import static no.rapport.api.Calls.aPost;
import static no.rapport.api.Calls.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sends mutated requests, generated from seeds. Every request gets an answer, and never with 5xx. A failure names its
/// seed.
class FuzzTest {

  private static final int ROUNDS = 20_000;
  private static final List<String> PIECES = List.of("{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud83d",
      "null", "true", "-", "1e999999999", "0.1", "99999999999999999999", "\u0000", "\uFFFF", "\uD800", "å", " ", "\n",
      "\"text\"", "\"id\"", "\"inner\":{", "\"2025-01-01\"", "/*", "'", "\u202e", "%00", "..", "[[[[[[[[[[[[[[[[[[");
  private static final List<String> NAMES = List.of("page", "limit", "cursor", "org_id", "status", "created_from",
      "created_to", "period_from", "period_to", "format", "surprise", "", "organization_id");
  private static final List<String> VALUES = List.of("1", "0", "-1", "100", "2025-01-01", "9999-12-31",
      "2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0000-01-01", "a,b", ",", "*", "",
      "MjAyNi0wMS0wMVQwMDowMDowMFojYQ");
  private static final String GOOD = """
      {"text": "abc", "id": "org-1", "matching": "abc", "word": "yes", "words": ["a", "b"], "date": "2024-02-29",
       "instant": "2026-03-26T09:12:00Z", "bool": true, "integer": 12, "inner": {"text": "x"}}""";

  private static String mutated(String text, Random random) {
    var mutated = new StringBuilder(text);
    for (int i = random.nextInt(6); i >= 0; i--) {
      int at = random.nextInt(mutated.length() + 1);
      switch (random.nextInt(4)) {
        case 0 -> mutated.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 1 -> mutated.delete(at, Math.min(mutated.length(), at + random.nextInt(8)));
        case 2 -> mutated.insert(at, (char) random.nextInt(0x10000));
        default -> {
          int end = Math.min(mutated.length(), at + random.nextInt(30));
          mutated.insert(at, mutated.substring(at, end));
        }
      }
    }
    return mutated.toString();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void survivesAnyBody(long seed) {
    var random = new Random(seed);
    var idempotency = new Idempotency(new InMemoryRecords(), Clock.systemUTC());
    for (int i = 0; i < ROUNDS; i++) {
      String body = mutated(GOOD, random);
      var event = aPost(body).withIsBase64Encoded(random.nextInt(20) == 0);
      if (random.nextInt(10) == 0) {
        event.getHeaders().put("Content-Type", mutated("application/json", random));
      }
      if (random.nextInt(3) == 0) {
        event.getHeaders().put("Idempotency-Key", random.nextBoolean() ? "key-" + random.nextInt(50)
            : mutated("key", random));
      }
      var answer = Api.answer(event, null, idempotency, BodyTest::everyKind);
      assertThat(answer.getStatusCode()).as("seed %d, round %d: %s", seed, i, body)
          .isIn(200, 400, 409, 413, 415, 422);
      json(answer);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void survivesAnyQueryHeaderAndPath(long seed) {
    var random = new Random(seed);
    var records = new InMemoryRecords();
    for (int i = 0; i < ROUNDS; i++) {
      var query = new HashMap<String, List<String>>();
      for (int p = random.nextInt(4); p >= 0; p--) {
        String value = VALUES.get(random.nextInt(VALUES.size()));
        String name = NAMES.get(random.nextInt(NAMES.size()));
        query.put(random.nextInt(8) == 0 ? mutated(name, random) : name,
            random.nextInt(8) == 0 ? List.of(value, value) : List.of(random.nextBoolean() ? value
                : mutated(value, random)));
      }
      var event = aGet(query);
      event.setHeaders(new HashMap<>(Map.of("If-Match", mutated("\"1\", W/\"2\"", random))));
      event.setPathParameters(Map.of("id", mutated("rpt_001", random)));
      var answer = Api.answer(event, null, request -> {
        request.pathId("id");
        if (!request.matches(1)) {
          return Reply.preconditionFailed();
        }
        return request.list("format").answer(records, "things", request.caller(), "org_id", "data",
            _ -> JsonNodeFactory.instance.objectNode());
      });
      assertThat(answer.getStatusCode()).as("seed %d, round %d: %s", seed, i, query).isIn(200, 400, 412);
      json(answer);
    }
  }
}
