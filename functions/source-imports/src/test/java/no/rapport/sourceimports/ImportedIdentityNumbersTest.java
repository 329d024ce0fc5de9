package no.rapport.sourceimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import no.rapport.sourcedata.OrganizationRegister.Numbers;
import org.dhatim.fastexcel.Workbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Generates national identity numbers in many spellings, imports them in every cell of every kind of file, and looks
/// for the numbers' digits in the table, the import reports and the logs.
class ImportedIdentityNumbersTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SEPARATORS = List.of("", " ", "  ", "-", " - ", ".", "/", ":", "_", "\t", "\n",
      "\r\n", "\u00A0", "\u202F", "\u2009", "\u3000", "\u2011", "\u2013", "\u2212", "\u0085", "\u2028", "\u000B", "\f");
  private static final List<String> INVISIBLE = List.of("", "\u200B", "\u00AD", "\u2060", "\uFEFF", "\u202E", "\u200F",
      "\u0000", "\u0001", "\u001B", "\uFE0F", "\u034F", "\uDB40\uDC41");
  private static final int[] ZEROS = {'0', 0x660, 0x6F0, 0x966, 0x0E50, 0xFF10, 0x1D7CE, 0x2080};
  private static final int[][] GROUPS = {{}, {6}, {2, 4, 6}, {6, 9}, {2, 4, 6, 9}};
  private static final int[][] DUF_GROUPS = {{}, {4}, {4, 10}, {6}};
  /// What is added to the day and the month: identity, D, H and synthetic numbers.
  private static final int[][] KINDS = {{0, 0}, {40, 0}, {0, 40}, {0, 65}, {0, 80}, {40, 80}};
  /// The free texts stand first.
  private static final List<String> COLUMNS = List.of("location", "county", "target_group", "title", "notes",
      "attachments", "activity_type", "municipality", "org_id", "date", "participant_count", "updated_at",
      "activity_id");
  private static final int FREE_TEXTS = 6;
  private static final Map<String, String> ROW = Map.of("org_id", SourceData.ORG, "activity_type", "lecture", "date",
      "2025-03-01", "participant_count", "5", "updated_at", "2025-03-02T00:00:00Z", "municipality", "0301");

  private final SourceData data = new SourceData();

  enum Form {
    CSV("a.csv", rows -> csv(rows).getBytes(UTF_8)),
    JSON_LINES("a.jsonl", rows -> jsonLines(rows).getBytes(UTF_8)),
    WORKBOOK("a.xlsx", ImportedIdentityNumbersTest::workbook);

    private final String name;
    private final Function<List<Map<String, String>>, byte[]> bytes;

    Form(String name, Function<List<Map<String, String>>, byte[]> bytes) {
      this.name = name;
      this.bytes = bytes;
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void noSpellingOfANumberIsStoredReportedOrLogged(Form form) {
    Map<String, String> spellings = spellings();
    List<Map<String, String>> rows = new ArrayList<>();
    spellings.values().forEach(spelling -> {
      int place = rows.size();
      Map<String, String> row = new LinkedHashMap<>();
      COLUMNS.forEach(column -> row.put(column, ROW.getOrDefault(column, "Kurs")));
      row.put("activity_id", "a-" + place);
      row.put("duration_minutes", "60");
      String column = COLUMNS.get(place % 2 == 0 ? place / 2 % FREE_TEXTS : place / 2 % COLUMNS.size());
      // An id may look like a DUF number: systems number their rows by year.
      row.put(column.equals("activity_id") && place >= KINDS.length * SEPARATORS.size() ? "title" : column,
          COLUMNS.indexOf(column) < FREE_TEXTS ? "ring " + spelling + " nå" : spelling);
      rows.add(row);
    });

    JsonNode report = data.importBytes(data.activitiesKey(form.name), form.bytes.apply(rows));

    assertThat(report.at("/counts/read").asInt()).as(report.toPrettyString()).isEqualTo(rows.size());
    assertThat(report.at("/counts/masked").asInt()).isGreaterThan(rows.size() / 2);
    assertThat(data.read("2025-01-01", "2025-12-31")).hasSizeGreaterThan(rows.size() / 2);
    assertHoldsNone(spellings, report);
  }

  @Test
  void noNumberInADocumentOfTheRegisterIsStoredReportedOrLogged() {
    data.register.enter(SourceData.ORG, "Kongsvinger",
        Optional.of(new Numbers(RegisterFile.ORGANIZATION, Optional.empty())), Instant.EPOCH);
    Map<String, String> spellings = spellings();
    List<String> documents = new ArrayList<>();
    spellings.values().forEach(spelling -> {
      int place = documents.size();
      String value = inXml(spelling);
      String document = RegisterFile.document(RegisterFile.id(1_000 + place), "2025-06-02T08:00:00Z",
          RegisterFile.melding(RegisterFile.id(5_000 + place), "2025-01-01",
              RegisterFile.conclusion("2025-02-01", "2")));
      documents.add(switch (place % 8) {
        case 0 -> document.replace(RegisterFile.FREE_TEXT, value);
        case 1 -> document.replace(RegisterFile.JOURNAL, value).replace(RegisterFile.IDENTITY_NUMBER, value);
        case 2 -> document.replace("Navn=\"" + RegisterFile.SYSTEM, "Navn=\"" + value);
        case 3 -> document.replace("Kode=\"2\"", "Kode=\"" + value + "\"");
        case 4 -> document.replace(RegisterFile.id(5_000 + place), value);
        case 5 -> document.replace("Fodseldato=\"", "Fodseldato=\"" + value);
        case 6 -> document.replace(RegisterFile.id(1_000 + place), value);
        default -> document.replace("</Sak>", "<Notat>" + value + "</Notat></Sak>");
      });
    });

    JsonNode report = data.importBytes(data.casesKey("archive.zip"), RegisterFile.zip(documents));

    assertThat(report.at("/control_totals/documents/sent").asInt()).as(report.toPrettyString())
        .isEqualTo(documents.size());
    assertThat(data.cases()).hasSizeGreaterThan(documents.size() / 2);
    assertHoldsNone(spellings, report);
  }

  private void assertHoldsNone(Map<String, String> spellings, JsonNode report) {
    String stored = data.dynamoDb.scanPaginator(scan -> scan.tableName(data.table)).items().stream()
        .map(Object::toString).collect(Collectors.joining("\n"));
    for (String place : List.of(stored, report.toString(), String.join("\n", data.log))) {
      String digits = digits(place);
      spellings.forEach((number, spelling) -> assertThat(digits.contains(number))
          .as("%s spelled as %s", number, escaped(spelling)).isFalse());
    }
  }

  private static Map<String, String> spellings() {
    var random = new SplittableRandom(29);
    Map<String, String> spellings = new LinkedHashMap<>();
    for (int[] kind : KINDS) {
      for (String separator : SEPARATORS) {
        String number = "%02d%02d%02d%05d".formatted(random.nextInt(1, 29) + kind[0], random.nextInt(1, 13) + kind[1],
            random.nextInt(100), random.nextInt(100_000));
        spellings.put(number, spelled(number, GROUPS[random.nextInt(GROUPS.length)], separator, random));
      }
    }
    for (String separator : SEPARATORS) {
      String number = "20%010d".formatted(random.nextLong(10_000_000_000L));
      spellings.put(number, spelled(number, DUF_GROUPS[random.nextInt(DUF_GROUPS.length)], separator, random));
    }
    return spellings;
  }

  private static String spelled(String number, int[] groups, String separator, SplittableRandom random) {
    int zero = ZEROS[random.nextInt(ZEROS.length)];
    String invisible = INVISIBLE.get(random.nextInt(INVISIBLE.size()));
    var text = new StringBuilder();
    for (int i = 0; i < number.length(); i++) {
      for (int group : groups) {
        text.append(group == i ? separator : "");
      }
      text.append(i > 0 && random.nextInt(3) == 0 ? invisible : "");
      text.appendCodePoint(number.charAt(i) - '0' + zero);
    }
    return text.toString();
  }

  /// All digits of a text as ASCII, nothing between them.
  private static String digits(String text) {
    var digits = new StringBuilder();
    text.replaceAll("_x[0-9A-F]{4}_", "").codePoints()
        .filter(c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER
                || Character.getType(c) == Character.OTHER_NUMBER)
        .map(Character::getNumericValue).forEach(digits::append);
    return digits.toString();
  }

  private static String csv(List<Map<String, String>> rows) {
    return String.join(";", rows.getFirst().keySet()) + "\n" + rows.stream().map(row -> row.values().stream()
        .map(cell -> '"' + cell + '"').collect(Collectors.joining(";"))).collect(Collectors.joining("\n"));
  }

  private static String jsonLines(List<Map<String, String>> rows) {
    return rows.stream().map(row -> {
      var json = JSON.createObjectNode();
      row.forEach(json::put);
      json.putArray("attachments").add("a.jpg").add(row.get("attachments"));
      return json.toString();
    }).collect(Collectors.joining("\n"));
  }

  /// Control characters are written as Excel writes them.
  private static byte[] workbook(List<Map<String, String>> rows) {
    var out = new ByteArrayOutputStream();
    try (var workbook = new Workbook(out, "test", "1.0")) {
      var sheet = workbook.newWorksheet("rows");
      List<String> columns = List.copyOf(rows.getFirst().keySet());
      for (int column = 0; column < columns.size(); column++) {
        sheet.value(0, column, columns.get(column));
        for (int row = 0; row < rows.size(); row++) {
          sheet.inlineString(row + 1, column, rows.get(row).get(columns.get(column)).codePoints()
              .mapToObj(c -> c < ' ' && c != '\t' && c != '\n' ? "_x%04X_".formatted(c) : Character.toString(c))
              .collect(Collectors.joining()));
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  /// XML has no control characters but tabs and line breaks, which attributes hold as references.
  private static String inXml(String text) {
    return text.codePoints().filter(c -> c >= ' ' || c == '\t' || c == '\n' || c == '\r')
        .mapToObj(c -> c < ' ' ? "&#" + c + ";" : Character.toString(c)).collect(Collectors.joining());
  }

  private static String escaped(String text) {
    return text.chars().mapToObj(c -> c < 127 && c >= ' ' ? String.valueOf((char) c) : "\\u%04X".formatted(c))
        .collect(Collectors.joining());
  }
}
