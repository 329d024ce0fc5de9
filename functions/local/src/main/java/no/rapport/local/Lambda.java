package no.rapport.local;

import java.io.OutputStream;

/// Calls functions of the template, wherever they run.
interface Lambda {

  /// The largest event and the largest result of a synchronous call.
  int MAX_PAYLOAD = 6 * 1024 * 1024;

  /// Calls a function and waits for its result.
  ///
  /// @param reference its name, ARN or logical id
  /// @param event JSON
  /// @return JSON
  /// @throws FunctionFailed when it threw, or did not end in time
  byte[] invoke(String reference, byte[] event) throws FunctionFailed;

  /// Calls a function whose result goes out while it is being written.
  void stream(String reference, byte[] event, OutputStream result) throws FunctionFailed;
}
