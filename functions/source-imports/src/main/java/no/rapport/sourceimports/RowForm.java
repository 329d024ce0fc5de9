package no.rapport.sourceimports;

import java.util.Set;

/// What the rows of a folder look like.
interface RowForm {

  RowKind kind();

  /// All columns that a row may have.
  Set<String> columns();

  /// The columns without which no row of a CSV file can be valid.
  ///
  /// @param mayWithdraw whether the file has the column `deleted`: it may then hold withdrawals only
  Set<String> requiredColumns(boolean mayWithdraw);

  /// Makes a row of its cells; what it returns counts only if the cells are not rejected then.
  ///
  /// @param source where the file came from
  SourceRow parse(Cells cells, String orgId, ImportSource source);
}
