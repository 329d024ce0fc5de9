package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/// Exports a report with attachments as a ZIP over HTTP and submits it to the stub of Bufdir.
class AttachmentsJourneyTest {

  private static final String ORGANIZATION = "org-attachments";

  private final LocalRapport rapport = LocalRapport.shared();
  private final Client client = Client.of(rapport);

  @Test
  void exportsAnArchiveAndSubmitsItToBufdir() throws Exception {
    rapport.s3().putObject(put -> put.bucket(LocalRapport.BUCKET)
        .key("attachments/" + ORGANIZATION + "/act-1/referat æøå.txt"), RequestBody.fromString("Referat"));
    assertThat(client.importActivities(ORGANIZATION, "2025.csv", """
        activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;\
        target_group;title;notes;attachments;updated_at
        act-1;org-attachments;group_session;2025-03-14;12;90;Tana bru;5628;Finnmark;barn;Samling;;\
        referat æøå.txt|fins ikke.pdf;2026-01-01T08:00:00Z""").path("imported").asInt()).isEqualTo(1);

    var accepted = client.post("/api/v1/bufdir-exports", """
        {"org_id": "%s", "format": "csv", "period_from": "2025-01-01", "period_to": "2025-12-31",
         "include_attachments": true, "submit_to_bufdir_api": true}""".formatted(ORGANIZATION));
    assertThat(accepted.status()).as(accepted.toString()).isEqualTo(202);
    String id = accepted.body().path("export_id").asText();
    var export = client.ended(id);

    assertThat(export.path("status").asText()).as(export.toString()).isEqualTo("completed");
    var file = client.download(export.path("file_url").asText());
    assertThat(file.headers().firstValue("Content-Type")).hasValue("application/zip");
    var entries = new LinkedHashMap<String, String>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(file.body()), StandardCharsets.UTF_8)) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    assertThat(entries.keySet()).containsExactly("rapport_org-attachments_2025.csv",
        "attachments/act-1/referat æøå.txt", "manifest.json");
    assertThat(entries).containsEntry("attachments/act-1/referat æøå.txt", "Referat");
    assertThat(entries.get("manifest.json")).contains("fins ikke.pdf", "not_found");

    Eventually.holds("a receipt for " + id,
        () -> client.export(id).path("submission").path("status").asText().equals("accepted"));
    assertThat(rapport.bufdir().orElseThrow().receipts())
        .filteredOn(receipt -> receipt.organization().equals(ORGANIZATION)).singleElement().satisfies(receipt -> {
          assertThat(receipt.sha256()).isEqualTo(export.path("file_sha256").asText());
          assertThat(client.export(id).path("submission").path("receipt_id").asText()).isEqualTo(receipt.receiptId());
        });
  }
}
