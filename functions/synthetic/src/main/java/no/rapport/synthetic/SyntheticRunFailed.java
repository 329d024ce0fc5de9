package no.rapport.synthetic;

/// Thrown where the system does not do what the run expects; ends the run.
public final class SyntheticRunFailed extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param message without links, keys and bodies of answers
  public SyntheticRunFailed(String message) {
    super(message);
  }
}
