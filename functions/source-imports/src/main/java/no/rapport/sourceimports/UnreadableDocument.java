package no.rapport.sourceimports;

/// A document that cannot be taken at all. The message says why and quotes nothing.
final class UnreadableDocument extends Exception {

  private static final long serialVersionUID = 1;

  private final transient long line;

  /// @param line where it was noticed; 0 where no line is at fault
  UnreadableDocument(long line, String reason) {
    super(reason);
    this.line = line;
  }

  long line() {
    return line;
  }
}
