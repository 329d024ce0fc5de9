package no.rapport.sourceimports;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/// The physical lines of a file with their offsets. An import may continue from the beginning of any line.
///
/// A line ends with a line feed (in old files with a carriage return), which is not part of the line. Lines that were
/// read can be given back. A line longer than [#MAX_LINE_BYTES] bytes is cut there, and the rest of it is skipped.
class Lines {

  /// Longer than any valid row: 256 KiB.
  static final int MAX_LINE_BYTES = 256 * 1024;

  private final InputStream bytes;
  private final byte lineEnd;
  private final byte[] buffer = new byte[64 * 1024];
  private final Deque<Line> givenBack = new ArrayDeque<>();
  private int at;
  private int end;
  private long offset;
  private long number;

  /// @param bytes without the line feed
  /// @param number from 1
  /// @param offset of the first byte in the file
  /// @param length bytes in the file, the line feed included
  /// @param tooLong whether the line was cut at [Lines#MAX_LINE_BYTES] bytes
  record Line(byte[] bytes, long number, long offset, long length, boolean tooLong) {

    /// Returns the bytes without a carriage return at the end.
    byte[] text() {
      int last = bytes.length - 1;
      return last >= 0 && bytes[last] == '\r' ? Arrays.copyOf(bytes, last) : bytes;
    }

    boolean isBlank() {
      for (byte b : bytes) {
        if (b != ' ' && b != '\t' && b != '\r') {
          return false;
        }
      }
      return true;
    }
  }

  /// @param bytes the file from `offset` on
  /// @param number the number of the line that begins there
  /// @param lineEnd the byte that ends a line
  Lines(InputStream bytes, byte lineEnd, long offset, long number) {
    this.bytes = bytes;
    this.lineEnd = lineEnd;
    this.offset = offset;
    this.number = number;
  }

  /// Returns the offset of the next line, in bytes from the beginning of the file.
  long offset() {
    return givenBack.isEmpty() ? offset : givenBack.peekFirst().offset();
  }

  /// Returns the number of the next line, from 1.
  long number() {
    return givenBack.isEmpty() ? number : givenBack.peekFirst().number();
  }

  /// Returns the next line, or null at the end of the file.
  Line next() throws IOException {
    return givenBack.isEmpty() ? read() : givenBack.removeFirst();
  }

  /// Puts back the lines that were read last, in their order.
  void giveBack(List<Line> lines) {
    lines.reversed().forEach(givenBack::addFirst);
  }

  private Line read() throws IOException {
    byte[] line = new byte[0];
    long length = 0;
    boolean tooLong = false;
    while (true) {
      if (at == end) {
        at = 0;
        end = bytes.read(buffer, 0, buffer.length);
        if (end <= 0) {
          end = 0;
          return length == 0 ? null : line(line, length, tooLong);
        }
      }
      int stop = at;
      while (stop < end && buffer[stop] != lineEnd) {
        stop++;
      }
      int kept = Math.min(stop - at, MAX_LINE_BYTES - line.length);
      tooLong |= kept < stop - at;
      if (kept > 0) {
        int before = line.length;
        line = Arrays.copyOf(line, before + kept);
        System.arraycopy(buffer, at, line, before, kept);
      }
      length += stop - at;
      at = stop;
      if (stop < end) {
        at++;
        return line(line, length + 1, tooLong);
      }
    }
  }

  private Line line(byte[] line, long length, boolean tooLong) {
    var read = new Line(number == 1 ? withoutMark(line) : line, number, offset, length, tooLong);
    number++;
    offset += length;
    return read;
  }

  /// Removes the byte order mark with which some programs begin a file.
  private static byte[] withoutMark(byte[] line) {
    boolean marked = line.length >= 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF;
    return marked ? Arrays.copyOfRange(line, 3, line.length) : line;
  }
}
