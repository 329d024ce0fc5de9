package no.rapport.sourceimports;

/// Thrown for a document that cannot be imported at all. The message gives the reason and quotes nothing from the
/// document.
final class UnreadableDocument extends Exception {

  private static final long serialVersionUID = 1;

  private final transient long line;

  /// @param line the line with the fault; 0 if the fault is not on a line
  UnreadableDocument(long line, String reason) {
    super(reason);
    this.line = line;
  }

  long line() {
    return line;
  }
}
