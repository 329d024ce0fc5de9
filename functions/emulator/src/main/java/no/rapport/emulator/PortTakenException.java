package no.rapport.emulator;

/// Another process listens on the port a service was to have.
public final class PortTakenException extends RuntimeException {

  private final String service;
  private final int port;

  PortTakenException(String service, int port, Throwable cause) {
    super("Port " + port + " on " + Loopback.HOST + " is taken; " + service + " needs it", cause);
    this.service = service;
    this.port = port;
  }

  /// Who wanted it, for example `DynamoDB`.
  public String service() {
    return service;
  }

  /// The port that is taken.
  public int port() {
    return port;
  }
}
