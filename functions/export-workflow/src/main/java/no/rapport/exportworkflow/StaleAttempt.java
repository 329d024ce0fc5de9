package no.rapport.exportworkflow;

import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;

/// Thrown by a task whose attempt is no longer current, because the job has ended, was deleted or has a newer attempt.
/// The state machine then ends without an error.
public final class StaleAttempt extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StaleAttempt(AttemptRef ref) {
    super("Attempt " + ref.attempt() + " of " + ref.exportId() + " is not current");
  }
}
