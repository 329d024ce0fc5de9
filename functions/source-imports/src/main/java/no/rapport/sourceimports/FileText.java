package no.rapport.sourceimports;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import no.rapport.sourceimports.FileContent.Kind;

/// A file as UTF-8 bytes, whatever its compression and encoding.
///
/// Offsets count these bytes. An uncompressed UTF-8 file is fetched from the offset on. Any other file is read from its
/// beginning up to the offset, which takes seconds for the largest file.
final class FileText {

  /// How many bytes are read to detect the content.
  static final int HEAD_BYTES = 1024 * 1024;
  /// The largest unpacked file that imports accept.
  static final long MAX_BYTES = 2L * 1024 * 1024 * 1024;
  /// Text compresses to about a tenth. A file with a higher ratio than this is treated as an attack.
  private static final long MAX_RATIO = 200;
  private static final long MAX_BYTES_OF_ANY_RATIO = 16L * 1024 * 1024;

  private final Source source;
  private final long size;
  private final boolean compressed;
  private final FileContent content;
  private final byte[] head;

  /// Opens the uploaded bytes from an offset on.
  @FunctionalInterface
  interface Source {
    InputStream open(long offset);
  }

  /// Detects the content of a file.
  ///
  /// @param size the number of uploaded bytes
  /// @throws UnreadableFile if the file is not a table
  FileText(Source source, long size, String name) throws IOException {
    if (size > MAX_BYTES) {
      throw new UnreadableFile("The file is larger than 2 GiB; split it");
    }
    this.source = source;
    this.size = size;
    byte[] put = source.open(0).readNBytes(HEAD_BYTES);
    FileContent found = FileContent.of(put, name);
    this.compressed = found.kind() == Kind.GZIP;
    this.head = compressed ? unpacked(source.open(0)).readNBytes(HEAD_BYTES) : put;
    this.content = compressed ? FileContent.of(head, name) : found;
    boolean text = content.kind() == Kind.CSV || content.kind() == Kind.JSON_LINES
        || content.kind() == Kind.JSON_ARRAY;
    if (compressed && !text) {
      throw new UnreadableFile("This is a " + content.kind().word() + " file in a gzip file; put it without gzip");
    }
  }

  FileContent content() {
    return content;
  }

  boolean isCompressed() {
    return compressed;
  }

  /// Returns the uploaded bytes, still compressed and encoded.
  InputStream asPut() {
    return source.open(0);
  }

  /// Returns the number of uploaded bytes.
  long size() {
    return size;
  }

  /// Returns the text from an offset on.
  InputStream open(long offset) throws IOException {
    boolean asPut = !compressed && content.encoding().equals(StandardCharsets.UTF_8);
    if (asPut && offset > 0) {
      return source.open(offset);
    }
    InputStream bytes = compressed
        ? unpacked(source.open(0))
        : size <= head.length ? new ByteArrayInputStream(head) : whole();
    InputStream text = content.encoding().equals(StandardCharsets.UTF_8)
        ? bytes
        : new Transcoded(bytes, content.encoding());
    text.skipNBytes(offset);
    return text;
  }

  /// Returns the whole file. The first bytes are already in memory.
  private InputStream whole() {
    return new SequenceInputStream(new ByteArrayInputStream(head), new InputStream() {
      private InputStream rest;

      @Override
      public int read() throws IOException {
        return rest().read();
      }

      @Override
      public int read(byte[] target, int from, int length) throws IOException {
        return rest().read(target, from, length);
      }

      private InputStream rest() {
        if (rest == null) {
          rest = source.open(head.length);
        }
        return rest;
      }
    });
  }

  private InputStream unpacked(InputStream packed) throws UnreadableFile {
    try {
      return new Unpacked(new GZIPInputStream(packed, 64 * 1024), size);
    } catch (IOException e) {
      throw damaged();
    }
  }

  private static UnreadableFile damaged() {
    return new UnreadableFile("The gzip file is damaged or was cut off; put it again");
  }

  /// Limits how many bytes a gzip file may unpack to.
  private static final class Unpacked extends InputStream {

    private final InputStream bytes;
    private final long most;
    private long count;

    Unpacked(InputStream bytes, long packed) {
      this.bytes = bytes;
      this.most = Math.min(MAX_BYTES, Math.max(MAX_BYTES_OF_ANY_RATIO, packed * MAX_RATIO));
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      try {
        int read = bytes.read(target, from, length);
        count += Math.max(read, 0);
        if (count > most) {
          throw new UnreadableFile("The gzip file unpacks to more than " + most + " bytes; split it");
        }
        return read;
      } catch (ZipException | EOFException e) {
        throw damaged();
      }
    }
  }

  /// Converts a text in another encoding to UTF-8.
  private static final class Transcoded extends InputStream {

    private final Reader text;
    private final char[] chars = new char[16 * 1024];
    private byte[] bytes = new byte[0];
    private int at;
    private int kept;

    Transcoded(InputStream bytes, Charset encoding) {
      this.text = new InputStreamReader(bytes, encoding);
    }

    @Override
    public int read() throws IOException {
      return fill() ? bytes[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      if (!fill()) {
        return -1;
      }
      int count = Math.min(length, bytes.length - at);
      System.arraycopy(bytes, at, target, from, count);
      at += count;
      return count;
    }

    private boolean fill() throws IOException {
      while (at == bytes.length) {
        int read = text.read(chars, kept, chars.length - kept);
        if (read < 0 && kept == 0) {
          return false;
        }
        int count = kept + Math.max(read, 0);
        // The second half of a surrogate pair is in the next block.
        kept = read >= 0 && Character.isHighSurrogate(chars[count - 1]) ? 1 : 0;
        bytes = new String(chars, 0, count - kept).getBytes(StandardCharsets.UTF_8);
        chars[0] = chars[count - 1];
        at = 0;
      }
      return true;
    }
  }
}
