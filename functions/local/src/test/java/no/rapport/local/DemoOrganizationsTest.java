package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import no.rapport.api.Role;
import org.junit.jupiter.api.Test;

/// `POST /_local/demo`, and what the events in `events/` meet then.
class DemoOrganizationsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void areMetByTheEventsAndTheReadyRequests() throws Exception {
    var rapport = LocalRapport.shared();
    var client = Client.of(rapport);
    createSnapshotOf2025(client);
    var seeded = client.post("/_local/demo", null);
    assertThat(seeded.status()).isEqualTo(200);
    assertThat(client.get("/api/v1/aggregated-report-data/snap-001").body().path("snapshot_status").asText())
        .isEqualTo("historical");
    String exports = "/api/v1/bufdir-exports?org_id=" + DemoOrganizations.REPORTER;
    var exportsOfFirstCall = client.get(exports).body().findValuesAsText("export_id");
    assertThat(exportsOfFirstCall).isNotEmpty();
    assertThat(client.post("/_local/demo", null).body()).isEqualTo(seeded.body());
    assertThat(client.get(exports).body().findValuesAsText("export_id")).isEqualTo(exportsOfFirstCall);
    String key = rapport.issueKeys().get(Role.ADMIN);
    var admin = new Client(rapport, rapport.baseUrl(), Map.of("x-api-key", key));
    for (var path : seeded.body().path("resources")) {
      assertThat(admin.get(path.asText()).status()).as(path.asText()).isEqualTo(200);
    }
    assertThat(admin.get("/api/v1/bufdir-exports/exp-20260301-abc123/download").status()).isEqualTo(302);
    assertThat(admin.get("/api/v1/report-records?org_id=" + DemoOrganizations.REPORTER).body().at("/data/0/report_id")
        .asText()).isEqualTo(DemoOrganizations.REPORT);
    var absent = new ArrayList<String>();
    for (String name : List.of("GetReportRecord", "DownloadReportRecord", "ListReportRecords", "GetReportReexport",
        "DownloadReportReexport", "GetBufdirExport", "DownloadBufdirExport", "GetAggregatedReportData",
        "GetAggregatedReportDataChecks", "GetExport", "ListExportFiles", "GetExportFile", "CreateReportReexport",
        "CreateBufdirExport", "StartExportFile")) {
      var function = rapport.template().functions().get(name + "Function");
      int status = JSON.readTree(rapport.functions().invoke(function.logicalId(),
          JSON.writeValueAsBytes(DeploymentTest.event(function)))).path("statusCode").asInt();
      if (status >= 400) {
        absent.add(name + " " + status);
      }
    }
    assertThat(absent).isEmpty();
  }

  /// A later snapshot makes the demo's snapshot of 2024 `historical`.
  private static void createSnapshotOf2025(Client client) {
    String id = client.post("/api/v1/aggregated-report-data", """
        {"organization_id": "%s", "period_id": "2025"}""".formatted(DemoOrganizations.MUNICIPALITY))
        .body().path("snapshot_id").asText();
    Eventually.holds("the snapshot of 2025", () -> client.get("/api/v1/aggregated-report-data/" + id).body()
        .path("snapshot_status").asText().equals("current"));
  }
}
