package no.rapport.stepfunctions;

/// Thrown when a field of a state cannot be evaluated.
final class EvaluationException extends Exception {

  private final String field;

  /// @param field its place within the state, for example `Output/total` or `Choices[1]/Condition`
  /// @param problem the error, as a sentence
  EvaluationException(String field, String problem) {
    super(problem, null, false, false);
    this.field = field;
  }

  String field() {
    return field;
  }
}
