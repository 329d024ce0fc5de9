package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import no.rapport.access.ApiKeys;
import no.rapport.access.KeyOrder;
import no.rapport.api.Environment;
import no.rapport.api.Role;
import no.rapport.local.Client.Answer;
import no.rapport.records.Change;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Entry;
import org.junit.jupiter.api.Test;

/// How many calls of AWS services a request makes, on every route of the template; invariant 14.
class CallsPerRequestTest {

  private static final int MAX_CALLS = 50;
  /// Lists that count exactly what a filter matches, for a key of 50 organisations: two calls for each organisation and
  /// status that they merge, and one for each total.
  private static final int MAX_CALLS_OVER_MANY_ORGANIZATIONS = 250;
  /// A stream looks for news all its time, 25 seconds.
  private static final int MAX_CALLS_OF_A_STREAM = 100;
  private static final String ORG = "org-calls-" + UUID.randomUUID().toString().substring(0, 8);
  private static final String PERIOD = "\"period_from\": \"2025-01-01\", \"period_to\": \"2025-12-31\"";
  private static final Set<String> OVER = Set.of("completed", "failed", "cancelled", "current", "historical");

  private final LocalRapport rapport = LocalRapport.shared();
  private final DynamoRecords records = new DynamoRecords(rapport.dynamoDb(), Environment.required("RECORDS_TABLE"));
  private final Client client = new Client(rapport, rapport.baseUrl(),
      Map.of("x-api-key", Keys.issue(rapport, Role.ADMIN, Optional.empty())));
  private final TreeMap<String, Integer> most = new TreeMap<>();

  private Answer send(Client caller, int status, String function, String method, String path, String body,
      int maxCalls) {
    CallCounts.reset();
    Answer answer = caller.send(method, path, body, Map.of());
    assertThat(answer.status()).as("%s %s %s", method, path, answer.body()).isEqualTo(status);
    int calls = CallCounts.most(function + "Function");
    assertThat(calls).as("%s is the function of %s %s", function, method, path).isPositive();
    most.merge(function, calls, Math::max);
    assertThat(calls).as("calls of %s %s", method, path).isLessThanOrEqualTo(maxCalls);
    return answer;
  }

  private Answer send(int status, String function, String method, String path, String body) {
    return send(client, status, function, method, path, body, MAX_CALLS);
  }

  private void ended(String path, String pointer) {
    Eventually.holds(path + " to end", () -> OVER.contains(client.get(path).body().path(pointer).asText()));
  }

  /// Adds copies of a resource under new ids, older by a minute each.
  private void copy(String collection, String id, int copies) {
    Entry original = records.find(collection, id).orElseThrow();
    for (int i = 0; i < copies; i++) {
      String copy = Character.isDigit(id.charAt(0)) ? String.valueOf(i + 1) + System.nanoTime() % 1_000_000 : id + "-" + i;
      assertThat(records.commit(new Change.Create(Entry.first(collection, original.orgId(), copy,
          original.created().minus(Duration.ofMinutes(i + 1)), original.status(), original.filters(),
          original.document().replace("\"" + id + "\"", "\"" + copy + "\""))))).isTrue();
    }
  }

  @Test
  void everyRouteMakesAtMostFiftyCalls() {
    client.importActivities(ORG, "2025.csv", """
        activity_id,activity_type,date,participant_count,duration_minutes,location,municipality,county,target_group,\
        title,updated_at
        act-1,course,2025-03-01,12,90,Oslo,0301,Oslo,youth,Talk,2025-03-02T10:00:00Z
        """);
    reports();
    exports();
    figures();
    exportFiles();
    String imported = send(201, "CreateImport", "POST", "/api/v1/imports", "{\"org_id\": \"" + ORG
        + "\", \"kind\": \"cases\", \"file_name\": \"x\", \"size_bytes\": 1}").body().path("import_id").asText();
    send(200, "GetImport", "GET", "/api/v1/imports/" + imported, null);
    send(200, "ListImports", "GET", "/api/v1/imports?org_id=" + ORG + "&kind=cases", null);
    send(200, "ListAuditEvents", "GET", "/api/v1/audit-events?org_id=" + ORG, null);
    CallCounts.reset();
    var stream = client.raw("/api/v1/aggregated-report-data/watch?organization_id=" + ORG + "&period_id=2025&last_event_id=0");
    assertThat(stream.statusCode()).isEqualTo(200);
    most.put("WatchAggregatedReportData", CallCounts.most("WatchAggregatedReportDataFunction"));
    assertThat(most.get("WatchAggregatedReportData")).isPositive().isLessThanOrEqualTo(MAX_CALLS_OF_A_STREAM);

    System.out.println("Most calls of a request, by function: " + most);
    assertThat(most.keySet()).as("every function with a route").isEqualTo(routed());
  }

