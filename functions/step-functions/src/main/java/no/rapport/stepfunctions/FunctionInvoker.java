package no.rapport.stepfunctions;

/// Calls a Lambda function for a Task state, as the Lambda service would.
@FunctionalInterface
public interface FunctionInvoker {

  /// Invokes a function and waits for its answer. Called on a thread of its own for every attempt; an execution that is
  /// stopped or times out does not interrupt it, and its answer is then thrown away.
  ///
  /// @param functionArn `arn:aws:lambda:…:function:{name}`, with a qualifier if the definition has one
  /// @param payload the request, JSON in UTF-8
  /// @return the answer, JSON in UTF-8
  /// @throws FunctionError if the function failed, or could not be invoked
  byte[] invoke(String functionArn, byte[] payload) throws FunctionError;
}
