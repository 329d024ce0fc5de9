package no.rapport.sourceimports;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/// How many valid rows of an import had which outcome.
///
/// @param imported rows that changed the stored data
/// @param unchanged rows that were already stored, in this or in a newer version
/// @param withdrawn rows that withdrew a stored row
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
