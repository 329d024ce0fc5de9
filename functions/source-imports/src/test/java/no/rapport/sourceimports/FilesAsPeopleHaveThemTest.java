package no.rapport.sourceimports;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import no.rapport.reporting.Activity;
import org.dhatim.fastexcel.Workbook;
import org.junit.jupiter.api.Test;

/// Imports files as spreadsheets and scripts write them, and reads all rows back.
class FilesAsPeopleHaveThemTest {

  private static final String HEADER = "activity_id;org_id;activity_type;date;participant_count;duration_minutes;"
      + "location;municipality;county;target_group;title;notes;attachments;updated_at";
  private static final Instant UPDATED = Instant.parse("2025-03-05T10:00:00Z");
  private static final String TITLE = "Å \"ta\" ; ordet";

  private final SourceData data = new SourceData();
  private int ids;

  private static String row(String id) {
    return id + ";org-042;support_group;2025-03-04;8;45;Bærum;0301;Oslo;;\"Å \"\"ta\"\" ; ordet\";;;2025-03-05T10:00:00Z";
  }

  private static Activity activity(String id) {
    return new Activity(id, "org-042", "support_group", LocalDate.of(2025, 3, 4), 8, 45, "Bærum", "0301", "Oslo", "",
        TITLE, "", List.of(), UPDATED);
  }

  private static String json(String id) {
    return ("{'activity_id':'%s','activity_type':'support_group','date':'2025-03-04','participant_count':8,"
        + "'duration_minutes':45,'location':'Bærum','municipality':'0301','county':'Oslo','target_group':'',"
        + "'title':'Å \\\"ta\\\" ; ordet','updated_at':'2025-03-05T10:00:00Z'}").formatted(id).replace('\'', '"');
  }

  private Activity imported(String id) {
    return data.read("2025-01-01", "2025-12-31").stream()
        .filter(activity -> activity.activityId().equals(id)).findFirst().orElse(null);
  }

  /// Imports one row under the common header, with some of its values replaced.
  private JsonNode importRow(String id, Map<String, String> values) {
    String[] columns = HEADER.split(";");
    String[] cells = row(id).replace("\"Å \"\"ta\"\" ; ordet\"", "T").split(";", -1);
    for (int i = 0; i < columns.length; i++) {
      cells[i] = values.getOrDefault(columns[i], cells[i]);
    }
    return data.importText(
        data.activitiesKey(id + ".csv"), String.join(";", columns) + "\n" + String.join(";", cells) + "\n");
  }

  @Test
  void readsEveryFormatAndEncoding() throws IOException {
    var forms = new LinkedHashMap<String, byte[]>();
    String lf = HEADER + "\n" + row("@ID@") + "\n";
    forms.put("plain.csv", lf.getBytes(UTF_8));
    forms.put("mark.csv", ("\uFEFF" + lf).getBytes(UTF_8));
    forms.put("windows.csv", lf.getBytes(FileContent.WINDOWS_1252));
    forms.put("utf16le.csv", ("\uFEFF" + lf).getBytes(UTF_16LE));
    forms.put("utf16be.txt", ("\uFEFF" + lf).getBytes(UTF_16BE));
    forms.put("separator-line.csv", ("sep=;\r\n" + lf).getBytes(UTF_8));
    forms.put("tabs.txt", (HEADER.replace(';', '\t') + "\n" + row("@ID@").replace(";", "\t").replace("\t ordet", "; ordet")
        + "\n").getBytes(UTF_8));
    forms.put("utf16-tabs.txt", ("\uFEFFsep=\t\r\n" + HEADER.replace(';', '\t') + "\r\n"
        + row("@ID@").replace(";", "\t").replace("\t ordet", "; ordet") + "\r\n").getBytes(UTF_16LE));
    forms.put("commas.csv", (HEADER.replace(';', ',') + "\n" + row("@ID@").replace(";", ",").replace(", ordet", "; ordet"))
        .getBytes(UTF_8));
    forms.put("returns.csv", lf.replace('\n', '\r').getBytes(UTF_8));
    forms.put("windows-lines.CSV", lf.replace("\n", "\r\n").getBytes(UTF_8));
    forms.put("title.csv", ("Aktiviteter 2025;;;;;;;;;;;;;\n\n;;;\n" + lf).getBytes(UTF_8));
    forms.put("quoted-header.csv", ("\uFEFF\"" + HEADER.replace(";", "\";\"") + "\"\n" + row("@ID@")).getBytes(UTF_8));
    forms.put("mark-in-quotes.csv", ("\"\uFEFF" + HEADER.replace(";", "\";\"") + "\"\n" + row("@ID@")).getBytes(UTF_8));
    forms.put("blanks-in-header.csv",
        ("\u00A0" + HEADER.toUpperCase().replace(";", "\u00A0 ; ") + "\n" + row("@ID@")).getBytes(UTF_8));
    forms.put("separators-only.csv", (lf + ";;;;;;;;;;;;;\n \n;;\n").getBytes(UTF_8));
    forms.put("more-separators.csv", (HEADER + ";;\n" + row("@ID@") + ";;\n").getBytes(UTF_8));
    forms.put("folder-names-organisation.csv", lf.replace("org_id;", "").replace("org-042;", "").getBytes(UTF_8));
    forms.put("packed.csv.gz", packed(lf.getBytes(UTF_8)));
    forms.put("packed.csv", packed(("\uFEFF" + lf).getBytes(UTF_16LE)));
    forms.put("lines.jsonl", (json("@ID@") + "\n  \t\n").getBytes(UTF_8));
    forms.put("lines.ndjson", ("\uFEFF" + json("@ID@")).getBytes(UTF_8));
    forms.put("lines.jsonl.gz", packed(json("@ID@").getBytes(UTF_8)));
    forms.put("lines-without-ending", json("@ID@").getBytes(UTF_8));
    forms.put("utf16.jsonl", ("\uFEFF" + json("@ID@")).getBytes(UTF_16LE));
    forms.put("array.json", ("[\n  " + json("@ID@").replace(",", ",\n    ") + "\n]\n").getBytes(UTF_8));
    forms.put("array-in-a-line.json", ("[" + json("@ID@") + "]").getBytes(UTF_8));
    for (var form : forms.entrySet()) {
      String id = "form-" + ids++;
      byte[] bytes = withId(form.getValue(), id);
      JsonNode report = data.importBytes(data.activitiesKey(form.getKey()), bytes);

      assertThat(report.at("/counts/read").asInt()).as(form.getKey() + report).isEqualTo(1);
      assertThat(imported(id)).as(form.getKey() + report).isEqualTo(activity(id));
    }
  }

