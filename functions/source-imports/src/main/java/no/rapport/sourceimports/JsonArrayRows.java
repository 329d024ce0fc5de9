package no.rapport.sourceimports;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/// The rows of a JSON array, on one line or on many.
///
/// Elements are separated by their brackets and quotes and parsed one by one. So an invalid element costs one row, and
/// memory does not grow with the file.
final class JsonArrayRows implements Rows {

  private final InputStream bytes;
  private final JsonRows.Parser parser;
  private final byte[] buffer = new byte[64 * 1024];
  private final ByteArrayOutputStream element = new ByteArrayOutputStream();
  private int at;
  private int end;
  private long offset;
  private long line;
  private boolean opened;

  /// @param bytes the text from `offset` on
  /// @param offset where reading continues; the array begins at 0
  JsonArrayRows(InputStream bytes, long offset, long line, JsonRows.Parser parser) {
    this.bytes = bytes;
    this.offset = offset;
    this.line = line;
    this.opened = offset > 0;
    this.parser = parser;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public long line() {
    return line;
  }

  @Override
  public int recoveries() {
    return 0;
  }

  @Override
  public Cells next() throws IOException {
    if (!opened) {
      while (peek() != '[') {
        take();
      }
      take();
      opened = true;
    }
    int b = peek();
    while (isBlank(b)) {
      take();
      b = peek();
    }
    if (b == ']') {
      return end();
    }
    return element();
  }

  private Cells element() throws IOException {
    element.reset();
    long first = line;
    long length = 0;
    int depth = 0;
    boolean quoted = false;
    boolean escaped = false;
    for (int b = peek(); quoted || depth > 0 || b != ',' && b != ']'; b = peek()) {
      if (b < 0) {
        throw new UnreadableFile("The array is not closed: the element on line " + first
            + " has no end. The file may have been cut off, or a quote may be missing");
      }
      if (quoted) {
        quoted = escaped || b != '"';
        escaped = !escaped && b == '\\';
      } else {
        quoted = b == '"';
        depth += b == '{' || b == '[' ? 1 : b == '}' || b == ']' ? -1 : 0;
      }
      if (length < Lines.MAX_LINE_BYTES) {
        element.write(b);
      }
      length++;
      take();
    }
    if (peek() == ',') {
      take();
    }
    return length > Lines.MAX_LINE_BYTES
        ? Cells.unreadable(first, "is longer than " + Lines.MAX_LINE_BYTES + " bytes")
        : parser.parse(first, element.toByteArray());
  }

  private Cells end() throws IOException {
    take();
    for (int b = peek(); b >= 0; b = peek()) {
      if (!isBlank(b)) {
        throw new UnreadableFile("The array ends on line " + line + ", but the file goes on");
      }
      take();
    }
    return null;
  }

  private static boolean isBlank(int b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }

  private int peek() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, bytes.read(buffer, 0, buffer.length));
    }
    return at == end ? -1 : buffer[at] & 0xFF;
  }

  private void take() throws IOException {
    if (peek() < 0) {
      throw new UnreadableFile("The array is not closed: the file may have been cut off");
    }
    if (buffer[at] == '\n') {
      line++;
    }
    at++;
    offset++;
  }
}
