package no.rapport.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Parses the output of a streaming function: a JSON head, eight NUL bytes, then the payload, which is passed on
/// immediately.
final class StreamedAnswer extends OutputStream {

  private static final int NULS = 8;
  private static final int MAX_HEAD_BYTES = 16 * 1024;

  private final Head head;
  private final ByteArrayOutputStream before = new ByteArrayOutputStream();
  private int nuls;
  private OutputStream payload;

  /// Sends the head and returns the stream for the payload.
  interface Head {
    OutputStream send(byte[] json) throws IOException;
  }

  StreamedAnswer(Head head) {
    this.head = head;
  }

  /// Returns whether the head has been sent.
  boolean hasBegun() {
    return payload != null;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    var at = from;
    var end = from + length;
    while (payload == null && at < end) {
      var b = bytes[at++];
      before.write(b);
      if (before.size() > MAX_HEAD_BYTES) {
        throw new IOException("The head of a streamed answer is longer than " + MAX_HEAD_BYTES + " bytes");
      }
      nuls = b == 0 ? nuls + 1 : 0;
      if (nuls == NULS) {
        var all = before.toByteArray();
        payload = head.send(java.util.Arrays.copyOf(all, all.length - NULS));
      }
    }
    if (at < end) {
      payload.write(bytes, at, end - at);
      payload.flush();
    }
  }

  @Override
  public void flush() throws IOException {
    if (payload != null) {
      payload.flush();
    }
  }

  @Override
  public void close() throws IOException {
    if (payload != null) {
      payload.close();
    }
  }
}