  /// Replaces `@ID@` by an id, in any encoding and compression.
  private static byte[] withId(byte[] form, String id) throws IOException {
    if (form[0] == 0x1F) {
      return packed(withId(new GZIPInputStream(new ByteArrayInputStream(form)).readAllBytes(), id));
    }
    var encoding = FileContent.of(form, "x").encoding();
    return new String(form, encoding).replace("@ID@", id).getBytes(encoding);
  }

  private static byte[] packed(byte[] bytes) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }

  @Test
  void reportsDetectedEncodingDelimiterAndHeader() {
    JsonNode report = data.importBytes(data.activitiesKey("found.csv"),
        ("Tittel\n" + HEADER + ";Kari Nordmann\n").getBytes(FileContent.WINDOWS_1252));

    assertThat(report.at("/form").asText()).isEqualTo("csv");
    assertThat(report.at("/delimiter").asText()).isEqualTo(";");
    assertThat(report.at("/header_line").asInt()).isEqualTo(2);
    assertThat(report.at("/header/0").asText()).isEqualTo("activity_id");
    assertThat(report.at("/header/14").asText()).isEqualTo("(not shown)");
    assertThat(data.importBytes(data.activitiesKey("words.csv"), (HEADER + "\n" + row("w")).getBytes(
        FileContent.WINDOWS_1252)).at("/encoding").asText()).isEqualTo("windows-1252");
  }

  @Test
  void readsWorkbookUnderAnyName() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var workbook = new Workbook(bytes, "test", "1.0")) {
      var sheet = workbook.newWorksheet("Ark 1");
      sheet.value(0, 0, "Aktiviteter");
      String[] columns = HEADER.split(";");
      for (int i = 0; i < columns.length; i++) {
        sheet.value(2, i, columns[i]);
      }
      for (int row = 3; row < 6; row++) {
        String[] cells = row("book-" + row).replace("\"Å \"\"ta\"\" ; ordet\"", "T").split(";", -1);
        for (int i = 0; i < cells.length; i++) {
          sheet.value(row, i, cells[i]);
        }
        sheet.value(row, 10, TITLE);
      }
      sheet.value(4, 3, LocalDate.of(2025, 3, 4));
      sheet.style(4, 3).format("dd.mm.yyyy").set();
      sheet.value(4, 4, 8);
      sheet.value(4, 5, 45.0);
      sheet.value(4, 7, 301);
      sheet.value(5, 3, 45720);
      sheet.value(8, 13, "");
    }
    for (String name : List.of("book.xlsx", "renamed.csv")) {
      JsonNode report = data.importBytes(data.activitiesKey(name), bytes.toByteArray());

      assertThat(report.at("/form").asText()).isEqualTo("workbook");
      assertThat(report.at("/counts/read").asInt()).as(report.toString()).isEqualTo(3);
      assertThat(report.at("/warnings").toString()).isEqualTo("[{\"line\":5,\"column\":\"municipality\","
          + "\"reason\":\"has lost its leading zero and was read with it\"}]");
    }
    for (int row = 3; row < 6; row++) {
      assertThat(imported("book-" + row)).isEqualTo(activity("book-" + row));
    }
  }

  @Test
  void readsValuesAsSpreadsheetsAndScriptsWriteThem() {
    var spellings = List.of(
        List.of("date", "04.03.2025"), List.of("date", "4.3.2025"), List.of("date", " 2025-03-04\u00A0"),
        List.of("participant_count", "8.0"), List.of("participant_count", "8,0"), List.of("participant_count", "8E0"),
        List.of("participant_count", "\u00A08"), List.of("activity_type", "Støttegruppe"),
        List.of("activity_type", "STØTTEGRUPPE"), List.of("activity_type", "Sto\u0308ttegruppe".replace("o\u0308", "ø")),
        List.of("activity_type", "Support group"), List.of("activity_type", "Doarjjajoavku"),
        List.of("activity_type", "Support_Group"), List.of("updated_at", "2025-03-05T11:00:00+01:00"));
    for (var spelling : spellings) {
      String id = "value-" + ids++;
      JsonNode report = importRow(id, Map.of(spelling.getFirst(), spelling.getLast()));

      Activity expected = activity(id);
      Activity read = imported(id);
      assertThat(read).as(spelling + " " + report).isNotNull();
      assertThat(List.of(read.date(), read.participantCount(), read.activityType(), read.updatedAt())).as("%s", spelling)
          .isEqualTo(List.of(expected.date(), expected.participantCount(), expected.activityType(), UPDATED));
    }
    importRow("thousand", Map.of("participant_count", "1\u00A0234", "duration_minutes", "9E1"));
    assertThat(imported("thousand").participantCount()).isEqualTo(1234);
    assertThat(imported("thousand").durationMinutes()).isEqualTo(90);
  }

  @Test
  void rejectsAmbiguousNumbersAndDates() {
    for (String count : List.of("1,000", "1.000", "8,5", "1 2", "12 34", "9E99", "--8", "0x8", "٣")) {
      String id = "two-" + ids++;
      assertThat(importRow(id, Map.of("participant_count", count)).at("/rejected/0/column").asText()).as(count)
          .isEqualTo("participant_count");
    }
    for (String date : List.of("03/04/2025", "04.03.25", "2025-3-4", "31.02.2025", "20250304")) {
      String id = "two-" + ids++;
      assertThat(importRow(id, Map.of("date", date)).at("/rejected/0/column").asText()).as(date).isEqualTo("date");
    }
  }

  @Test
  void restoresLeadingZeroOnlyIfWholeFileLostThem() {
    String lost = row("zero-1").replace(";0301;", ";301;") + "\n" + row("zero-2").replace(";0301;", ";1103;") + "\n";
    JsonNode report = data.importText(data.activitiesKey("zeros.csv"), HEADER + "\n" + lost);
    assertThat(report.at("/counts/warned").asInt()).isEqualTo(1);
    assertThat(report.at("/warnings/0/column").asText()).isEqualTo("municipality");
    assertThat(imported("zero-1").municipality()).isEqualTo("0301");

    String words = row("zero-3").replace(";0301;", ";301;") + "\n" + row("zero-4").replace(";0301;", ";Oslo;") + "\n";
    JsonNode other = data.importText(data.activitiesKey("words.csv"), HEADER + "\n" + words);
    assertThat(other.at("/counts/rejected").asInt()).isEqualTo(2);
  }

  @Test
  void dropsControlCharactersWithWarning() {
    JsonNode report = importRow("control", Map.of("title", "a\u0000b\u001Ac\u001Bd"));

    assertThat(imported("control").title()).isEqualTo("abcd");
    assertThat(report.at("/warnings").toString()).isEqualTo(
        "[{\"line\":2,\"column\":\"title\",\"reason\":\"control characters were dropped\"}]");
  }

  @Test
  void normalizesIdsAndRejectsInvisibleCharacters() {
    importRow("\u00E5-1", Map.of("title", "composed"));
    importRow("a\u030A-1", Map.of("title", "decomposed", "updated_at", "2025-03-06T10:00:00Z"));
    assertThat(imported("\u00E5-1").title()).isEqualTo("decomposed");

    for (String id : List.of("b1\u00A0", "b1\u200B", "b\u2028 1", " b1", "b1 ", "b\u00AD1", "b\t1", "\uFEFFb1", "b\u20071")) {
      assertThat(importRow("invisible", Map.of("activity_id", id)).at("/rejected/0/column").asText())
          .as("%s", id.codePoints().boxed().toList()).isEqualTo("activity_id");
    }
    assertThat(importRow("plain inner blank", Map.of()).at("/counts/imported").asInt()).isEqualTo(1);
  }

  @Test
  void rejectsUpdateTimeInTheFuture() {
    Instant now = Instant.now();
    assertThat(importRow("soon", Map.of("updated_at", now.plusSeconds(500).toString())).at("/counts/imported").asInt())
        .isEqualTo(1);
    assertThat(importRow("later", Map.of("updated_at", now.plusSeconds(3_600).toString())).at("/rejected/0/reason")
        .asText()).isEqualTo("is more than 10 minutes ahead of now");
  }

  @Test
  void rejectsImplausibleCaseDates() {
    int year = LocalDate.now().getYear();
    for (var date : Map.of(year - 27 + "-12-31", 0, year - 26 + "-01-02", 1, year + 26 + "-12-30", 1,
        year + 27 + "-01-01", 0, "1925-03-04", 0).entrySet()) {
      String id = "date-" + ids++;
      JsonNode report = data.importText(data.casesKey(id + ".jsonl"), """
          {"type":"sak","record_id":"%s","source_system":"s","updated_at":"2025-03-05T10:00:00Z","barn_id":"b","fodt":"%s"}
          """.formatted(id, date.getKey()));
      assertThat(report.at("/counts/imported").asInt()).as(date.getKey()).isEqualTo(date.getValue());
    }
  }

  @Test
  void rejectsNumbersBeyondEveryNumberType() {
    for (String number : List.of("7E12345678901", "-1E-99999999999", "1E2147483648", "[[1E99999999999]]", "1E999999999")) {
      String lines = json("n-1") + "\n" + json("n-2").replace("{", "{\"ref\":" + number + ",") + "\n"
          + json("n-3").replace("\"participant_count\":8", "\"participant_count\":" + number) + "\n" + json("n-4") + "\n";
      JsonNode report = data.importText(data.activitiesKey("numbers-" + ids++ + ".jsonl"), lines);

      assertThat(report.at("/counts/read").asInt()).as(number).isEqualTo(4);
      assertThat(report.at("/counts/rejected").asInt()).as(number + report).isBetween(1, 2);
    }
    JsonNode organization = data.importText(
        "imports/numbers-" + data.folder + "/organization.json", "{\"name\":\"x\",\"more\":7E12345678901}");
    assertThat(organization.at("/status").asText()).isEqualTo("failed");
  }

  @Test
  void readsEveryNotationOfJsonNumber() {
    for (String number : List.of("8.0", "8e0", "0.8E1", "80E-1", "\"8\"", "\"8,0\"")) {
      String id = "json-" + ids++;
      data.importText(data.activitiesKey(id + ".jsonl"), json(id).replace(":8,", ":" + number + ","));
      assertThat(imported(id)).as(number).isEqualTo(activity(id));
    }
  }

  @Test
  void invalidArrayElementCostsOnlyThatElement() {
    String array = "[" + json("e-1") + ",\n{\"activity_id\":},\n" + json("e-2") + ",\n[],\n" + json("e-3") + "]";
    JsonNode report = data.importText(data.activitiesKey("faults.json"), array);
    assertThat(report.at("/counts/imported").asInt()).isEqualTo(3);
    assertThat(report.at("/rejected").findValuesAsText("line")).containsExactly("2", "4");

    JsonNode cut = data.importText(data.activitiesKey("cut.json"), "[" + json("e-4") + ",\n" + json("e-5").substring(0, 90));
    assertThat(cut.at("/status").asText()).isEqualTo("failed");
    assertThat(cut.at("/counts/imported").asInt()).isEqualTo(1);
    assertThat(cut.at("/error").asText()).startsWith("The array is not closed: the element on line 2 has no end");
  }

  @Test
  void rejectsDecompressionBombs() throws IOException {
    var lines = new ByteArrayOutputStream();
    for (int i = 0; i < 40 * 1024 * 1024 / HEADER.length(); i++) {
      lines.writeBytes((HEADER + "\n").getBytes(UTF_8));
    }
    assertThat(data.importBytes(data.activitiesKey("bomb.csv.gz"), packed(lines.toByteArray())).at("/error").asText())
        .startsWith("The gzip file unpacks to more than");
    byte[] whole = packed((HEADER + "\n" + row("cut")).getBytes(UTF_8));
    assertThat(data.importBytes(data.activitiesKey("cut.csv.gz"), Arrays.copyOf(whole, whole.length - 12))
        .at("/error").asText()).isEqualTo("The gzip file is damaged or was cut off; put it again");

    var workbook = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(workbook)) {
      zip.putNextEntry(new ZipEntry("xl/workbook.xml"));
      zip.write(new byte[40 * 1024 * 1024]);
    }
    assertThat(data.importBytes(data.activitiesKey("bomb.xlsx"), workbook.toByteArray()).at("/error").asText())
        .isEqualTo("The workbook unpacks to more than imports take; split it or save it as CSV UTF-8");
  }
}
