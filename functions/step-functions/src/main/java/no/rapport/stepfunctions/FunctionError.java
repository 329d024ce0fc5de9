package no.rapport.stepfunctions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;

/// A function's failure as Step Functions sees it: an error name for Retry and Catch, and a cause.
public final class FunctionError extends Exception {

  private final String error;
  private final String details;

  /// An error of the Lambda service itself, such as `Lambda.TooManyRequestsException`.
  ///
  /// @param error the name in Retry and Catch
  /// @param details the cause in the history
  public FunctionError(String error, String details) {
    super(error + ": " + details);
    this.error = error;
    this.details = details;
  }

  private FunctionError(String error, String details, Throwable thrown) {
    super(error + ": " + details, thrown);
    this.error = error;
    this.details = details;
  }

  /// Returns the failure that the managed Java runtime reports for an exception of a handler: its fully qualified class
  /// name, and `{"errorMessage", "errorType", "stackTrace"}` as the cause.
  public static FunctionError of(Throwable thrown) {
    var type = thrown.getClass().getName();
    return new FunctionError(type, JsonValues.write(describe(thrown, 0)), thrown);
  }

  private static LinkedHashMap<String, Object> describe(Throwable thrown, int depth) {
    var body = new LinkedHashMap<String, Object>();
    body.put("errorMessage", thrown.getMessage() == null ? JsonValues.NULL : thrown.getMessage());
    body.put("errorType", thrown.getClass().getName());
    var trace = new ArrayList<Object>();
    for (var frame : thrown.getStackTrace()) {
      if (trace.size() == 40) {
        break; // the service also truncates long causes
      }
      trace.add(frame.toString());
    }
    body.put("stackTrace", trace);
    if (thrown.getCause() != null && depth < 3) {
      body.put("cause", describe(thrown.getCause(), depth + 1));
    }
    return body;
  }

  /// Returns the failure that Lambda reports for a function that exceeded its timeout.
  public static FunctionError timedOut(Duration timeout) {
    var body = new LinkedHashMap<String, Object>();
    body.put("errorType", "Sandbox.Timedout");
    body.put("errorMessage",
        "Error: Task timed out after " + String.format(Locale.ROOT, "%.2f", timeout.toMillis() / 1000d) + " seconds");
    return new FunctionError("Sandbox.Timedout", JsonValues.write(body));
  }

  /// Returns the error's name in Retry and Catch.
  public String error() {
    return error;
  }

  /// Returns the cause in the history; JSON if the function produced it.
  public String details() {
    return details;
  }
}
