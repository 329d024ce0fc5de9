package no.rapport.stepfunctions;

/// The result that ends a wait of an execution.
sealed interface Answer {

  /// The work succeeded.
  record Done(Object value) implements Answer {}

  /// The work failed.
  record Failed(WorkflowFailure failure) implements Answer {}

  /// The wait ended without a result.
  enum Signal implements Answer {
    /// The deadline passed.
    ELAPSED,
    /// The waiting branch was cancelled: the execution was stopped or timed out, or a sibling failed.
    CANCELLED
  }
}
