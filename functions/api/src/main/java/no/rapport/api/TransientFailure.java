package no.rapport.api;

/// Thrown by a workflow task that failed for a reason that passes: load, the network, a service's own fault, too many
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