  private void reports() {
    String reports = "/api/v1/report-records";
    String reexports = "/api/v1/report-reexports";
    String export = send(202, "CreateBufdirExport", "POST", "/api/v1/bufdir-exports",
        "{\"org_id\": \"" + ORG + "\", \"format\": \"csv\", " + PERIOD + "}").body().path("export_id").asText();
    String report = client.ended(export).path("report_id").asText(client.get(reports + "?org_id=" + ORG).body()
        .findValuesAsText("report_id").getFirst());
    String byHand = send(201, "CreateReportRecord", "POST", reports, "{\"org_id\": \"" + ORG + "\", \"report_type\": "
        + "\"annual_summary\", " + PERIOD + ", \"status\": \"pending\", \"generated_by\": \"u\"}").body()
        .path("report_id").asText();
    send(200, "UpdateReportRecord", "PUT", reports + "/" + byHand, "{\"status\": \"processing\"}");
    send(200, "GetReportRecord", "GET", reports + "/" + report, null);
    send(302, "DownloadReportRecord", "GET", reports + "/" + report + "/download", null);
    send(302, "GetReportRecordEvidence", "GET", reports + "/" + report + "/evidence", null);
    send(200, "GetReportRecordChanges", "GET", reports + "/" + report + "/changes", null);
    send(200, "ListReportRecords", "GET", reports + "?org_id=" + ORG + "&report_type=annual_summary", null);
    send(200, "ListReportRecords", "GET", reports + "?org_id=" + ORG + "&stale=true", null);

    String other = send(202, "CreateReportReexport", "POST", reexports, "{\"report_id\": \"" + report + "\"}").body()
        .path("reexport_id").asText();
    client.send("DELETE", reexports + "/" + other, null, Map.of());
    String again = send(202, "CreateReportReexport", "POST", reexports, "{\"report_id\": \"" + report + "\"}").body()
        .path("reexport_id").asText();
    ended(reexports + "/" + other, "status");
    ended(reexports + "/" + again, "status");
    send(200, "GetReportReexport", "GET", reexports + "/" + again, null);
    send(302, "DownloadReportReexport", "GET", reexports + "/" + again + "/download", null);
    send(200, "UpdateReportReexport", "PUT", reexports + "/" + again, "{\"notified\": true}");
    copy("report-reexports", again, 40);
    send(200, "ListReportReexports", "GET", reexports + "?org_id=" + ORG + "&report_id=" + report + "&limit=100", null);
    String running = send(202, "CreateReportReexport", "POST", reexports, "{\"report_id\": \"" + report + "\"}").body()
        .path("reexport_id").asText();
    cancel("DeleteReportReexport", "DELETE", reexports + "/" + running);
    ended(reexports + "/" + running, "status");
    Answer deleted;
    int requests = 0;
    do {
      CallCounts.reset();
      deleted = client.delete(reports + "/" + report);
      int calls = CallCounts.most("DeleteReportRecordFunction");
      most.merge("DeleteReportRecord", calls, Math::max);
      assertThat(calls).as("calls to delete a report of many re-exports").isLessThanOrEqualTo(MAX_CALLS);
      assertThat(deleted.status()).as("%s", deleted.body()).isIn(200, 409);
      requests++;
    } while (deleted.status() == 409);
    assertThat(requests).isLessThanOrEqualTo(3);
    assertThat(client.get(reexports + "?report_id=" + report).body().at("/pagination/total").asInt()).isZero();
    assertThat(client.get(reexports + "/" + again).status()).isEqualTo(404);
  }

  /// What is cancelled may have ended meanwhile.
  private void cancel(String function, String method, String path) {
    CallCounts.reset();
    Answer answer = client.send(method, path, null, Map.of());
    int calls = CallCounts.most(function + "Function");
    assertThat(answer.status()).as("%s", answer.body()).isIn(200, 409);
    assertThat(calls).isPositive().isLessThanOrEqualTo(MAX_CALLS);
    most.merge(function, calls, Math::max);
  }

