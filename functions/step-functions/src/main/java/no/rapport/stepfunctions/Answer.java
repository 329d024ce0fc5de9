package no.rapport.stepfunctions;

/// What ends an execution's waiting.
sealed interface Answer {

  /// It was done.
  record Done(Object value) implements Answer {}

  /// It failed.
  record Failed(WorkflowFailure failure) implements Answer {}

  /// Nothing came from outside.
  enum Signal implements Answer {
    /// The time was up.
    ELAPSED,
    /// The branch that waited was cancelled: the execution was stopped or timed out, or a sibling failed.
    CANCELLED
  }
}
