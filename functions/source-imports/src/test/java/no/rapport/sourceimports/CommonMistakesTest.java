package no.rapport.sourceimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/// Checks that each common mistake is reported with the sentence in `docs/imports.md`.
class CommonMistakesTest {

  private static final String HEADER = "activity_id;activity_type;date;participant_count;duration_minutes;location;"
      + "municipality;county;target_group;title;updated_at\n";
  private static final String ROW = "a-1;course;2025-03-04;8;45;;0301;Oslo;;Kurs;2025-03-05T10:00:00Z\n";

  private final SourceData data = new SourceData();
  private int files;

  private String errorOf(byte[] file) {
    return data.importBytes(data.activitiesKey("mistake-" + files++ + ".csv"), file).at("/error").asText();
  }

  private String reasonOf(String row) {
    JsonNode report = data.importText(data.activitiesKey("mistake-" + files++ + ".csv"), HEADER + row);
    return report.at("/rejected/0/reason").asText();
  }

  private static void explain(String sentence, String expected) throws IOException {
    assertThat(sentence).isEqualTo(expected);
    assertThat(Files.readString(Path.of(System.getProperty("rapport.home"), "docs", "imports.md"))
        .replaceAll("\\s+", " ")).contains(expected);
  }

  @Test
  void explainsFilesThatAreNotTables() throws IOException {
    explain(errorOf(new byte[] {(byte) 0xD0, (byte) 0xCF, 0x11, (byte) 0xE0, 1, 2}), "This is an Excel 97 workbook or a "
        + "workbook with a password; save it as .xlsx without a password or as CSV UTF-8");
    explain(errorOf("%PDF-1.7 x".getBytes(UTF_8)), "This is a PDF document; save the table as .xlsx or as CSV UTF-8");
    explain(errorOf(openDocument()), "This is an OpenDocument file; save it as .xlsx or as CSV UTF-8");
    explain(errorOf((HEADER + ROW).getBytes(StandardCharsets.UTF_16LE)),
        "The text seems to be in UTF-16 without a byte order mark, or is no text; save it as CSV UTF-8");
  }

  @Test
  void explainsMissingOrIncompleteHeader() throws IOException {
    explain(errorOf(ROW.getBytes(UTF_8)), "The file has no header: one of the first 20 lines must name the columns, such "
        + "as activity_id;activity_type;county;date;duration_minutes;location;municipality;org_id;participant_count;"
        + "target_group;title;updated_at");
    explain(errorOf((HEADER.replace("date;", "dato;") + ROW).getBytes(UTF_8)), "The header lacks the column date");
  }

  @Test
  void explainsWrongFolder() throws IOException {
    explain(data.importText("imports/org-042/aktiviteter/" + data.folder + ".csv", HEADER + ROW).at("/error").asText(),
        "The file was not imported: put it below activities/, below cases/, or name it organization.json");
  }

  @Test
  void explainsUnreadableRows() throws IOException {
    explain(errorOf((HEADER + ROW.replace("Kurs", "\"Kurs").repeat(120)).getBytes(UTF_8)), "More than 100 quotes are not "
        + "closed, the last on line 102; write a quote within a quoted field twice");
    explain(reasonOf("a-1;course;2025-03-04\n"), "has 3 fields where the header has 11");
    explain(reasonOf(ROW.replace("2025-03-04", "03/04/2025")), "must be a date such as 2025-01-31 or 31.01.2025");
    explain(reasonOf(ROW.replace("0301", "Oslo")), "must be the four digits of a municipality's number");
    explain(reasonOf(ROW.replace("2025-03-05T", "2052-03-05T")), "is more than 10 minutes ahead of now");
  }

  /// The first entry names the type and is stored uncompressed, as the format requires.
  private static byte[] openDocument() throws IOException {
    byte[] type = "application/vnd.oasis.opendocument.spreadsheet".getBytes(UTF_8);
    var crc = new CRC32();
    crc.update(type);
    var entry = new ZipEntry("mimetype");
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(type.length);
    entry.setCrc(crc.getValue());
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(entry);
      zip.write(type);
    }
    return bytes.toByteArray();
  }
}
