package no.rapport.sourceimports;

/// What became of the valid rows of an import.
///
/// @param imported changed what is stored
/// @param unchanged were stored already, or a newer form was
/// @param withdrawn withdrew a row
record ImportCounts(long imported, long unchanged, long withdrawn) {

  static final ImportCounts NONE = new ImportCounts(0, 0, 0);

  ImportCounts plus(ImportCounts other) {
    return new ImportCounts(imported + other.imported, unchanged + other.unchanged, withdrawn + other.withdrawn);
  }
}
