package no.rapport.sourceimports;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/// What became of the valid rows of an import.
///
/// @param imported changed what is stored
/// @param unchanged were stored already, or a newer form was
/// @param withdrawn withdrew a row
record ImportCounts(
    @JsonProperty("imported") long imported,
    @JsonProperty("unchanged") long unchanged,
    @JsonProperty("withdrawn") long withdrawn) {

  static final ImportCounts NONE = new ImportCounts(0, 0, 0);

  ImportCounts plus(ImportCounts other) {
    return new ImportCounts(imported + other.imported, unchanged + other.unchanged, withdrawn + other.withdrawn);
  }

  @JsonIgnore
  boolean isNegative() {
    return imported < 0 || unchanged < 0 || withdrawn < 0;
  }
}