  private void exports() {
    String exports = "/api/v1/bufdir-exports";
    String order = "{\"org_id\": \"" + ORG + "\", \"format\": \"csv\", " + PERIOD + "}";
    String export = send(202, "CreateBufdirExport", "POST", exports, order).body().path("export_id").asText();
    cancel("CancelBufdirExport", "PUT", exports + "/" + export + "/cancel");
    client.ended(export);
    String kept = send(202, "CreateBufdirExport", "POST", exports, order).body().path("export_id").asText();
    client.ended(kept);
    send(200, "GetBufdirExport", "GET", exports + "/" + kept, null);
    send(302, "DownloadBufdirExport", "GET", exports + "/" + kept + "/download", null);
    send(409, "RetryBufdirExport", "POST", exports + "/" + kept + "/retry", null);
    send(200, "ListBufdirExports", "GET", exports + "?format=csv&period_from=2025-01-01", null);
    send(client(IntStream.range(0, 50).mapToObj(i -> ORG + "-" + i).collect(Collectors.toSet())), 200,
        "ListBufdirExports", "GET", exports + "?format=csv&status=completed,failed", null,
        MAX_CALLS_OVER_MANY_ORGANIZATIONS);
    send(client(Set.of(ORG, ORG + "-0")), 200, "ListBufdirExports", "GET", exports + "?status=completed,failed", null,
        MAX_CALLS);
    send(200, "DeleteBufdirExport", "DELETE", exports + "/" + kept, null);
  }

  private void figures() {
    String figures = "/api/v1/aggregated-report-data";
    String of = "{\"organization_id\": \"" + ORG + "\", \"period_id\": \"2025\"}";
    String snapshot = send(202, "CreateAggregatedReportData", "POST", figures, of).body().path("snapshot_id").asText();
    ended(figures + "/" + snapshot, "snapshot_status");
    String renewed = "{\"invalidate_cache\": true, \"reason\": \"New rows\"}";
    send(202, "UpdateAggregatedReportData", "PUT", figures + "/" + snapshot, renewed);
    String whole = client.get(figures + "/" + snapshot).body().toString();
    send(202, "UpdateAggregatedReportData", "PUT", figures + "/" + snapshot,
        whole.substring(0, whole.length() - 1) + "," + renewed.substring(1));
    ended(figures + "/" + snapshot, "snapshot_status");
    send(200, "GetAggregatedReportData", "GET", figures + "/" + snapshot, null);
    send(200, "GetAggregatedReportDataChecks", "GET", figures + "/" + snapshot + "/checks", null);
    String field = client.get(figures + "/" + snapshot).body().at("/sections/0/fields/0/field_key").asText("");
    send(200, "GetAggregatedReportDataField", "GET", figures + "/" + snapshot + "/fields/" + field, null);
    send(200, "GetAggregatedReportDataChanges", "GET", figures + "/" + snapshot + "/changes?against=" + snapshot, null);
    send(200, "CreateAggregatedReportData", "POST", figures, of);
    send(201, "CreateWatchTicket", "POST", figures + "/watch", of);
    copy("aggregated-report-data", snapshot, 100);
    send(200, "ListAggregatedReportData", "GET", figures + "?organization_id=" + ORG + "&limit=100", null);
    send(200, "DeleteAggregatedReportData", "DELETE", figures + "/" + snapshot, null);
  }

  private void exportFiles() {
    String exports = "/api/v1/exports";
    String template = send(201, "CreateExport", "POST", exports, "{\"org_id\": \"" + ORG + "\", \"name\": \"All\", "
        + "\"format\": \"csv\", " + PERIOD + "}").body().at("/exports/id").asText();
    String files = exports + "/" + template + "/export_files";
    String file = send(201, "StartExportFile", "POST", files, null).body().at("/export_files/id").asText();
    Eventually.holds("the file", () -> client.get(files + "/" + file).body().at("/export_files/status").asText()
        .matches("available|success_with_errors|empty_list|failed"));
    send(200, "GetExportFile", "GET", files + "/" + file, null);
    send(200, "ListExportFiles", "GET", files, null);
    send(200, "GetExport", "GET", exports + "/" + template, null);
    send(200, "ListExports", "GET", exports, null);
    copy("export-files", file, 40);
    send(200, "DeleteExport", "DELETE", exports + "/" + template, null);
    assertThat(client.get(files + "/" + file).status()).isEqualTo(404);
    assertThat(client.get(files).status()).isEqualTo(404);
  }

  private Client client(Set<String> organizations) {
    var keys = new ApiKeys(rapport.dynamoDb(), Environment.required("ACCESS_TABLE"));
    var issued = keys.issue(new KeyOrder("calls-" + UUID.randomUUID(), "Calls", Role.ORG, Optional.of(organizations),
        Duration.ofDays(1)), Instant.now());
    return new Client(rapport, rapport.baseUrl(), Map.of("x-api-key", ((ApiKeys.Issued) issued).text()));
  }

  private static Set<String> routed() {
    return OpenApi.description().operations().stream().map(OpenApi.Operation::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
