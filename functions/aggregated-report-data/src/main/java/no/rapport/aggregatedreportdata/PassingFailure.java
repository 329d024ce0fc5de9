package no.rapport.aggregatedreportdata;

/// A task failed for a reason that passes (load, network, a service's own fault, too many changes at once). The one
/// name by which the state machine tries again.
public final class PassingFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PassingFailure(String message) {
    super(message);
  }

  PassingFailure(RuntimeException cause) {
    super(cause.getClass().getName(), cause);
  }
}
