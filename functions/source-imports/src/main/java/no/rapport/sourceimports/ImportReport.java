package no.rapport.sourceimports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Writes import reports: a head that is laid out for reading, then lists with an entry a line.
final class ImportReport {

  private ImportReport() {}

  /// The report of a file of rows.
  ///
  /// @param error why no row, or no further row, was read
  static byte[] of(String key, ImportState state, Optional<String> error) throws JsonProcessingException {
    ObjectNode head = head(key, error);
    head.put("file_put_at", Instant.ofEpochMilli(state.importedAt()).toString());
    ObjectNode counts = head.putObject("counts");
    counts.put("read", state.read());
    counts.put("imported", state.counts().imported());
    counts.put("unchanged", state.counts().unchanged());
    counts.put("withdrawn", state.counts().withdrawn());
    counts.put("rejected", state.rejected().count());
    counts.put("masked", state.masked().count());
    var unknown = head.putArray("unknown_columns");
    state.unknownColumns().forEach(unknown::add);
    ObjectNode notListed = head.putObject("not_listed");
    notListed.put("rejected", state.rejected().count() - state.rejected().entries().size());
    notListed.put("masked", state.masked().count() - state.masked().entries().size());
    String start = JsonRows.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(head);
    var text = new StringBuilder(start.substring(0, start.lastIndexOf('}')).stripTrailing());
    append(text, "rejected", state.rejected().entries());
    append(text, "masked", state.masked().entries());
    return text.append("\n}\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  /// What every report begins with.
  static ObjectNode head(String key, Optional<String> error) {
    ObjectNode head = JsonRows.MAPPER.createObjectNode();
    head.put("file", key);
    head.put("status", error.isPresent() ? "failed" : "completed");
    head.put("error", error.orElse(null));
    return head;
  }

  /// A row that was rejected: one entry, however many of its columns are wrong.
  static JsonNode rejected(List<Cells.Rejection> rejections) {
    Cells.Rejection first = rejections.getFirst();
    ObjectNode entry = JsonRows.MAPPER.createObjectNode();
    entry.put("line", first.line());
    entry.put("column", first.column());
    entry.put("reason", first.reason());
    if (rejections.size() > 1) {
      var more = entry.putArray("more");
      rejections.subList(1, rejections.size())
          .forEach(other -> more.addObject().put("column", other.column()).put("reason", other.reason()));
    }
    return entry;
  }

  /// A row in which something was masked.
  static JsonNode masked(Cells cells) {
    ObjectNode entry = JsonRows.MAPPER.createObjectNode();
    entry.put("line", cells.line());
    var columns = entry.putArray("columns");
    cells.masked().forEach(columns::add);
    return entry;
  }

  private static void append(StringBuilder text, String list, List<JsonNode> entries) {
    text.append(",\n  \"").append(list).append("\" : [");
    String separator = "\n    ";
    for (JsonNode entry : entries) {
      text.append(separator).append(entry);
      separator = ",\n    ";
    }
    text.append(entries.isEmpty() ? "]" : "\n  ]");
  }
}
