package no.rapport.sourceimports;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/// How far the import of a file has come.
///
/// Only Rapport writes it. Even so nothing in it is believed that can be derived: keys and columns come from the file
/// itself, and a state outside these bounds counts as absent.
///
/// @param etag the version of the file
/// @param importedAt when the file was put into the bucket, milliseconds since 1970
/// @param steps how many invocations have worked on the file
/// @param offset where the next record begins
/// @param line the number of the line that begins there
/// @param read how many rows were read
/// @param zerosLost whether the file's municipalities lost their leading zeros; null while nobody asked
/// @param recoveries how many records were given up after reading ahead, see [CsvRows]
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

  /// Even a file whose rows are throttled all the way ends within these.
  static final int MAX_STEPS = 1_000;

  ImportState {
    unknownColumns = List.copyOf(unknownColumns);
    register = register == null ? RegisterProgress.Totals.NONE : register;
    if (etag.isEmpty() || importedAt < 0 || steps < 0 || steps > MAX_STEPS || offset < 0 || line < 1 || read < 0
        || recoveries < 0 || counts.isNegative() || unknownColumns.size() > UnknownColumns.MAX_NAMES) {
      throw new IllegalArgumentException("The state of an import is out of bounds");
    }
  }

  /// The beginning of a file.
  static ImportState start(String etag, long importedAt) {
    return new ImportState(
        etag, importedAt, 0, 0, 1, 0, 0, ImportCounts.NONE, ReportList.Listed.NONE, ReportList.Listed.NONE,
        ReportList.Listed.NONE, null, List.of(),
        RegisterProgress.Totals.NONE);
  }
}
