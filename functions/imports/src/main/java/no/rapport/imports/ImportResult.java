package no.rapport.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The short form of an import report that is stored in the record.
///
/// @param error why no row, or no further row, was read
/// @param counts how many rows were read, imported and so on
/// @param controlTotals totals of documents of the national register
/// @param rejected the first rows that were rejected
/// @param warnings the first rows that were imported with a warning
/// @param masked the first rows in which an identity number was masked
public record ImportResult(Optional<String> error, Optional<JsonNode> counts, Optional<JsonNode> controlTotals,
    List<JsonNode> rejected, List<JsonNode> warnings, List<JsonNode> masked) {

  /// The number of entries that are kept of each list.
  public static final int MAX_ENTRIES = 20;
  /// The maximum number of characters of one list. The record's item holds three lists.
  private static final int MAX_LIST_CHARACTERS = 30_000;

  /// Creates the short form from the head of a report and the beginning of its lists.
  ///
  /// @param head the report's members before the lists
  public static ImportResult of(ObjectNode head, List<JsonNode> rejected, List<JsonNode> warnings,
      List<JsonNode> masked) {
    return new ImportResult(Optional.ofNullable(head.path("error").textValue()),
        Optional.ofNullable(head.get("counts")), Optional.ofNullable(head.get("control_totals")), first(rejected),
        first(warnings), first(masked));
  }

  /// Creates the result of an import that ended without a report.
  static ImportResult failed(String error) {
    return new ImportResult(Optional.of(error), Optional.empty(), Optional.empty(), List.of(), List.of(), List.of());
  }

  /// Returns whether the import wrote a report.
  boolean hasReport() {
    return counts.isPresent();
  }

  ImportStatus status() {
    return error.isPresent() ? ImportStatus.FAILED : ImportStatus.COMPLETED;
  }

  private static List<JsonNode> first(List<JsonNode> entries) {
    List<JsonNode> kept = new ArrayList<>();
    int characters = 0;
    for (JsonNode entry : entries) {
      characters += entry.toString().length();
      if (kept.size() == MAX_ENTRIES || characters > MAX_LIST_CHARACTERS) {
        break;
      }
      kept.add(entry);
    }
    return kept;
  }
}
