package no.rapport.local;

/// A function's error in the form in which Lambda returns it to the caller.
final class FunctionFailed extends Exception {

  private final String errorType;
  private final String payload;

  /// @param errorType the exception's class, or an error of Lambda itself such as `Sandbox.Timedout`
  /// @param payload the JSON that Lambda returns (`errorMessage`, `errorType`, `stackTrace`, `cause`), or null if the
  ///     function did not end by itself
  FunctionFailed(String errorType, String message, String payload) {
    super(message);
    this.errorType = errorType;
    this.payload = payload;
  }

  String errorType() {
    return errorType;
  }

  /// Returns the text that Step Functions shows as the cause.
  String payload() {
    return payload == null ? getMessage() : payload;
  }
}
