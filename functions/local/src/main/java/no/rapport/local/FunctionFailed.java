package no.rapport.local;

/// A function ended with an error, as Lambda reports it to its caller.
final class FunctionFailed extends Exception {

  private final String errorType;
  private final String payload;

  /// @param errorType the exception's class, or a word of Lambda's own such as `Sandbox.Timedout`
  /// @param payload the JSON that Lambda gives back (`errorMessage`, `errorType`, `stackTrace`, `cause`), or null where
  ///     the function did not get to it
  FunctionFailed(String errorType, String message, String payload) {
    super(message);
    this.errorType = errorType;
    this.payload = payload;
  }

  String errorType() {
    return errorType;
  }

  /// What Step Functions shows as the cause.
  String payload() {
    return payload == null ? getMessage() : payload;
  }
}
