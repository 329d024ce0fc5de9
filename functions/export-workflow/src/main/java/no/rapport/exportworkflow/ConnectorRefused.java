package no.rapport.exportworkflow;

/// A service refused the connector to Bufdir, or its answer does not follow the contract. The error is permanent.
public final class ConnectorRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param what the reason; must not contain a key, a token, or any part of a request or answer
  ConnectorRefused(String what) {
    super(what);
  }
}
