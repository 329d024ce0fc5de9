package no.rapport.stepfunctions;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// An error in the sense of the States language: it has a name that Retry and Catch look at, and a cause to read.
final class WorkflowFailure extends Exception {

  static final String ALL = "States.ALL";
  static final String DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded";
  static final String NO_CHOICE_MATCHED = "States.NoChoiceMatched";
  static final String QUERY_EVALUATION_ERROR = "States.QueryEvaluationError";
  static final String RUNTIME = "States.Runtime";
  static final String TASK_FAILED = "States.TaskFailed";
  static final String TIMEOUT = "States.Timeout";
  static final String TOLERANCE_EXCEEDED = "States.ExceedToleratedFailureThreshold";

  private final Optional<String> error;
  private final Optional<String> cause;

  WorkflowFailure(Optional<String> error, Optional<String> cause) {
    super(error.orElse("") + ": " + cause.orElse(""), null, false, false);
    this.error = error;
    this.cause = cause;
  }

  WorkflowFailure(String error, String cause) {
    this(Optional.of(error), Optional.of(cause));
  }

  /// The error's name; a Fail state may leave it out.
  Optional<String> error() {
    return error;
  }

  /// What happened, in words or as JSON.
  Optional<String> cause() {
    return cause;
  }

  /// The error as `$states.errorOutput` and as a catcher's default output.
  Map<String, Object> output() {
    var output = new LinkedHashMap<String, Object>();
    error.ifPresent(name -> output.put("Error", name));
    cause.ifPresent(text -> output.put("Cause", text));
    return output;
  }

  /// Whether an `ErrorEquals` entry names this error. The wildcards leave out what the service never lets one handle:
  /// `States.ALL` takes neither `States.DataLimitExceeded` nor `States.Runtime`, `States.TaskFailed` no timeout either.
  boolean is(String errorEquals) {
    var name = error.orElse("");
    var handled = !name.equals(DATA_LIMIT_EXCEEDED) && !name.equals(RUNTIME);
    return switch (errorEquals) {
      case ALL -> handled;
      case TASK_FAILED -> handled && !name.equals(TIMEOUT);
      default -> name.equals(errorEquals);
    };
  }
}
