package no.rapport.sourceimports;

import java.io.IOException;

/// The rows of a file, one after the other.
interface Rows extends AutoCloseable {

  /// Returns the next row, already rejected if it cannot be read, or null at the end of the file.
  Cells next() throws IOException;

  /// Returns where the next row begins: in bytes from the beginning of the text, or in rows of a sheet.
  long offset();

  /// Returns the number of the line on which the next row begins.
  long line();

  /// Returns how many malformed records were read again, see [CsvRows].
  int recoveries();

  @Override
  default void close() throws IOException {
    // Most implementations hold no resources.
  }
}
