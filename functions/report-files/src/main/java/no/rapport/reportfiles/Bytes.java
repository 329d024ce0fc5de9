package no.rapport.reportfiles;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing buffer of bytes with the encoders that the writers share. Lone surrogates become U+FFFD, as UTF-8
/// cannot hold them.
public final class Bytes {

  public byte[] array;
  public int length;

  public Bytes(int capacity) {
    array = new byte[capacity];
  }

  public void ensure(int more) {
    if (array.length - length < more) {
      grow(more);
    }
  }

  private void grow(int more) {
    array = Arrays.copyOf(array, Math.max(array.length * 2, length + more));
  }

  public void put(int b) {
    ensure(1);
    array[length++] = (byte) b;
  }

  public void put(byte[] bytes) {
    put(bytes, 0, bytes.length);
  }

  public void put(byte[] bytes, int offset, int count) {
    ensure(count);
    System.arraycopy(bytes, offset, array, length, count);
    length += count;
  }

  /// UTF-8, whatever the text holds.
  public void put(String text) {
    int chars = text.length();
    ensure(chars * 3);
    byte[] bytes = array;
    int at = length;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes[at++] = (byte) c;
      } else {
        length = at;
        i = putWide(text, i, c);
        at = length;
      }
    }
    length = at;
  }

  /// Encodes the character at `i`, which is not ASCII; room for it has been ensured.
  ///
  /// @return the index of the last character that was used
  public int putWide(String text, int i, char c) {
    byte[] bytes = array;
    int at = length;
    if (c < 0x800) {
      bytes[at++] = (byte) (0xC0 | c >> 6);
      bytes[at++] = (byte) (0x80 | c & 0x3F);
    } else if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
      int point = Character.toCodePoint(c, text.charAt(++i));
      bytes[at++] = (byte) (0xF0 | point >> 18);
      bytes[at++] = (byte) (0x80 | point >> 12 & 0x3F);
      bytes[at++] = (byte) (0x80 | point >> 6 & 0x3F);
      bytes[at++] = (byte) (0x80 | point & 0x3F);
    } else {
      char encoded = Character.isSurrogate(c) ? '\uFFFD' : c;
      bytes[at++] = (byte) (0xE0 | encoded >> 12);
      bytes[at++] = (byte) (0x80 | encoded >> 6 & 0x3F);
      bytes[at++] = (byte) (0x80 | encoded & 0x3F);
    }
    length = at;
    return i;
  }

  /// The number in decimal digits.
  public void putNumber(long number) {
    if (number < 0) {
      if (number == Long.MIN_VALUE) {
        put(Long.toString(number));
        return;
      }
      put('-');
      number = -number;
    }
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    ensure(digits);
    int at = length + digits;
    length = at;
    do {
      array[--at] = (byte) ('0' + number % 10);
      number /= 10;
    } while (number > 0);
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(array, 0, length);
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(array, length);
  }

  public static byte[] utf8(String text) {
    Bytes bytes = new Bytes(text.length() * 3);
    bytes.put(text);
    return bytes.toByteArray();
  }

  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
