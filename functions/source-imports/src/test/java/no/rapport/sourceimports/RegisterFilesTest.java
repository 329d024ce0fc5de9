package no.rapport.sourceimports;

import static no.rapport.sourceimports.RegisterFile.conclusion;
import static no.rapport.sourceimports.RegisterFile.document;
import static no.rapport.sourceimports.RegisterFile.id;
import static no.rapport.sourceimports.RegisterFile.melding;
import static no.rapport.sourceimports.RegisterFile.tiltak;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.OrganizationRegister.Numbers;
import no.rapport.sourceimports.ImportFile.Outcome;
import no.rapport.sourceimports.ImportKey.RowFile;
import org.junit.jupiter.api.Test;

/// Imports register documents as files in the bucket, from the event to the report.
class RegisterFilesTest {

  private static final String CASE = "7317a453-2d65-465a-9589-519311066579";
  private static final String MONDAY = "2025-06-02T08:00:00Z";

  private final SourceData data = new SourceData();

  @Test
  void recognizesDocumentByContent() {
    register();
    JsonNode report = data.importText(data.casesKey("sak 1.txt"),
        document(CASE, MONDAY, melding(id(1), "2025-01-01", conclusion("2025-02-01", "2"))
            + melding(id(2), "2025-01-01", conclusion("2024-12-01", "2"))));

    assertThat(report.at("/status").asText()).isEqualTo("completed");
    assertThat(report.at("/control_totals").toString()).isEqualTo(
        "{\"documents\":{\"sent\":1,\"taken\":1,\"unchanged\":0,\"refused\":0},"
            + "\"elements\":{\"sent\":3,\"taken\":2,\"unchanged\":0,\"withdrawn\":0,\"refused\":1},"
            + "\"withdrawn_as_missing\":0}");
    assertThat(report.at("/checks").toString()).contains(
        "{\"rule_id\":\"Melding 2a\",\"title\":\"StartDato er etter SluttDato\",\"severity\":\"ERROR\",\"count\":1}",
        "{\"rule_id\":\"Melding 3\",\"title\":\"Fristoverskridelse på behandlingstid\",\"severity\":\"WARNING\","
            + "\"count\":1}");
    assertThat(report.at("/rejected/0").toString()).isEqualTo("{\"document\":1,\"line\":8,"
        + "\"column\":\"konkludert_dato\",\"reason\":\"is before the start\"}");
    assertThat(data.cases()).hasSize(2);
  }

  @Test
  void registersNumbersFromOrganisationFile() {
    String key = "imports/" + SourceData.ORG + "/organization.json";
    for (String wrong : List.of("\"organization_number\":\"12345678\"", "\"district_number\":\"04\"",
        "\"organization_number\":\"944117784\",\"district_number\":\"4\"")) {
      assertThat(data.importText(key, "{\"name\":\"Kongsvinger\"," + wrong + "}").at("/status").asText())
          .as(wrong).isEqualTo("failed");
    }
    assertThat(data.register.numbersOf(SourceData.ORG)).isEmpty();

    data.importText(key, "{\"name\":\"Oslo\",\"organization_number\":\"944117784\",\"district_number\":\"04\"}");
    assertThat(data.register.numbersOf(SourceData.ORG)).contains(new Numbers("944117784", Optional.of("04")));
    assertThat(data.register.nameOf(SourceData.ORG)).isEqualTo("Oslo");
  }

  @Test
  void continuesPausedArchive() {
    register();
    var documents = new ArrayList<String>();
    for (int i = 0; i < 5; i++) {
      documents.add(document(id(100 + i), MONDAY, melding(id(200 + i), "2025-01-01", "")));
    }
    documents.set(3, "no document");
    String key = data.casesKey("archive.zip");
    data.put(key, RegisterFile.zip(documents));

    int steps = 1;
    Outcome outcome = begin(key, 2);
    for (; outcome == Outcome.PAUSED; steps++) {
      outcome = resume(key, 2);
    }

    assertThat(outcome).isEqualTo(Outcome.COMPLETED);
    assertThat(steps).isEqualTo(3);
    JsonNode report = data.report(key);
    assertThat(report.at("/control_totals/documents").toString())
        .isEqualTo("{\"sent\":5,\"taken\":4,\"unchanged\":0,\"refused\":1}");
    assertThat(report.at("/rejected").toString())
        .isEqualTo("[{\"document\":4,\"line\":1,\"reason\":\"is not well-formed XML\"}]");
    assertThat(data.cases()).hasSize(8);
  }

