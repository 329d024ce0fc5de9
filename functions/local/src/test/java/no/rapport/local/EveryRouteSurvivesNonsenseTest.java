package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import no.rapport.api.Role;
import no.rapport.emulator.Replay;
import org.junit.jupiter.api.Test;

/// Sends mutated requests to every route over HTTP. No answer may be a server error.
///
/// `-Drapport.nonsense.requests=<n>` sets the number of requests for each route, `-Drapport.nonsense.seed=<s>` the
/// seed.
class EveryRouteSurvivesNonsenseTest {

  private static final String ORG = "org-nonsense";
  private static final String PERIOD = "\"period_from\": \"2025-01-01\", \"period_to\": \"2025-12-31\"";
  private static final Map<String, String> BODIES = new HashMap<>(Map.of(
      "CreateReportRecord", "{\"org_id\": \"" + ORG + "\", \"report_type\": \"annual_summary\", " + PERIOD
          + ", \"status\": \"pending\", \"file_ref\": null, \"generated_by\": \"user_1\"}",
      "UpdateReportRecord", "{\"file_ref\": \"reports/" + ORG + "/2025/a.xlsx\", \"file_size_bytes\": 3187, "
          + "\"status\": \"completed\", \"generated_at\": \"2026-03-26T12:45:00Z\"}",
      "CreateReportReexport", "{\"report_id\": \"rpt_1\", \"export_params\": {\"format\": \"xlsx\", \"include_annexes\": "
          + "true, \"locale\": \"nb-NO\"}, \"notify_on_completion\": true}",
      "UpdateReportReexport", "{\"status\": \"completed\", \"output_file_size_bytes\": 1, \"notified\": true}",
      "CreateBufdirExport", "{\"org_id\": \"" + ORG + "\", \"format\": \"csv\", " + PERIOD
          + ", \"activity_types\": [\"course\", \"lecture\"], \"include_attachments\": false}",
      "CancelBufdirExport", "{\"reason\": \"Feil periode\"}",
      "CreateAggregatedReportData", "{\"organization_id\": \"" + ORG + "\", \"period_id\": \"2024\", "
          + "\"force_reaggregate\": false}",
      "UpdateAggregatedReportData", "{\"invalidate_cache\": true, \"reason\": \"Nye tall\"}",
      "CreateWatchTicket", "{\"organization_id\": \"" + ORG + "\", \"period_id\": \"2024\"}",
      "CreateExport", "{\"org_id\": \"" + ORG + "\", \"name\": \"Årlig\", \"format\": \"csv\", " + PERIOD + "}"));
  private static final String IMPORT =
      "{\"org_id\": \"" + ORG + "\", \"kind\": \"cases\", \"file_name\": \"a.csv\", \"size_bytes\": 10}";

  static {
    BODIES.put("CreateImport", IMPORT);
  }

  private static final List<String> VALUES = List.of("null", "true", "-1", "1e999", "1e-999999999",
      "99999999999999999999999999", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"😀\"", "[]", "{}", "[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]",
      "\"2025-02-30\"", "\"-999999999-01-01\"", "\"9999-12-31T23:59:59.999999999Z\"", "\"../../x\"", "\"" + "a".repeat(20_000) + "\"");
  private static final List<String> QUERIES = List.of("", "?page=0", "?page=1000001", "?limit=101", "?cursor=%00", "?cursor=AAAA",
      "?cursor=&page=1", "?status=%F0%9F%98%80", "?created_from=-999999999-01-01", "?created_to=%2B999999999-12-31",
      "?period_from=2025", "?x", "?=", "?a=b&a=c", "?org_id=a&org_id=b", "?limit=1e1", "?status=" + "a,".repeat(60), "?%", "?period_to=%FF");

