package no.rapport.sourceimports;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.reader.CsvReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.CharsetEncoder;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.ShareWriter;
import no.rapport.reportfiles.formats.ReportWriters;
import no.rapport.reporting.Activity;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.KeyFigures;
import no.rapport.reporting.NationalIdMask;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportDescription;
import no.rapport.reporting.ReportFormat;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Imports rows of texts that break spreadsheets, scripts and parsers, in every format and encoding, and exports them.
/// FastCSV, fastexcel's reader and Jackson must read the same texts from the exported files.
///
/// `-Drapport.hazards.rows=100000` and `-Drapport.hazards.seed=…` set the number of rows and the seed.
class HazardousRowsTest {

  private static final int ROWS = Integer.getInteger("rapport.hazards.rows", 200);
  private static final long SEED = Long.getLong("rapport.hazards.seed", 1);
  private static final int SHARES = 3;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] COLUMNS = {"activity_id", "activity_type", "date", "participant_count",
      "duration_minutes", "location", "municipality", "county", "target_group", "title", "notes", "attachments",
      "updated_at"};
  private static final List<String> HAZARDS = List.of("=1+1", "+4722000000", "-5", "-1+cmd|' /C calc'!A0", "@SUM(A1)",
      "=HYPERLINK(\"http://example.org\")", "\"", "\"\"", "\"quoted\", and 'single'", "'apostrophe", ";", ",", "\t", "a;b,c",
      "sep=;", "two\nlines", "two\r\nlines", "two\rlines", "\n=1+1", "NUL\u0000here", "\u001A", "\u001B[31m", "\u0085",
      "\u2028", "\u00A0", " both ends ", "0301", "004722", "1E5", "3/4", "TRUE", "SANN", "#REF!", "31.12.2025", "NULL", "null",
      "{\"a\":1}", "[1]", "\\", "\\n", "<b>&amp;</b>", "]]>", "<!--", "_x0041_", "_x000D_", "æøå ÆØÅ", "č đ ŋ š ŧ ž", "😀👩‍👧",
      "c\u030C", "\u202Eright to left", "שלום", "مرحبا", "ትግርኛ", "中文 한국어", "हिन्दी", "\uFEFFmark", "\uFFFD", "＝1+1", "%s %n", "${x}",
      "../..", "");

  enum Form {
    CSV("a.csv", text -> text, rows -> csv(rows, ';', "\n").getBytes(UTF_8)),
    MARKED_CSV("a.csv", text -> text, rows -> ("\uFEFF" + csv(rows, ',', "\r\n")).getBytes(UTF_8)),
    TABS("a.txt", text -> text, rows -> csv(rows, '\t', "\n").getBytes(UTF_8)),
    UTF_16_LITTLE("a.csv", text -> text, rows -> ("\uFEFF" + csv(rows, ';', "\r\n")).getBytes(UTF_16LE)),
    UTF_16_BIG("a.csv", text -> text, rows -> ("\uFEFF" + csv(rows, '\t', "\n")).getBytes(UTF_16BE)),
    RETURNS("a.csv", HazardousRowsTest::withoutReturns, rows -> csv(rows, ';', "\r").getBytes(UTF_8)),
    WINDOWS("a.csv", HazardousRowsTest::inWindows, rows -> csv(rows, ';', "\r\n").getBytes(FileContent.WINDOWS_1252)),
    PACKED("a.csv.gz", text -> text, rows -> packed(csv(rows, ';', "\n").getBytes(UTF_8))),
    JSON_LINES("a.jsonl", text -> text, rows -> json(rows, "", "\n", "").getBytes(UTF_8)),
    JSON_ARRAY("a.json", text -> text, rows -> json(rows, "[", ",\n", "]").getBytes(UTF_8)),
    WORKBOOK("a.xlsx", HazardousRowsTest::inXml, HazardousRowsTest::workbook);

    private final String name;
    private final UnaryOperator<String> holds;
    private final Function<List<Activity>, byte[]> bytes;

    /// @param holds converts a text to what this format can hold, because not all formats can hold every character
    Form(String name, UnaryOperator<String> holds, Function<List<Activity>, byte[]> bytes) {
      this.name = name;
      this.holds = holds;
      this.bytes = bytes;
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void importsAndExportsTextsUnchanged(Form form) throws IOException {
    var data = new SourceData();
    List<Activity> rows = rows(form.holds);
    JsonNode report = data.importBytes(data.activitiesKey(form.name), form.bytes.apply(rows));
    assertThat(report.at("/counts/imported").asInt()).as(report.toPrettyString()).isEqualTo(rows.size());
    List<Activity> expected = rows.stream().map(HazardousRowsTest::stored)
        .sorted(Comparator.comparing(Activity::date).thenComparing(Activity::activityId)).toList();
    List<Activity> read = data.read("2025-01-01", "2025-12-31");
    assertThat(read).hasSize(expected.size());
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i)).as("row %d", i).isEqualTo(expected.get(i));
    }
    List<List<String>> texts = expected.stream().map(HazardousRowsTest::texts).toList();
    assertSame(readWorkbook(write(ReportFormat.XLSX, read)), texts, text -> text);
    assertSame(readCsv(write(ReportFormat.CSV, read)), texts, text -> text.replace("'", ""));
    assertSame(readJson(write(ReportFormat.JSON, read)), texts, text -> text);
  }

  private static void assertSame(List<List<String>> read, List<List<String>> expected, UnaryOperator<String> plain) {
    assertThat(read).hasSize(expected.size());
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i).stream().map(plain).toList()).as("row %d", i)
          .isEqualTo(expected.get(i).stream().map(plain).toList());
    }
  }

  private static List<Activity> rows(UnaryOperator<String> holds) {
    var random = new SplittableRandom(SEED);
    List<Activity> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      String[] texts = IntStream.range(0, 6).mapToObj(_ -> holds.apply(text(random))).toArray(String[]::new);
      List<String> attachments = random.nextInt(4) > 0 ? List.of()
          : List.of(holds.apply("bilde 😀 " + random.nextInt(100) + ".jpg"), "=1+1.pdf");
      rows.add(new Activity("row-%06d".formatted(i), SourceData.ORG, random.nextInt(5) == 0 ? "unknown_type" : "lecture",
          LocalDate.of(2025, 1, 1).plusDays(random.nextInt(365)), random.nextInt(1_000_000), random.nextInt(1_000),
          texts[0], random.nextBoolean() ? "0301" : "", texts[1], texts[2], texts[3], texts[4], attachments,
          Instant.parse("2025-12-31T12:00:00Z")));
    }
    return rows;
  }

  private static String text(SplittableRandom random) {
    int kind = random.nextInt(200);
    if (kind == 0) {
      return "lang ž ".repeat(random.nextInt(1, 2_000)).strip();
    }
    int parts = kind < 140 ? 1 : random.nextInt(2, 6);
    return IntStream.range(0, parts).mapToObj(_ -> HAZARDS.get(random.nextInt(HAZARDS.size())))
        .collect(Collectors.joining(random.nextBoolean() ? "" : " "));
  }

  /// Returns the row as it is stored: without control characters, and with parts masked that look like an identity
  /// number, such as two dates in a row.
  private static Activity stored(Activity row) {
    UnaryOperator<String> kept = Spelling::withoutControls;
    return NationalIdMask.mask(new Activity(row.activityId(), row.orgId(), row.activityType(), row.date(),
        row.participantCount(), row.durationMinutes(), kept.apply(row.location()), row.municipality(),
        kept.apply(row.county()), kept.apply(row.targetGroup()), kept.apply(row.title()), kept.apply(row.notes()),
        row.attachments(), row.updatedAt()));
  }

  private static List<String> cells(Activity row) {
    return List.of(row.activityId(), row.activityType(), row.date().toString(), "" + row.participantCount(),
        "" + row.durationMinutes(), row.location(), row.municipality(), row.county(), row.targetGroup(), row.title(),
        row.notes(), String.join("|", row.attachments()), row.updatedAt().toString());
  }

  /// Returns the cells of a row that a report shows as texts.
  private static List<String> texts(Activity row) {
    return List.of(row.activityId(), row.location(), row.municipality(), row.county(), row.targetGroup(), row.title(),
        row.notes(), String.join("|", row.attachments()));
  }

  private static String csv(List<Activity> rows, char separator, String lineEnd) {
    var csv = new StringBuilder(String.join("" + separator, COLUMNS)).append(lineEnd);
    for (Activity row : rows) {
      csv.append(cells(row).stream().map(cell -> '"' + cell.replace("\"", "\"\"") + '"')
          .collect(Collectors.joining("" + separator))).append(lineEnd);
    }
    return csv.toString();
  }

  private static String json(List<Activity> rows, String start, String between, String end) {
    return rows.stream().map(row -> {
      ObjectNode json = JSON.createObjectNode();
      List<String> cells = cells(row);
      for (int i = 0; i < COLUMNS.length; i++) {
        json.put(COLUMNS[i], cells.get(i));
      }
      json.put("participant_count", row.participantCount()).put("duration_minutes", row.durationMinutes());
      row.attachments().forEach(json.putArray("attachments")::add);
      return json.toString();
    }).collect(Collectors.joining(between, start, end));
  }

  private static byte[] workbook(List<Activity> rows) {
    var out = new ByteArrayOutputStream();
    try (var workbook = new Workbook(out, "test", "1.0")) {
      var sheet = workbook.newWorksheet("rows");
      for (int column = 0; column < COLUMNS.length; column++) {
        sheet.value(0, column, COLUMNS[column]);
      }
      for (int row = 0; row < rows.size(); row++) {
        List<String> cells = cells(rows.get(row));
        for (int column = 0; column < COLUMNS.length; column++) {
          sheet.inlineString(row + 1, column, cells.get(column));
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] packed(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static String inWindows(String text) {
    CharsetEncoder encoder = FileContent.WINDOWS_1252.newEncoder();
    return text.codePoints().mapToObj(Character::toString)
        .map(point -> encoder.canEncode(point) ? point : "?").collect(Collectors.joining());
  }

  /// Returns the text as a workbook can hold it: XML has no control characters and turns a carriage return into a line
  /// feed.
  private static String inXml(String text) {
    return withoutReturns(Spelling.withoutControls(text)).replace("_x", "_y");
  }

  /// If lines end with a carriage return, a carriage return within a text becomes a line break too.
  private static String withoutReturns(String text) {
    return text.replace("\r\n", "\n").replace('\r', '\n');
  }

  private static byte[] write(ReportFormat format, List<Activity> rows) throws IOException {
    var description = new ReportDescription(SourceData.ORG, "Org", Period.ofId("2025").orElseThrow(), List.of(),
        ReportLocale.EN, true, Suppression.NONE);
    List<ShareSummary> summaries = new ArrayList<>();
    List<byte[]> shares = new ArrayList<>();
    ActivityTotals totals = ActivityTotals.NONE;
    for (int i = 0; i < SHARES; i++) {
      var out = new ByteArrayOutputStream();
      int from = rows.size() * i / SHARES;
      ShareWriter share = ReportWriters.of(format).share(out, description, i, from);
      for (Activity row : rows.subList(from, rows.size() * (i + 1) / SHARES)) {
        share.row(row);
      }
      summaries.add(share.finish());
      shares.add(out.toByteArray());
      totals = totals.plus(summaries.getLast().totals());
    }
    var file = new ByteArrayOutputStream();
    ReportWriters.of(format).assemble(file, description, new KeyFigures(totals, Optional.empty()), summaries,
        (index, offset, length) -> new ByteArrayInputStream(shares.get(index), (int) offset, (int) length));
    return file.toByteArray();
  }

  private static List<String> pick(Function<Integer, String> cell) {
    return IntStream.of(0, 5, 6, 7, 8, 9, 10, 11).mapToObj(cell::apply).toList();
  }

  private static List<List<String>> readWorkbook(byte[] file) throws IOException {
    try (var workbook = new ReadableWorkbook(new ByteArrayInputStream(file));
        var rows = workbook.findSheet("Activities").orElseThrow().openStream()) {
      return rows.skip(1).map(row -> pick(column -> row.getOptionalCell(column)
          .map(cell -> cell.getText().replace("_x005F_", "_")).orElse(""))).toList();
    }
  }

  private static List<List<String>> readCsv(byte[] file) {
    return CsvReader.builder().fieldSeparator(';').ofCsvRecord(new String(file, UTF_8).substring(1)).stream().skip(1)
        .map(record -> pick(record::getField)).toList();
  }

  private static List<List<String>> readJson(byte[] file) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode row : JSON.readTree(file).get("rows")) {
      rows.add(pick(column -> row.get(column).isArray()
          ? IntStream.range(0, row.get(column).size()).mapToObj(i -> row.get(column).get(i).asText())
              .collect(Collectors.joining("|")) : row.get(column).asText("")));
    }
    return rows;
  }
}
