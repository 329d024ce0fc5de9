package no.rapport.emulator;

/// Thrown if another process listens on the port of a service.
public final class PortTakenException extends RuntimeException {

  private final String service;
  private final int port;

  PortTakenException(String service, int port, Throwable cause) {
    super("Port " + port + " on " + Loopback.HOST + " is taken; " + service + " needs it", cause);
    this.service = service;
    this.port = port;
  }

  /// Returns the service that needs the port, for example `DynamoDB`.
  public String service() {
    return service;
  }

  /// Returns the port that is in use.
  public int port() {
    return port;
  }
}
