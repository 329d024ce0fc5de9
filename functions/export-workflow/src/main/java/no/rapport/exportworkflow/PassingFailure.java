package no.rapport.exportworkflow;

/// A task failed for a reason that passes (load, network, a service's own fault). The one name by which the state
/// machines try again.
public final class PassingFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PassingFailure(RuntimeException cause) {
    super(cause.getClass().getName(), cause);
  }
}
