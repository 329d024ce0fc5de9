package no.rapport.sourceimports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.rapport.imports.ImportRecord;
import no.rapport.reporting.NationalIdMask;

/// Writes import reports: a head in readable layout, then lists with one entry on each line.
final class ImportReport {

  /// The maximum number of reasons of one entry.
  static final int MAX_REASONS = 10;

  private ImportReport() {}

  /// What was detected about a file, as far as it was read.
  ///
  /// @param header the names of the columns; null if there is no header
  record Found(FileContent content, boolean compressed, Character delimiter, List<String> header, long headerLine) {}

  /// Returns the members of a report that precede the lists.
  ///
  /// @param found empty if the file is not a table
  /// @param error why no row, or no further row, was read
  static ObjectNode head(ImportRecord imported, ImportState state, Optional<Found> found, Optional<String> error) {
    ObjectNode head = head(imported.key(), imported.kind().word(), error);
    if (imported.dryRun()) {
      head.put("dry_run", true);
    }
    found.ifPresent(it -> describe(head, it));
    head.put("file_put_at", Instant.ofEpochMilli(state.importedAt()).toString());
    ObjectNode counts = head.putObject("counts");
    counts.put("read", state.read());
    counts.put("imported", state.counts().imported());
    counts.put("unchanged", state.counts().unchanged());
    counts.put("withdrawn", state.counts().withdrawn());
    counts.put("rejected", state.rejected().count());
    counts.put("warned", state.warned().count());
    counts.put("masked", state.masked().count());
    if (found.filter(it -> it.content().isDocuments()).isPresent()) {
      new RegisterProgress(state.register(), _ -> { }, _ -> { }).report(head);
    }
    var unknown = head.putArray("unknown_columns");
    state.unknownColumns().forEach(unknown::add);
    ObjectNode notListed = head.putObject("not_listed");
    notListed.put("rejected", state.rejected().notListed());
    notListed.put("warnings", state.warned().notListed());
    notListed.put("masked", state.masked().notListed());
    return head;
  }

  /// Returns the report of a file of rows.
  static byte[] of(ObjectNode head, ImportState state) throws JsonProcessingException {
    String start = JsonRows.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(head);
    var text = new StringBuilder(start.substring(0, start.lastIndexOf('}')).stripTrailing());
    append(text, "rejected", state.rejected().entries());
    append(text, "warnings", state.warned().entries());
    append(text, "masked", state.masked().entries());
    return text.append("\n}\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Returns the report of an object that is not imported.
  static byte[] ofMisplaced(ImportKey.Misplaced misplaced) {
    return (head(misplaced.key(), "nothing", Optional.of(misplaced.reason())).toPrettyString() + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /// Returns the members with which every report begins.
  static ObjectNode head(String key, String takenFor, Optional<String> error) {
    ObjectNode head = JsonRows.MAPPER.createObjectNode();
    head.put("file", NationalIdMask.mask(key).text());
    head.put("taken_for", takenFor);
    head.put("status", error.isPresent() ? "failed" : "completed");
    head.put("error", error.orElse(null));
    return head;
  }

  private static void describe(ObjectNode head, Found found) {
    head.put("form", found.content().kind().word());
    if (found.content().kind() != FileContent.Kind.WORKBOOK) {
      head.put("encoding", found.content().encoding().name());
    }
    if (found.compressed()) {
      head.put("compression", "gzip");
    }
    if (found.delimiter() != null) {
      head.put("delimiter", String.valueOf(found.delimiter()));
    }
    if (found.header() != null) {
      head.put("header_line", found.headerLine());
      var header = head.putArray("header");
      found.header().forEach(header::add);
    }
  }

  /// Returns the entry of a rejected row: one entry, whatever the number of its invalid columns.
  static JsonNode rejected(List<Cells.Rejection> rejections) {
    Cells.Rejection first = rejections.getFirst();
    ObjectNode entry = JsonRows.MAPPER.createObjectNode();
    entry.put("line", first.line());
    entry.put("column", first.column());
    entry.put("reason", first.reason());
    if (rejections.size() > 1) {
      var more = entry.putArray("more");
      rejections.subList(1, Math.min(rejections.size(), MAX_REASONS))
          .forEach(other -> more.addObject().put("column", other.column()).put("reason", other.reason()));
    }
    return entry;
  }

  /// Returns the entry of a row that was imported with warnings.
  static JsonNode warned(List<Cells.Rejection> warnings) {
    return rejected(warnings);
  }

  /// Returns the entry of a row in which something was masked.
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
