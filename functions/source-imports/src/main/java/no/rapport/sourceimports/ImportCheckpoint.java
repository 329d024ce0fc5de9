package no.rapport.sourceimports;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/// How far the import of a file has come. Beside the file it is an object of its own, whose arrival lets the import go
/// on.
///
/// @param etag the version of the file
/// @param importedAt when the file was put into the bucket, milliseconds since 1970
/// @param offset where the next record begins
/// @param line the number of the line that begins there
/// @param separator of a CSV file, else empty
/// @param columns of a CSV file, see [CsvHeader]
/// @param rejected how many rows were rejected so far
/// @param masked in how many rows something was masked so far
/// @param segments the objects that hold those rows
record ImportCheckpoint(
    @JsonProperty("etag") String etag,
    @JsonProperty("imported_at") long importedAt,
    @JsonProperty("offset") long offset,
    @JsonProperty("line") long line,
    @JsonProperty("separator") String separator,
    @JsonProperty("columns") List<String> columns,
    @JsonProperty("read") long read,
    @JsonProperty("counts") ImportCounts counts,
    @JsonProperty("rejected") long rejected,
    @JsonProperty("masked") long masked,
    @JsonProperty("unknown_columns") List<String> unknownColumns,
    @JsonProperty("segments") List<Segment> segments) {

  ImportCheckpoint {
    columns = List.copyOf(columns);
    unknownColumns = List.copyOf(unknownColumns);
    segments = List.copyOf(segments);
  }

  /// A stretch of one of the report's lists.
  ///
  /// @param list `rejected` or `masked`
  record Segment(
      @JsonProperty("list") String list, @JsonProperty("key") String key, @JsonProperty("bytes") long bytes) {}

  /// The beginning of a file.
  static ImportCheckpoint start(String etag, long importedAt) {
    return new ImportCheckpoint(
        etag, importedAt, 0, 1, "", List.of(), 0, ImportCounts.NONE, 0, 0, List.of(), List.of());
  }
}
