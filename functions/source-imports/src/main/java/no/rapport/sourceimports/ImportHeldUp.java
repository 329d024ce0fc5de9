package no.rapport.sourceimports;

/// Thrown when an import is stopped by repeated conflicts or throttling. A repeated delivery of its event continues it.
final class ImportHeldUp extends RuntimeException {

  private static final long serialVersionUID = 1;

  ImportHeldUp(String message, Throwable cause) {
    super(message, cause);
  }
}
