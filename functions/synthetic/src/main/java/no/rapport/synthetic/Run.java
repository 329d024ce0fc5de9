package no.rapport.synthetic;

import java.time.Instant;
import java.util.Optional;

/// What travels through the state machine: the step to take next and what the steps before it made. No link, no key.
///
/// @param step to take next
/// @param startedAt when the run began
/// @param waitSeconds how long to wait before the step
/// @param attempt how often the step has been taken before
/// @param error name of the error that ended the run
record Run(Step step, Instant startedAt, int waitSeconds, int attempt, Optional<String> snapshotId,
    Optional<String> exportId, Optional<String> error) {

  /// The steps in their order.
  enum Step {
    /// Removes what an earlier run has left.
    REMOVE_REMAINS,
    IMPORT, AWAIT_IMPORT,
    AGGREGATE, AWAIT_FIGURES,
    ORDER, AWAIT_EXPORT,
    DOWNLOAD,
    VISIT_ROUTES,
    REMOVE_RESULTS,
    FINISHED,
    /// Taken after an error, in place of the rest.
    REPORT_FAILURE
  }

  private static final int MAX_ATTEMPTS = 60;

  Run then(Step next) {
    return new Run(next, startedAt, 0, 0, snapshotId, exportId, error);
  }

  /// The same step once more after so many seconds.
  ///
  /// @throws SyntheticRunFailed after [#MAX_ATTEMPTS]
  Run again(int seconds) {
    if (attempt == MAX_ATTEMPTS) {
      throw new SyntheticRunFailed(step + " was still waiting after " + attempt + " attempts");
    }
    return new Run(step, startedAt, seconds, attempt + 1, snapshotId, exportId, error);
  }

  Run withSnapshot(String id) {
    return new Run(step, startedAt, waitSeconds, attempt, Optional.of(id), exportId, error);
  }

  Run withExport(String id) {
    return new Run(step, startedAt, waitSeconds, attempt, snapshotId, Optional.of(id), error);
  }
}
