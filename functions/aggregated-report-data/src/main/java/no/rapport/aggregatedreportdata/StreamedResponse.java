package no.rapport.aggregatedreportdata;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The response of one invocation, sent to the runtime API in chunks as it is written. The request begins with the first
/// byte, so that an earlier error can still be reported instead.
///
/// Written to a socket, since the JDK's HTTP clients send no trailers.
final class StreamedResponse extends OutputStream {

  /// Tells that the response has the form of a proxy integration: a JSON head, eight NUL bytes, the payload.
  private static final String INTEGRATION_RESPONSE = "application/vnd.awslambda.http-integration-response";
  private static final String ERROR_BODY = "Lambda-Runtime-Function-Error-Body";
  private static final int BUFFER = 8 * 1024;

  private final URI api;
  private final String path;
  private Socket socket;
  private OutputStream out;
  private boolean isBroken;

  StreamedResponse(URI api, String path) {
    this.api = api;
    this.path = path;
  }

  /// Whether a byte has been written.
  boolean hasBegun() {
    return out != null;
  }

  /// Whether the runtime API takes no more: the rest of the response is lost.
  boolean isBroken() {
    return isBroken;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    if (length == 0) {
      return; // An empty chunk would end the response.
    }
    send(() -> {
      ascii(Integer.toHexString(length) + "\r\n");
      out.write(bytes, from, length);
      ascii("\r\n");
    });
  }

  @Override
  public void flush() throws IOException {
    if (hasBegun()) {
      send(() -> out.flush());
    }
  }

  /// Ends the response and waits until the runtime API has taken it.
  void end() throws IOException {
    if (isBroken) {
      return;
    }
    endWith("");
  }

  /// Ends the response with an error, which comes too late for the head.
  ///
  /// @param description JSON
  void endWithError(String type, byte[] description) throws IOException {
    endWith(StreamingRuntime.ERROR_TYPE + ": " + type + "\r\n"
        + ERROR_BODY + ": " + Base64.getEncoder().encodeToString(description) + "\r\n");
  }

  private void endWith(String trailers) throws IOException {
    send(() -> {
      ascii("0\r\n" + trailers + "\r\n");
      out.flush();
      InputStream answer = socket.getInputStream();
      String head = new String(answer.readNBytes("HTTP/1.1 202".length()), StandardCharsets.US_ASCII);
      if (!head.endsWith(" 202")) {
        throw new IOException("The runtime API answered '" + head + "' to a response");
      }
    });
  }

  private interface Sending {
    void send() throws IOException;
  }

  private void send(Sending sending) throws IOException {
    try {
      begin();
      sending.send();
    } catch (IOException e) {
      isBroken = true;
      throw e;
    }
  }

  private void begin() throws IOException {
    if (hasBegun()) {
      return;
    }
    socket = new Socket(api.getHost(), api.getPort() < 0 ? 80 : api.getPort());
    socket.setTcpNoDelay(true);
    out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    ascii("POST " + path + " HTTP/1.1\r\n"
        + "Host: " + api.getAuthority() + "\r\n"
        + "Content-Type: " + INTEGRATION_RESPONSE + "\r\n"
        + "Lambda-Runtime-Function-Response-Mode: streaming\r\n"
        + "Transfer-Encoding: chunked\r\n"
        + "Trailer: " + StreamingRuntime.ERROR_TYPE + ", " + ERROR_BODY + "\r\n"
        + "Connection: close\r\n\r\n");
  }

  private void ascii(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
    }
  }
}
