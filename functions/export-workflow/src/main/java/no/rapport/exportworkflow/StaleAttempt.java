package no.rapport.exportworkflow;

import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;

/// Thrown by a task whose attempt is no longer the one to do the work: the job was cancelled, deleted or started again.
/// The state machine ends quietly on it.
public final class StaleAttempt extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StaleAttempt(AttemptRef ref) {
    super("Attempt " + ref.attempt() + " of " + ref.exportId() + " is not the one to do the work");
  }
}
