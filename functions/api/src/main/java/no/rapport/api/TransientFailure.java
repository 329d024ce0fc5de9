package no.rapport.api;

/// Thrown by a workflow task that failed for a temporary reason: load, the network, an error of the service, too many
/// concurrent changes. The state machines retry a task that failed with this exception.
public final class TransientFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public TransientFailure(String message) {
    super(message);
  }

  public TransientFailure(RuntimeException cause) {
    super(cause.getClass().getName(), cause);
  }
}
