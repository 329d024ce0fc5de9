package no.rapport.sourceimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourceimports.ImportKey.RowFile;
import org.dhatim.fastexcel.Workbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Checks the limits that small files must not exceed during an import, and what an import must not disclose.
class ImportLimitsTest {

  private static final String HEADER = "activity_id;activity_type;date;participant_count;duration_minutes;location;"
      + "municipality;county;target_group;title;updated_at";
  private static final String ROW = ";course;2025-03-04;8;45;Bærum;0301;Oslo;;T;2025-03-05T10:00:00Z";
  private static final String TOO_FAR =
      "The workbook has a cell beyond column XFD; save it again as .xlsx or as CSV UTF-8";

  private final SourceData data = new SourceData();

  private JsonNode importRows(String more) throws IOException {
    return data.importBytes(data.activitiesKey("book.xlsx"), workbook(more));
  }

  /// Returns a workbook with a header, a row, and more content of the sheet.
  private static byte[] workbook(String more) throws IOException {
    Path plain = Files.createTempFile("plain-", ".xlsx");
    try (var workbook = new Workbook(Files.newOutputStream(plain), "test", "1.0")) {
      workbook.newWorksheet("Ark 1").value(0, 0, "x");
    }
    var bytes = new ByteArrayOutputStream();
    try (var from = new ZipFile(plain.toFile()); var to = new ZipOutputStream(bytes)) {
      for (ZipEntry part : Collections.list(from.entries())) {
        to.putNextEntry(new ZipEntry(part.getName()));
        if (part.getName().equals("xl/worksheets/sheet1.xml")) {
          to.write(("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>"
              + cells(HEADER) + cells("a-1" + ROW) + more + "</sheetData></worksheet>").getBytes(UTF_8));
        } else {
          to.write(from.getInputStream(part).readAllBytes());
        }
      }
    } finally {
      Files.delete(plain);
    }
    return bytes.toByteArray();
  }

