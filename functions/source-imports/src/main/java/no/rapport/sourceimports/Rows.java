package no.rapport.sourceimports;

import java.io.IOException;

/// The rows of a file one after the other.
interface Rows extends AutoCloseable {

  /// The next row, rejected already where it cannot be read; null at the end of the file.
  Cells next() throws IOException;

  /// Where the next row begins: in bytes from the beginning of the text, or in rows of a sheet.
  long offset();

  /// The number of the line on which the next row begins.
  long line();

  /// How many records were given up after reading ahead, see [CsvRows].
  int recoveries();

  @Override
  default void close() throws IOException {
    // Most hold nothing.
  }
}
