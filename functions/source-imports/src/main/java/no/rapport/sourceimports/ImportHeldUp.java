package no.rapport.sourceimports;

/// An import that found no way through conflicts or throttling; delivering its event again goes on with it.
final class ImportHeldUp extends RuntimeException {

  private static final long serialVersionUID = 1;

  ImportHeldUp(String message, Throwable cause) {
    super(message, cause);
  }
}
