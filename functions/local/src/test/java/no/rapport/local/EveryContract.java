package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Calls every endpoint of every contract and validates each answer against docs/openapi.yaml. Subclasses provide the
/// stack.
abstract class EveryContract {

  private static final String PERIOD = "\"period_from\": \"2025-01-01\", \"period_to\": \"2025-12-31\"";

  /// Source data of `org-described`.
  static final String ACTIVITIES = """
      activity_id,org_id,activity_type,date,participant_count,duration_minutes,location,municipality,county,\
      target_group,title,notes,attachments,updated_at
      act-1,org-described,group_session,2025-03-01,12,90,Oslo,0301,Oslo,youth,Talk,,,2025-03-02T10:00:00Z
      """;

  private final OpenApi description = OpenApi.description();

  /// Returns a client with an admin's key. Its stack has one activity of `org-described` in 2025.
  abstract Client client();

  abstract String key();

  final Client.Answer call(int status, String method, String path, String body, String... headers) {
    var more = new java.util.HashMap<String, String>();
    for (int i = 0; i < headers.length; i += 2) {
      more.put(headers[i], headers[i + 1]);
    }
    Client.Answer answer = client().send(method, path, body, more);
    String called = method + " " + path + " → " + answer.status() + " " + answer.body();
    assertThat(answer.status()).as(called).isEqualTo(status);
    assertThat(description.objections(method, URI.create(path).getPath(), status, answer.headers(), answer.body()))
        .as(called).isEmpty();
    return answer;
  }

  /// Repeats a GET until the answer has one of the statuses, and returns that answer.
  final Client.Answer ended(String path, String pointer, Set<String> statuses) {
    Eventually.holds(path + " to end", () -> statuses.contains(client().get(path).body().at(pointer).asText()));
    return call(200, "GET", path, null);
  }

  private void refusals(String collection, String item) {
    call(400, "GET", collection + "?surprise=1", null);
    call(400, "GET", collection + "?page=0", null);
    call(401, "GET", collection, null, "x-api-key", key().substring(1));
    call(404, "GET", item + "0", null);
    call(404, "DELETE", item + "0", null);
    call(400, "POST", collection, "{");
    call(415, "POST", collection, "{}", "Content-Type", "text/plain");
    call(413, "POST", collection, "{\"a\":\"" + "a".repeat(256 * 1024) + "\"}");
    call(422, "POST", collection, "{\"surprise\": 1}");
  }

  @Test
  void answersReportRecordsAndReexportsAsDescribed() {
    String records = "/api/v1/report-records";
    var created = call(201, "POST", records, "{\"org_id\": \"org-described\", \"report_type\": \"annual_summary\", "
        + PERIOD + ", \"status\": \"pending\", \"generated_by\": \"user_1\"}");
    String id = created.body().path("report_id").asText();
    String record = records + "/" + id;
    call(404, "GET", record + "/download", null);
    call(409, "POST", "/api/v1/report-reexports", "{\"report_id\": \"" + id + "\"}");
    call(412, "PUT", record, "{\"status\": \"processing\"}", "If-Match", "\"99\"");
    call(422, "PUT", record, "{\"file_ref\": \"../x\"}");
    call(200, "PUT", record, "{\"status\": \"completed\", \"file_ref\": \"reports/org-described/2025/a.xlsx\"}");
    call(409, "PUT", record, "{\"status\": \"pending\"}");
    call(200, "GET", record, null);
    call(200, "GET", records + "?org_id=org-described&limit=1&cursor=", null);

    var reexport = call(202, "POST", "/api/v1/report-reexports", "{\"report_id\": \"" + id
        + "\", \"export_params\": {\"format\": \"csv\"}}");
    String again = "/api/v1/report-reexports/" + reexport.body().path("reexport_id").asText();
    assertThat(ended(again, "/status", Set.of("completed", "failed")).body().path("status").asText())
        .isEqualTo("completed");
    call(302, "GET", again + "/download", null);
    call(409, "DELETE", again, null);
    call(200, "PUT", again, "{\"notified\": true}");
    call(200, "GET", "/api/v1/report-reexports?report_id=" + id, null);
    refusals("/api/v1/report-reexports", again);
    refusals(records, record);
    call(412, "DELETE", record, null, "If-Match", "\"99\"");
    call(200, "DELETE", record, null);
  }

