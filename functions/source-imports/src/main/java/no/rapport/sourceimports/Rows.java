package no.rapport.sourceimports;

import java.io.IOException;

/// The rows of a file one after the other.
interface Rows {

  /// The next row, rejected already where it cannot be read; null at the end of the file.
  Cells next() throws IOException;

  /// Where the next row begins, in bytes from the beginning of the text.
  long offset();

  /// The number of the line on which the next row begins.
  long line();

  /// How many records were given up after reading ahead, see [CsvRows].
  int recoveries();
}
