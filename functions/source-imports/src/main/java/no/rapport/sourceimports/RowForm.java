package no.rapport.sourceimports;

import java.util.Set;

/// The columns and the parser of the rows of a folder.
interface RowForm {

  RowKind kind();

  /// Returns all columns that a row may have.
  Set<String> columns();

  /// Returns the columns without which no row of a CSV file can be valid.
  ///
  /// @param mayWithdraw whether the file has the column `deleted`, so that it may consist of withdrawals only
  Set<String> requiredColumns(boolean mayWithdraw);

  /// Parses a row from its cells. The caller must ignore the result if the cells are rejected.
  ///
  /// @param source the source of the file
  SourceRow parse(Cells cells, String orgId, ImportSource source);
}
