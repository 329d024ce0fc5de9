package no.rapport.reportrecords;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.Test;

class DownloadReportRecordTest {

  private final InMemoryRecords records = new InMemoryRecords();
  private final ReportRecords reports = new ReportRecords(records);
  private final TestFiles bucket = TestFiles.fresh();
  private final DownloadReportRecord download = new DownloadReportRecord(reports, bucket.files());

  @Test
  void redirectsToFileUnderItsName() throws IOException, InterruptedException {
    var export = Reports.aCompletedExport("rpt_9");
    records.commit(ReportRecords.enter(export));
    bucket.put(export.fileRef(), "a;b");

    var answer = Call.get("rpt_9").to(download);

    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.headers()).containsEntry("Cache-Control", "no-store");
    assertThat(answer.headers().get("Location")).contains("X-Amz-Expires=25");
    try (var http = HttpClient.newHttpClient()) {
      var file = http.send(HttpRequest.newBuilder(URI.create(answer.headers().get("Location"))).build(),
          HttpResponse.BodyHandlers.ofString());
      assertThat(file.statusCode()).isEqualTo(200);
      assertThat(file.body()).isEqualTo("a;b");
      assertThat(file.headers().firstValue("Content-Type")).contains("text/csv; charset=utf-8");
      assertThat(file.headers().firstValue("Content-Disposition")).contains("attachment; filename=\"rpt_9.csv\"");
    }
  }

  @Test
  void returns404IfTheFileOfAClientDoesNotExist() {
    Reports.store(records, Reports.example());

    assertThat(Call.get(Reports.example().reportId()).to(download).status()).isEqualTo(404);
  }

  @Test
  void returns404UntilTheReportIsCompleted() {
    Reports.store(records, Reports.aReport("rpt_1", ReportStatus.PROCESSING));

    assertThat(Call.get("rpt_1").to(download).status()).isEqualTo(404);
  }

  @Test
  void hidesOtherOrganisations() {
    Reports.store(records, Reports.example());
    bucket.put(Reports.example().fileRef().orElseThrow(), "content");

    assertThat(Call.get(Reports.example().reportId()).as("k", "org", "org_2").to(download).status()).isEqualTo(404);
    assertThat(Call.get(Reports.example().reportId()).as("k", "org", Reports.ORG).to(download).status())
        .isEqualTo(302);
  }
}