  @Test
  void answersNoRequestWithAServerError() {
    LocalRapport rapport = LocalRapport.shared();
    int requests = Integer.getInteger("rapport.nonsense.requests", 30);
    long seed = Long.getLong("rapport.nonsense.seed", 20261123L);
    var random = new Random(seed);
    Client client = new Client(rapport, rapport.baseUrl(),
        Map.of("x-api-key", Keys.issue(rapport, Role.ADMIN, Optional.of(ORG))));
    var statuses = new TreeMap<Integer, Integer>();
    for (var operation : OpenApi.description().operations()) {
      Map<String, String> real = things(client);
      for (int i = 0; i < requests; i++) {
        String body = BODIES.containsKey(operation.id()) ? mutated(BODIES.get(operation.id()), random) : null;
        String id = random.nextInt(3) == 0 ? "1" : Long.toString(random.nextLong() >>> random.nextInt(64), 36);
        String query = random.nextInt(3) > 0 ? ""
            : QUERIES.get(random.nextInt(QUERIES.size())).replace("?%", "?%25");
        String path = (random.nextInt(3) == 0 ? withRealIds(operation.path(), real)
            : operation.path().replaceAll("\\{[^}]+}", id)) + query;
        var more = random.nextInt(4) == 0 ? Map.of("If-Match", "\"" + random.nextInt(3) + "\"", "Idempotency-Key",
            "k" + random.nextInt(20)) : Map.<String, String>of();
        var answer = client.send(operation.method(), path, body, more);
        statuses.merge(answer.status(), 1, Integer::sum);
        assertThat(answer.status()).as("%s %s %s %s -> %s%nRepeat it with: %s", operation.method(), path, more, body,
            answer.body(), Replay.of(getClass(), "rapport.nonsense.seed=" + seed, "rapport.nonsense.requests=" + requests))
            .isLessThan(500);
      }
    }
    System.out.println("Answers by status: " + statuses);
    assertThat(statuses).as("both understood and refused").containsKeys(200, 400, 404, 422);
  }

  /// Creates one resource of each kind, so that not all requests are answered with 404.
  private static Map<String, String> things(Client client) {
    String record = made(client, "/api/v1/report-records", "{\"org_id\": \"" + ORG + "\", \"report_type\": "
        + "\"annual_summary\", " + PERIOD + ", \"status\": \"completed\", \"file_ref\": \"reports/" + ORG
        + "/2025/a.xlsx\", \"generated_by\": \"user_1\"}", "/report_id");
    String template = made(client, "/api/v1/exports", BODIES.get("CreateExport"), "/exports/id");
    return Map.of("report-records", record,
        "report-reexports", made(client, "/api/v1/report-reexports", "{\"report_id\": \"" + record + "\"}",
            "/reexport_id"),
        "bufdir-exports", made(client, "/api/v1/bufdir-exports", BODIES.get("CreateBufdirExport"), "/export_id"),
        "aggregated-report-data", made(client, "/api/v1/aggregated-report-data",
            BODIES.get("CreateAggregatedReportData"), "/snapshot_id"),
        "imports", made(client, "/api/v1/imports", IMPORT, "/import_id"),
        "exports", template,
        "export_files", made(client, "/api/v1/exports/" + template + "/export_files", null, "/export_files/id"));
  }

  private static String made(Client client, String path, String body, String pointer) {
    return Eventually.value(path, () -> Optional.of(client.post(path, body))
        .filter(answer -> answer.status() != 429).map(answer -> answer.body().at(pointer).asText()));
  }

  private static String withRealIds(String path, Map<String, String> real) {
    return path.replace("{export_file_id}", real.get("export_files"))
        .replaceAll("\\{[^}]+}", real.get(path.split("/")[3]));
  }

  private static String mutated(String body, Random random) {
    var text = new StringBuilder(body);
    for (int times = random.nextInt(10) == 0 ? -1 : random.nextInt(3); times >= 0 && !text.isEmpty(); times--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(7)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, (char) random.nextInt(0xD800));
        case 2 -> text.setLength(Math.max(1, at));
        case 3 -> text.insert(at, "\"org_id\": 1, ");
        default -> {
          int colon = text.indexOf(": ", at);
          if (colon > 0) {
            int end = text.indexOf(",", colon);
            text.replace(colon + 2, Math.max(colon + 2, end < 0 ? text.length() - 1 : end), VALUES.get(random.nextInt(VALUES.size())));
          }
        }
      }
    }
    return text.toString();
  }
}
