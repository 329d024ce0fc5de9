package no.rapport.reportrecords;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipInputStream;
import no.rapport.records.Documents;
import no.rapport.records.InMemoryRecords;
import org.junit.jupiter.api.Test;

class EvidenceTest {

  private final InMemoryRecords records = new InMemoryRecords();
  private final TestFiles bucket = TestFiles.fresh();
  private final GetReportRecordEvidence evidence =
      new GetReportRecordEvidence(new ReportRecords(records), bucket.files());

  /// Documents of the release that introduced evidence: a later one must make the same bytes of them.
  @Test
  void writesTheSameBytesAsTheFirstRelease() throws IOException {
    ReportRecord report = Documents.read(text("report.json"), ReportRecord.class);
    SealedManifest manifest = Documents.read(text("manifest.json"), SealedManifest.class);
    byte[] zip = Evidence.of(report, report.sealed().orElseThrow(), manifest);
    try (var expected = EvidenceTest.class.getResourceAsStream("evidence/evidence.zip")) {
      assertThat(zip).isEqualTo(expected.readAllBytes());
    }
    assertThat(names(zip)).containsExactly("README.html", "SHA256SUMS", "report.json", "sealed-rows.json");
    assertThat(zip.length).isLessThan(8_000);
    assertThat(new String(zip, StandardCharsets.UTF_8)).as("no figure").doesNotContain("antall_flyttinger");
  }

  @Test
  void redirectsToEvidenceInTheFolderOfSealedData() throws IOException {
    ReportRecord report = Documents.read(text("report.json"), ReportRecord.class);
    Reports.store(records, report);
    bucket.put(report.sealed().orElseThrow().manifestKey(), text("manifest.json"));

    var answer = Call.get(report.reportId()).to(evidence);

    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.headers().get("Location")).contains("X-Amz-Expires=25", "evidence-" + report.reportId() + ".zip");
    assertThat(bucket.keys()).contains(report.sealed().orElseThrow().prefix() + "evidence.zip");
  }

  @Test
  void refusesManifestWithWrongDigest() throws IOException {
    ReportRecord report = Documents.read(text("report.json"), ReportRecord.class);
    Reports.store(records, report);
    bucket.put(report.sealed().orElseThrow().manifestKey(), text("manifest.json").replace("\"rows\":3", "\"rows\":4"));

    assertThat(Call.get(report.reportId()).to(evidence).status()).isEqualTo(500);
    assertThatThrownBy(() -> bucket.files().manifest(report.sealed().orElseThrow()))
        .hasMessage("The list of sealed rows does not have the recorded SHA-256");
  }

  @Test
  void refusesManualReportsAndHidesReportsOfOthers() {
    Reports.store(records, Reports.example());
    assertThat(Call.get(Reports.example().reportId()).to(evidence).status()).isEqualTo(409);
    assertThat(Call.get(Reports.example().reportId()).as("k", "org", "org_2").to(evidence).status()).isEqualTo(404);
    assertThat(Call.get("rpt_none").to(evidence).status()).isEqualTo(404);
  }

  @Test
  void readsManifestsOfEarlierReleases() {
    SealedManifest manifest = Documents.read("""
        {"org_id": "o", "organization_name": "O", "period": {"from": "2024-01-01", "to": "2024-12-31"},
        "activity_types": [], "parts": []}""", SealedManifest.class);
    assertThat(manifest.totals()).isEmpty();
    assertThat(manifest.figures()).isEmpty();
    SealedData sealed = Documents.read("""
        {"prefix": "a/", "manifest_key": "a/m", "sha256": "00"}""", SealedData.class);
    assertThat(sealed.figures()).isEqualTo(Optional.empty());
  }

  private static String text(String name) throws IOException {
    try (var in = EvidenceTest.class.getResourceAsStream("evidence/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  private static List<String> names(byte[] zip) throws IOException {
    var names = new ArrayList<String>();
    try (var in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    return names;
  }
}
