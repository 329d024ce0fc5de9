package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Compares the tables of columns (`docs/import-columns.md`) and the example files with the parser.
class ImportColumnsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path DOCS = Path.of(System.getProperty("rapport.home"), "docs");
  private static final String ORG = "org-1042";
  private static final Pattern ROW = Pattern.compile("\\| `(\\w+)`( \\*)? \\| ([^|]+) \\| .+ \\|");

  private final SourceData data = new SourceData();
  private int files;

  /// A row of a table: whether a withdrawal needs the column, and when other rows need it.
  private record Column(boolean inWithdrawal, String required) {}

  /// Returns the tables by heading, without `every type`.
  private static Map<String, Map<String, Column>> tables() throws IOException {
    var tables = new LinkedHashMap<String, Map<String, Column>>();
    Map<String, Column> table = Map.of();
    for (String line : Files.readAllLines(DOCS.resolve("import-columns.md"))) {
      if (line.startsWith("## ") || line.startsWith("### ")) {
        table = new LinkedHashMap<>();
        tables.put(line.replaceFirst("^#+ (Cases: )?", "").replaceFirst(" \\(.*", ""), table);
      }
      var row = ROW.matcher(line);
      if (row.matches()) {
        table.put(row.group(1), new Column(row.group(2) != null, row.group(3)));
      }
    }
    return tables;
  }

  private static List<ObjectNode> examples(String name) throws IOException {
    var rows = new ArrayList<ObjectNode>();
    for (String line : Files.readAllLines(DOCS.resolve("examples").resolve(name))) {
      rows.add((ObjectNode) JSON.readTree(line));
    }
    return rows;
  }

  private JsonNode imported(String kind, String name, String content) {
    return data.importText("imports/" + ORG + "/" + kind + "/" + files++ + "/" + name, content);
  }

  private List<String> rejected(String kind, JsonNode row) {
    var columns = new ArrayList<String>();
    imported(kind, "row.jsonl", row + "\n").path("rejected").forEach(entry -> {
      columns.add(entry.path("column").asText());
      entry.path("more").forEach(more -> columns.add(more.path("column").asText()));
    });
    return columns;
  }

  private static Map<String, Column> columnsOf(Map<String, Map<String, Column>> tables, String type) {
    var columns = new LinkedHashMap<>(tables.get("every type"));
    columns.putAll(tables.get(type));
    return columns;
  }

  @Test
  void tablesNameExactlyColumnsOfParser() throws IOException {
    var tables = tables();
    assertThat(tables.get("Activities").keySet()).isEqualTo(new ActivityForm().columns());
    Set<String> ofCases = new LinkedHashSet<>();
    tables.forEach((heading, columns) -> ofCases.addAll(heading.equals("Activities") ? Set.of() : columns.keySet()));
    assertThat(ofCases).isEqualTo(new CaseForm().columns());
  }

  @Test
  void parserRequiresColumnsAsTablesState() throws IOException {
    var tables = tables();
    for (ObjectNode activity : examples("activities.jsonl")) {
      holds("activities", activity, tables.get("Activities"));
    }
    var types = new TreeMap<String, ObjectNode>();
    for (ObjectNode row : examples("cases.jsonl")) {
      types.put(row.path("type").asText(), row);
    }
    assertThat(types.keySet()).containsExactlyInAnyOrderElementsOf(tables.keySet().stream()
        .filter(heading -> !Set.of("Activities", "every type").contains(heading)).toList());
    for (var type : types.entrySet()) {
      holds("cases", type.getValue(), columnsOf(tables, type.getKey()));
    }
  }

  private void holds(String kind, ObjectNode example, Map<String, Column> columns) {
    String type = example.path("type").asText(kind);
    var named = new ArrayList<String>();
    example.fieldNames().forEachRemaining(named::add);
    assertThat(named).as(type).containsExactlyInAnyOrderElementsOf(columns.keySet());
    assertThat(rejected(kind, example)).as(type).isEmpty();
    columns.forEach((column, told) -> {
      List<String> rejected = rejected(kind, example.deepCopy().without(List.of(column)));
      if (told.required().equals("no")) {
        assertThat(rejected).as(type + " without " + column).isEmpty();
      } else {
        assertThat(rejected).as(type + " without " + column).contains(column);
      }
      if (told.required().equals("column")) {
        assertThat(rejected(kind, example.deepCopy().put(column, ""))).as(type + " with empty " + column).isEmpty();
      }
    });
    ObjectNode withdrawal = JSON.createObjectNode().put("deleted", true);
    columns.forEach((column, told) -> {
      if (told.inWithdrawal()) {
        withdrawal.set(column, example.get(column));
      }
    });
    assertThat(rejected(kind, withdrawal)).as("withdrawn " + type).isEmpty();
    withdrawal.deepCopy().fieldNames().forEachRemaining(column -> {
      if (!column.equals("deleted")) {
        assertThat(rejected(kind, withdrawal.deepCopy().without(List.of(column)))).as(type + ": " + column).isNotEmpty();
      }
    });
  }

  @Test
  void exampleFilesHaveSameRowsInBothFormats() throws IOException {
    for (String kind : List.of("activities", "cases")) {
      int rows = examples(kind + ".jsonl").size();
      JsonNode fromJson = imported(kind, kind + ".jsonl", Files.readString(DOCS.resolve("examples/" + kind + ".jsonl")));
      assertThat(fromJson.at("/counts/imported").asInt()).as(kind).isEqualTo(rows);
      JsonNode fromCsv = imported(kind, kind + ".csv", Files.readString(DOCS.resolve("examples/" + kind + ".csv")));
      for (String list : List.of("rejected", "warnings", "masked")) {
        assertThat((ArrayNode) fromCsv.path(list)).as(kind + " " + list).isEmpty();
      }
      assertThat(fromCsv.at("/counts/unchanged").asInt()).as(kind).isEqualTo(rows);
      assertThat(fromCsv.at("/unknown_columns")).as(kind).isEmpty();
    }
  }
}
