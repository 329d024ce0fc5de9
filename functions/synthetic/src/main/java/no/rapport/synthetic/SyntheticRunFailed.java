package no.rapport.synthetic;

/// Thrown when the system does not behave as the run expects. It ends the run.
public final class SyntheticRunFailed extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param message must not contain links, keys or response bodies
  public SyntheticRunFailed(String message) {
    super(message);
  }
}
