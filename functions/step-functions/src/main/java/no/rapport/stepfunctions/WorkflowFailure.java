package no.rapport.stepfunctions;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// An error of the States Language: its name, which Retry and Catch match, and its cause.
final class WorkflowFailure extends Exception {

  static final String ALL = "States.ALL";
  static final String DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded";
  static final String QUERY_EVALUATION_ERROR = "States.QueryEvaluationError";
  static final String RUNTIME = "States.Runtime";
  static final String TASK_FAILED = "States.TaskFailed";
  static final String TIMEOUT = "States.Timeout";
  static final String TOLERANCE_EXCEEDED = "States.ExceedToleratedFailureThreshold";

  private final Optional<String> error;
  private final Optional<String> cause;
  private final boolean ofTaskResult;

  private WorkflowFailure(Optional<String> error, Optional<String> cause, boolean ofTaskResult) {
    super(error.orElse("") + ": " + cause.orElse(""), null, false, false);
    this.error = error;
    this.cause = cause;
    this.ofTaskResult = ofTaskResult;
  }

  WorkflowFailure(Optional<String> error, Optional<String> cause) {
    this(error, cause, false);
  }

  WorkflowFailure(String error, String cause) {
    this(Optional.of(error), Optional.of(cause));
  }

  /// Returns the failure of a task whose result is too large. Unlike every other `States.DataLimitExceeded`,
  /// `States.ALL` matches it: measured on the service, against its documentation.
  ///
  /// @param task the function's ARN or the integration's service
  static WorkflowFailure resultTooLarge(String task) {
    var cause = tooLarge(task, "returned a result");
    return new WorkflowFailure(Optional.of(DATA_LIMIT_EXCEEDED), Optional.of(cause), true);
  }

  /// Returns the failure of a state whose data is too large.
  ///
  /// @param act the action of the state, for example `returned a result`
  static WorkflowFailure dataTooLarge(String state, String act) {
    return new WorkflowFailure(DATA_LIMIT_EXCEEDED, tooLarge(state, act));
  }

  private static String tooLarge(String name, String act) {
    return "The state/task '" + name + "' " + act + " with a size exceeding the maximum number of bytes service limit.";
  }

  /// Returns the error's name; empty if a Fail state leaves it out.
  Optional<String> error() {
    return error;
  }

  /// Returns the cause, as text or JSON.
  Optional<String> cause() {
    return cause;
  }

  /// Returns the error as `$states.errorOutput` and a catcher's default output. A named error without a cause has an
  /// empty cause.
  Map<String, Object> output() {
    var output = new LinkedHashMap<String, Object>();
    error.ifPresent(name -> output.put("Error", name));
    cause.or(() -> error.map(name -> "")).ifPresent(text -> output.put("Cause", text));
    return output;
  }

  /// Returns whether an `ErrorEquals` entry matches this error. `States.ALL` matches neither `States.Runtime` nor
  /// `States.DataLimitExceeded`, except that of a task's result. `States.TaskFailed` also matches no timeout.
  boolean is(String errorEquals) {
    var name = error.orElse("");
    var handled = !name.equals(RUNTIME) && (ofTaskResult || !name.equals(DATA_LIMIT_EXCEEDED));
    return switch (errorEquals) {
      case ALL -> handled;
      case TASK_FAILED -> handled && !name.equals(TIMEOUT);
      default -> name.equals(errorEquals);
    };
  }
}
