package no.rapport.local;

import java.io.OutputStream;

/// Invokes functions of the template.
interface Lambda {

  /// The largest event and the largest result of a synchronous call, in bytes.
  int MAX_PAYLOAD = 6 * 1024 * 1024;

  /// Invokes a function and waits for its result.
  ///
  /// @param reference the function's name, ARN or logical id
  /// @param event JSON
  /// @return JSON
  /// @throws FunctionFailed if the function threw an exception or exceeded its timeout
  byte[] invoke(String reference, byte[] event) throws FunctionFailed;

  /// Invokes a function that streams its result.
  void stream(String reference, byte[] event, OutputStream result) throws FunctionFailed;
}
