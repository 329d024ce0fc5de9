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
    var seeded = client.post("/_local/demo", null);
    assertThat(seeded.status()).isEqualTo(200);
    assertThat(client.post("/_local/demo", null).body()).isEqualTo(seeded.body());
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
}