  @Test
  void answersBufdirExportsAsDescribed() {
    String exports = "/api/v1/bufdir-exports";
    String order = "{\"org_id\": \"org-described\", \"format\": \"excel\", " + PERIOD + "}";
    String export = exports + "/" + call(202, "POST", exports, order, "Idempotency-Key", "described-1").body()
        .path("export_id").asText();
    call(202, "POST", exports, order, "Idempotency-Key", "described-1");
    call(422, "POST", exports, order.replace("excel", "csv"), "Idempotency-Key", "described-1");
    assertThat(ended(export, "/status", Set.of("completed", "failed")).body().path("status").asText())
        .isEqualTo("completed");
    call(302, "GET", export + "/download", null);
    call(409, "PUT", export + "/cancel", "{\"reason\": \"Too late\"}");
    call(409, "PUT", export + "/cancel", null);
    call(422, "PUT", export + "/cancel", "{\"reason\": \"\"}");
    call(409, "POST", export + "/retry", null);
    call(200, "GET", exports + "?org_id=org-described&status=completed,failed", null);
    refusals(exports, export);
    call(200, "DELETE", export, null);
    String cancelled = exports + "/" + call(202, "POST", exports, order).body().path("export_id").asText();
    var answer = client().put(cancelled + "/cancel", "{\"reason\": \"Wrong period\"}");
    assertThat(answer.status()).isIn(200, 409);
    assertThat(description.objections("PUT", cancelled + "/cancel", answer.status(), answer.headers(), answer.body()))
        .isEmpty();
  }

  @Test
  void answersAggregatedReportDataAsDescribed() {
    String data = "/api/v1/aggregated-report-data";
    String order = "{\"organization_id\": \"org-described\", \"period_id\": \"2024\"}";
    String snapshot = data + "/" + call(202, "POST", data, order).body().path("snapshot_id").asText();
    ended(snapshot, "/snapshot_status", Set.of("current", "failed"));
    call(200, "POST", data, order);
    call(422, "PUT", snapshot, "{\"invalidate_cache\": false, \"reason\": \"x\"}");
    call(202, "PUT", snapshot, "{\"invalidate_cache\": true, \"reason\": \"Late delivery\"}");
    ended(snapshot, "/snapshot_status", Set.of("current", "failed"));
    call(200, "GET", data + "?organization_id=org-described", null);
    call(201, "POST", data + "/watch", order);
    call(400, "GET", data + "/watch", null);
    refusals(data, snapshot);
    call(200, "DELETE", snapshot, null);
  }

  @Test
  void answersExportFilesAsDescribed() {
    String exports = "/api/v1/exports";
    String template = exports + "/" + call(201, "POST", exports, "{\"org_id\": \"org-described\", \"name\": \"All\", "
        + "\"format\": \"csv\", " + PERIOD + "}").body().at("/exports/id").asText();
    call(200, "GET", template, null);
    call(200, "GET", exports + "?org_id=org-described", null);
    String file = template + "/export_files/"
        + call(201, "POST", template + "/export_files", null).body().at("/export_files/id").asText();
    var done = ended(file, "/export_files/status", Set.of("available", "success_with_errors", "empty_list", "failed"));
    assertThat(done.body().at("/export_files/status").asText()).isEqualTo("available");
    assertThat(client().download(done.body().at("/export_files/download_url").asText()).statusCode()).isEqualTo(200);
    call(200, "GET", template + "/export_files?status=available", null);
    call(404, "GET", file + "0", null);
    refusals(exports, template);
    call(200, "DELETE", template, null);
    call(404, "GET", file, null);
  }

  @Test
  void showsEmptyListWhenNoRowMatches() {
    String template = "/api/v1/exports/" + call(201, "POST", "/api/v1/exports", "{\"org_id\": \"org-without-rows\", "
        + "\"name\": \"None\", \"format\": \"csv\", " + PERIOD + "}").body().at("/exports/id").asText();
    String file = template + "/export_files/"
        + call(201, "POST", template + "/export_files", null).body().at("/export_files/id").asText();
    var done = ended(file, "/export_files/status", Set.of("available", "empty_list", "failed"));
    assertThat(done.body().at("/export_files/status").asText()).isEqualTo("empty_list");
    assertThat(done.body().at("/export_files/download_url").isNull()).isTrue();
  }

  @Test
  void answersEveryUnknownPathAndMethodWith404AndJoinedPathsAsTheCanonicalOnesOrWith308() {
    for (String path : new String[] {"/", "/api/v1/nothing", "/api/v1/report-records/a/b/c"}) {
      assertThat(client().get(path).body().toString()).as(path).isEqualTo("{\"message\":\"Not Found\"}");
    }
    for (String method : new String[] {"PATCH", "DELETE"}) {
      var answer = client().send(method, "/api/v1/report-records", null, Map.of());
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body().toString()).isEqualTo("{\"message\":\"Not Found\"}");
    }
    for (String collection : new String[] {"report-records", "report-reexports", "bufdir-exports",
        "aggregated-report-data"}) {
      var answer = client().get("/api/v1/" + collection + "/api/v1/" + collection + "/none?a=b%20c");
      if (answer.status() == 308) {
        assertThat(answer.header("Location")).isEqualTo("/api/v1/" + collection + "/none?a=b%20c");
      } else {
        assertThat(answer.status()).isEqualTo(client().get("/api/v1/" + collection + "/none?a=b%20c").status());
      }
    }
  }
}
