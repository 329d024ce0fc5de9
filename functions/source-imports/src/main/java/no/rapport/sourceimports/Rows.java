package no.rapport.sourceimports;

import java.io.IOException;

/// The rows of a file one after the other.
interface Rows {

  /// The next row, rejected already where it cannot be read; null at the end of the file.
  Cells next() throws IOException;
}