  @Test
  void failsIfNoDocumentIsValid() {
    assertThat(data.importText(data.casesKey("a.xml"), document(CASE, MONDAY, "")).at("/error").asText())
        .startsWith("No document could be taken: the first one cannot be taken: the organisation has not registered");
    register();
    assertThat(data.importText(data.casesKey("b.xml"), "<!DOCTYPE html><html/>").at("/error").asText())
        .isEqualTo("No document could be taken: the first one must not have a document type declaration");
    JsonNode report = data.importBytes(data.casesKey("c.zip"), RegisterFile.zip(List.of("a;b", "c;d")));
    assertThat(report.at("/status").asText()).isEqualTo("failed");
    assertThat(report.at("/control_totals/documents/refused").asInt()).isEqualTo(2);
    assertThat(report.at("/rejected")).hasSize(2);
  }

  @Test
  void reportsWhereArchiveIsDamaged() {
    register();
    byte[] archive = RegisterFile.zip(List.of(document(id(1), MONDAY, ""), document(id(2), MONDAY, "")));
    JsonNode report = data.importBytes(data.casesKey("cut.zip"), Arrays.copyOf(archive, 800));

    assertThat(report.at("/status").asText()).isEqualTo("failed");
    assertThat(report.at("/error").asText()).contains("damaged or encrypted after document");
    assertThat(report.at("/control_totals/documents/taken").asInt()).isEqualTo(1);
  }

  @Test
  void storesAndLogsNoIdentityData() {
    register();
    String document = document(CASE, MONDAY, melding(id(1), "2025-01-01", conclusion("2024-12-01", "2"))
        + tiltak(id(3), "2024-02-01", "2.1", ""));
    String xml = data.casesKey("a.xml");
    data.importText(xml, document);
    String zip = data.casesKey("b.zip");
    data.importBytes(zip, RegisterFile.zip(List.of(document, document.substring(0, 700))));

    var said = new StringBuilder(data.log.toString());
    said.append(data.dynamoDb.scan(request -> request.tableName(data.table)).items());
    for (String prefix : List.of("imports/", "import-state/")) {
      data.keys(prefix).stream().filter(key -> !key.equals(xml) && !key.equals(zip) && key.contains(data.folder))
          .forEach(key -> said.append(key).append(new String(data.bytes(key), StandardCharsets.UTF_8)));
    }
    assertThat(said.toString()).contains("control_totals").doesNotContain(RegisterFile.IDENTITY_NUMBER,
        RegisterFile.DUF_NUMBER, RegisterFile.JOURNAL, RegisterFile.FREE_TEXT);
    assertThat(data.log.toString()).doesNotContain(CASE);
    assertThat(data.cases().stream().map(CaseRecord::recordId)).contains(CASE);
  }

  private void register() {
    data.register.enter(SourceData.ORG, "Kongsvinger",
        Optional.of(new Numbers(RegisterFile.ORGANIZATION, Optional.empty())), Instant.EPOCH);
  }

  private Outcome begin(String key, int documents) {
    var left = new AtomicInteger(documents);
    return importFile().begin(SourceData.BUCKET, (RowFile) ImportKey.of(key).orElseThrow(),
        Optional.of(SourceData.NOON), () -> left.decrementAndGet() <= 0);
  }

  private Outcome resume(String key, int documents) {
    var left = new AtomicInteger(documents);
    return importFile().resume(SourceData.BUCKET, (RowFile) ImportKey.of(key).orElseThrow(),
        () -> left.decrementAndGet() <= 0);
  }

  private ImportFile importFile() {
    return new ImportFile(data.imports, data.s3, data.dynamoDb, data.table, RowWriter.Pause.FULL_JITTER, InstantSource.system());
  }
}
