package no.rapport.sourceimports;

import java.io.IOException;

/// Thrown for a file of which no row, or no further row, can be read. The message is a sentence for the report and
/// quotes nothing from the file.
final class UnreadableFile extends IOException {

  private static final long serialVersionUID = 1;

  UnreadableFile(String message) {
    super(message);
  }
}
