package no.rapport.synthetic;

import java.time.Instant;
import java.util.Optional;

/// The state that the state machine passes from step to step. It holds no link and no key.
///
/// @param step the step to take next
/// @param startedAt when the run began
/// @param waitSeconds how long to wait before the step
/// @param attempt how often the step has been taken before
/// @param error name of the error that ended the run
record Run(Step step, Instant startedAt, int waitSeconds, int attempt, Optional<String> snapshotId,
    Optional<String> exportId, Optional<String> error) {

  /// The steps, in their order.
  enum Step {
    /// Removes resources that an earlier run left behind.
    REMOVE_REMAINS,
    IMPORT, AWAIT_IMPORT,
    AGGREGATE, AWAIT_FIGURES,
    ORDER, AWAIT_EXPORT,
    DOWNLOAD,
    VISIT_ROUTES,
    REMOVE_RESULTS,
    FINISHED,
    /// Taken after an error, in place of the remaining steps.
    REPORT_FAILURE
  }

  private static final int MAX_ATTEMPTS = 60;

  Run then(Step next) {
    return new Run(next, startedAt, 0, 0, snapshotId, exportId, error);
  }

  /// Returns the same step, to be taken again after a number of seconds.
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
