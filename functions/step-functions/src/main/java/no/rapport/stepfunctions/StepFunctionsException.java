package no.rapport.stepfunctions;

/// A refusal as the service words it, for example `ExecutionDoesNotExist`.
public final class StepFunctionsException extends RuntimeException {

  private final String code;

  StepFunctionsException(String code, String message) {
    super(message);
    this.code = code;
  }

  /// The service's name for it.
  public String code() {
    return code;
  }
}