  private static String cells(String row) {
    var cells = new StringBuilder("<row>");
    for (String text : row.split(";")) {
      cells.append("<c t=\"inlineStr\"><is><t>").append(text).append("</t></is></c>");
    }
    return cells.append("</row>").toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"XFE3", "ZZZZZ3", "ZZZZZZ1", "$ZZZZZ$3", "zzzzz3"})
  void rejectsCellBeyondLastColumn(String address) throws IOException {
    JsonNode report = importRows("<row r=\"3\"><c r=\"" + address + "\"/></row>");

    assertThat(report.at("/status").asText()).isEqualTo("failed");
    assertThat(report.at("/error").asText()).isEqualTo(TOO_FAR);
  }

  @Test
  void countsCellsWithoutAddress() throws IOException {
    assertThat(importRows("<row>" + "<c/>".repeat(16_385) + "</row>").at("/error").asText()).isEqualTo(TOO_FAR);
    String nested = "<row>" + "<c/>".repeat(9_000) + "<row>" + "<c/>".repeat(9_000) + "</row></row>";
    assertThat(importRows(nested).at("/error").asText()).as("a nested row is not a new row").isEqualTo(TOO_FAR);
  }

  @Test
  void rejectsRowBeyondLastRow() throws IOException {
    String error = "The workbook has a row beyond 1,048,576; save it again as .xlsx or as CSV UTF-8";
    assertThat(importRows("<row r=\"1048577\"/>").at("/error").asText()).isEqualTo(error);
    assertThat(importRows("<row/>".repeat(1_048_576)).at("/error").asText()).isEqualTo(error);
  }

  @Test
  void rejectsSheetWithTooManyEmptyCells() throws IOException {
    assertThat(importRows("<row><c r=\"XFD3\"/></row>" + "<row/>".repeat(70_000)).at("/error").asText())
        .startsWith("The workbook has too many empty cells");
  }

  @Test
  void rejectsRowWithLongCellAndReadsOthers() throws IOException {
    String longCell = ROW.replace(";T;", ";" + "x".repeat(32_768) + ";");
    JsonNode report = importRows(cells("a-2" + longCell) + cells("a-3" + ROW));

    assertThat(report.at("/counts/imported").asInt()).as(report.toString()).isEqualTo(2);
    assertThat(report.at("/rejected/0/reason").asText()).isEqualTo("must have at most 16000 characters");
    assertThat(report.at("/rejected").size()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<row><c t=\"inlineStr\"><is><t>%s</t></is></c></row>", "<row><c t=\"inlineStr\"><is><t>%s",
      "<row><c t=\"inlineStr\"><is><t><![CDATA[%s]]></t></is></c></row>", "<row><c r=\"A3\" s=\"%s\"/></row>",
      "<row><c><f>%s</f><v>1</v></c></row>", "<row s=\"%s\"/>"})
  void rejectsRowOfMoreThanFourMebibytes(String row) throws IOException {
    String text = IntStream.range(0, 600_000).mapToObj("%08d"::formatted).collect(Collectors.joining());
    assertThat(importRows(row.formatted(text)).at("/error").asText())
        .isEqualTo("The workbook has a row of more than 4 MiB; shorten its cells to 32,767 characters");
  }

  @Test
  void readsSheetUpToLastColumnAndRow() throws IOException {
    JsonNode report = importRows("<row r=\"3\"><c r=\"XFD3\"/></row><row r=\"1048576\"><c r=\"A1048576\"/></row>");

    assertThat(report.at("/status").asText()).as(report.toString()).isEqualTo("completed");
    assertThat(report.at("/counts/imported").asInt()).isEqualTo(1);
  }

  @Test
  void limitsUnpackedBytesOfArchive() throws IOException {
    var archive = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(archive)) {
      for (int i = 0; i < 100; i++) {
        // Each document alone is below the limit for one document.
        zip.putNextEntry(new ZipEntry(i % 2 == 0 ? "folder" + i + "/" : i + ".xml"));
        zip.write(new byte[250 * 1024]);
      }
    }
    var documents = new RegisterDocuments(new ByteArrayInputStream(archive.toByteArray()), true);

    assertThatThrownBy(() -> {
      while (documents.next() != null) {
        assertThat(documents.number()).isLessThan(40);
      }
    }).isInstanceOf(UnreadableDocument.class).hasMessageStartingWith("The archive unpacks to more than imports take");
  }

  @Test
  void masksIdentityNumberInFileName() {
    JsonNode file = data.importText(data.activitiesKey("Kari 01018012345.csv"), HEADER + "\na-1" + ROW + "\n");
    assertThat(file.at("/file").asText()).isEqualTo(data.activitiesKey("Kari ***********.csv"));
    assertThat(file.toString()).doesNotContain("01018012345");

    String misplaced = "imports/" + SourceData.ORG + "/other-" + data.folder + "/01018012345.csv";
    assertThat(data.importText(misplaced, "x").toString()).contains("/***********.csv").doesNotContain("01018012345");
  }

  @Test
  void limitsReasonsOfElementToTen() {
    var entries = new ArrayList<ObjectNode>();
    var causes = Collections.nCopies(5_000, new Cells.Rejection(7, "start", "is no date"));
    var progress = new RegisterProgress(RegisterProgress.Totals.NONE, entries::add, entries::add);
    progress.rejected(1, causes);
    progress.warned(2, causes);

    assertThat(entries).hasSize(2).allSatisfy(entry -> assertThat(entry.path("more")).hasSize(9));
  }

  @Test
  void doesNotStoreTooLargeState() {
    String key = data.activitiesKey("large.csv");
    var file = (RowFile) ImportKey.of(key).orElseThrow();
    ImportState start = ImportState.start("etag", 1);
    ObjectNode entry = JsonRows.MAPPER.createObjectNode().put("reason", "r".repeat(1024 * 1024));
    var rejected = new ReportList.Listed(64, Collections.nCopies(64, entry));
    var state = new ImportState(start.etag(), start.importedAt(), 1, 1, 1, 64, 0, start.counts(), rejected,
        start.masked(), start.warned(), null, List.of(), start.register());

    assertThatThrownBy(() -> new ImportStates(data.s3).pause(SourceData.BUCKET, file, state))
        .isInstanceOf(UnreadableFile.class).hasMessageContaining("split the file");
    assertThat(data.keys(file.pausedKey())).isEmpty();
  }

  @Test
  void removesFilesOfErasedOrganisationUnread() {
    data.dynamoDb.putItem(put -> put.tableName(data.table).item(SourceDataTable.erased(SourceData.ORG)));
    String key = data.activitiesKey("late.csv");
    String misplaced = "imports/" + SourceData.ORG + "/late-" + data.folder + ".csv";
    for (String late : List.of(key, misplaced)) {
      data.put(late, (HEADER + "\na-1" + ROW + "\n").getBytes(UTF_8));
      data.deliver(late, SourceData.NOON, () -> 900_000);
      assertThat(data.keys(late)).as("neither file nor report").isEmpty();
    }
    data.deliver(ImportKey.Start.key(SourceData.ORG), SourceData.NOON, () -> 900_000);

    assertThat(data.keys("import-state/" + SourceData.ORG + "/activities/" + data.folder)).isEmpty();
    assertThat(data.dynamoDb.scan(scan -> scan.tableName(data.table)).items())
        .containsExactly(SourceDataTable.erased(SourceData.ORG));
    assertThat(data.log).hasSize(3).allSatisfy(line ->
        assertThat(line).contains("import_of_erased_organization").doesNotContain("late", SourceData.ORG));
  }
}
