package no.rapport.sourceimports;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/// The documents of a file, one after the other: one for XML, any number in a ZIP archive.
///
/// An archive is read from its first byte to its last; its directory at the end is not believed. No more than one
/// document is in memory.
final class RegisterDocuments implements AutoCloseable {

  static final int MAX_DOCUMENTS = 200_000;
  /// XML of this form compresses to a tenth; what shrinks much more is no document but an attack.
  private static final int MAX_RATIO = 200;
  private static final int MAX_UNCHECKED_BYTES = 256 * 1024;
  /// A pause reads what is done again, so the whole has a bound too.
  private static final long MAX_TOTAL_BYTES = 10L * 1024 * 1024 * 1024;
  private static final long MAX_TOTAL_BYTES_OF_ANY_RATIO = 16L * 1024 * 1024;
  private static final int BUFFER = 16 * 1024;

  private final Counted counted;
  private final ZipInputStream archive;
  private long number;
  private long total;

  /// @param isArchive whether the bytes are a ZIP archive; the names in it are not used, so their encoding does not
  ///     matter
  RegisterDocuments(InputStream bytes, boolean isArchive) {
    this.counted = new Counted(bytes);
    this.archive = isArchive ? new ZipInputStream(counted, StandardCharsets.ISO_8859_1) : null;
  }

  /// How many documents were read.
  long number() {
    return number;
  }

  /// The bytes of the next document, at most one more than a document may have; null at the end.
  ///
  /// @throws UnreadableDocument where the file cannot be read on
  byte[] next() throws IOException, UnreadableDocument {
    if (archive == null) {
      return number++ == 0 ? counted.readNBytes(RegisterXml.MAX_BYTES + 1) : null;
    }
    try {
      ZipEntry entry = archive.getNextEntry();
      while (entry != null && entry.isDirectory()) {
        // What stands for a folder may have content all the same.
        unpacked();
        entry = archive.getNextEntry();
      }
      if (entry == null) {
        return null;
      }
      if (++number > MAX_DOCUMENTS) {
        throw new UnreadableDocument(0, "The archive has more than " + MAX_DOCUMENTS + " documents");
      }
      return unpacked();
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      // An IllegalArgumentException is a name in an encoding of its own.
      throw new UnreadableDocument(0, "The archive is damaged or encrypted after document " + number);
    }
  }

  private byte[] unpacked() throws IOException, UnreadableDocument {
    var out = new ByteArrayOutputStream(BUFFER);
    byte[] buffer = new byte[BUFFER];
    long before = counted.count;
    int length = archive.read(buffer);
    while (length >= 0) {
      out.write(buffer, 0, length);
      total += length;
      if (total > Math.min(MAX_TOTAL_BYTES, Math.max(MAX_TOTAL_BYTES_OF_ANY_RATIO, MAX_RATIO * counted.count))) {
        throw new UnreadableDocument(0, "The archive unpacks to more than imports take; it was read no further than "
            + "document " + number + "; split it");
      }
      if (out.size() > RegisterXml.MAX_BYTES) {
        throw new UnreadableDocument(0, "Document " + number + " of the archive is larger than "
            + RegisterXml.MAX_BYTES / (1024 * 1024) + " MB; the archive was read no further");
      }
      if (out.size() > MAX_UNCHECKED_BYTES && out.size() > MAX_RATIO * (counted.count - before + BUFFER)) {
        throw new UnreadableDocument(0, "Document " + number + " of the archive is compressed more than " + MAX_RATIO
            + "-fold; the archive was read no further");
      }
      length = archive.read(buffer);
    }
    return out.toByteArray();
  }

  @Override
  public void close() throws IOException {
    counted.close();
  }

  /// Counts what was read.
  private static final class Counted extends InputStream {

    private final InputStream in;
    private long count;

    Counted(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      count += value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = in.read(bytes, offset, length);
      count += Math.max(0, read);
      return read;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
