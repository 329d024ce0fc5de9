package no.rapport.local;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One HTTP/1.1 request to [RuntimeApi], read by hand: the JDK's server knows no trailers.
///
/// @param path without the query
/// @param headers by name, whatever its case
record RuntimeRequest(String path, Map<String, String> headers) {

  private static final int MAX_LINE = 16 * 1024;

  /// The next request of a connection, or empty where there is none.
  static Optional<RuntimeRequest> read(InputStream in, OutputStream out) throws IOException {
    String line = line(in);
    if (line.isEmpty()) {
      return Optional.empty();
    }
    var request = new RuntimeRequest(line.split(" ")[1], fields(in));
    if (request.headers().containsKey("Expect")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
    return Optional.of(request);
  }

  boolean isStreaming() {
    return "streaming".equals(headers.get("Lambda-Runtime-Function-Response-Mode"));
  }

  /// Reads the body, each chunk as it comes.
  ///
  /// @return the trailers
  Map<String, String> readBody(InputStream in, OutputStream body) throws IOException {
    if (!"chunked".equals(headers.get("Transfer-Encoding"))) {
      copy(in, Integer.parseInt(headers.getOrDefault("Content-Length", "0")), body);
      return Map.of();
    }
    while (true) {
      String line = line(in);
      if (line.isEmpty()) {
        throw new EOFException("The request ends before its last chunk");
      }
      int size = Integer.parseInt(line.split(";")[0], 16);
      if (size == 0) {
        return fields(in);
      }
      copy(in, size, body);
      if (!line(in).isEmpty()) {
        throw new IOException("A chunk is longer than it says");
      }
    }
  }

  private static void copy(InputStream in, int length, OutputStream out) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("The request ends too early");
    }
    out.write(bytes);
  }

  private static Map<String, String> fields(InputStream in) throws IOException {
    var fields = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      var parts = line.split(":", 2);
      fields.put(parts[0], parts[1].strip());
    }
    return fields;
  }

  /// A line without its end; empty at the end of the connection, too.
  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (line.size() == MAX_LINE) {
        throw new IOException("A line is longer than " + MAX_LINE + " bytes");
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }
}
