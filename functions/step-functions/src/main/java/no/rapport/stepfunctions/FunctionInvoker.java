package no.rapport.stepfunctions;

/// Invokes a Lambda function for a Task state, as the Lambda service would.
@FunctionalInterface
public interface FunctionInvoker {

  /// Invokes a function and waits for its response. Each attempt calls it on its own thread. Stopping or timing out an
  /// execution does not interrupt the function; its response is then discarded.
  ///
  /// @param functionArn `arn:aws:lambda:…:function:{name}`, with a qualifier if the definition has one
  /// @param payload the request, JSON in UTF-8
  /// @return the response, JSON in UTF-8
  /// @throws FunctionError if the function failed, or could not be invoked
  byte[] invoke(String functionArn, byte[] payload) throws FunctionError;
}
