package no.rapport.sourceimports;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/// The progress of a file's import.
///
/// Only Rapport writes it. Even so, the import derives keys and columns from the file itself, and a state outside these
/// bounds counts as absent.
///
/// @param etag the version of the file
/// @param importedAt when the file was put into the bucket, milliseconds since 1970
/// @param steps how many invocations have processed the file
/// @param offset where the next record begins
/// @param line the number of the line at the offset
/// @param read how many rows were read
/// @param zerosLost whether municipality numbers of the file have lost their leading zeros; null if not determined yet
/// @param recoveries how many malformed records were read again, see [CsvRows]
/// @param register totals of a file of register documents; then `offset` counts documents
record ImportState(
    @JsonProperty("etag") String etag,
    @JsonProperty("imported_at") long importedAt,
    @JsonProperty("steps") int steps,
    @JsonProperty("offset") long offset,
    @JsonProperty("line") long line,
    @JsonProperty("read") long read,
    @JsonProperty("recoveries") int recoveries,
    @JsonProperty("counts") ImportCounts counts,
    @JsonProperty("rejected") ReportList.Listed rejected,
    @JsonProperty("masked") ReportList.Listed masked,
    @JsonProperty("warned") ReportList.Listed warned,
    @JsonProperty("zeros_lost") Boolean zerosLost,
    @JsonProperty("unknown_columns") List<String> unknownColumns,
    @JsonProperty("register") RegisterProgress.Totals register) {

  /// Enough for every valid file, even if all its rows are throttled.
  static final int MAX_STEPS = 1_000;

  ImportState {
    unknownColumns = List.copyOf(unknownColumns);
    register = register == null ? RegisterProgress.Totals.NONE : register;
    if (etag.isEmpty() || importedAt < 0 || steps < 0 || steps > MAX_STEPS || offset < 0 || line < 1 || read < 0
        || recoveries < 0 || counts.isNegative() || unknownColumns.size() > UnknownColumns.MAX_NAMES) {
      throw new IllegalArgumentException("The state of an import is out of bounds");
    }
  }

  /// Creates the state at the beginning of a file.
  static ImportState start(String etag, long importedAt) {
    return new ImportState(
        etag, importedAt, 0, 0, 1, 0, 0, ImportCounts.NONE, ReportList.Listed.NONE, ReportList.Listed.NONE,
        ReportList.Listed.NONE, null, List.of(),
        RegisterProgress.Totals.NONE);
  }
}
