package no.rapport.exportworkflow;

/// The connector to Bufdir is not let in, or not answered as its contract says. It does not pass by itself.
public final class ConnectorRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param what no key, no token and nothing of what was sent or answered
  ConnectorRefused(String what) {
    super(what);
  }
}
