package no.rapport.stepfunctions;

/// An error of the service, for example `ExecutionDoesNotExist`.
public final class StepFunctionsException extends RuntimeException {

  private final String code;

  StepFunctionsException(String code, String message) {
    super(message);
    this.code = code;
  }

  /// Returns the service's name of the error.
  public String code() {
    return code;
  }
}
