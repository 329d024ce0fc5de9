package no.rapport.sourceimports;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/// Reads the documents of a file one after the other: one document in an XML file, any number in a ZIP archive.
///
/// An archive is read from its first byte to its last; the directory at its end is ignored. At most one document is in
/// memory.
final class RegisterDocuments implements AutoCloseable {

  static final int MAX_DOCUMENTS = 200_000;
  /// XML of this kind compresses to about a tenth. A much higher ratio is treated as an attack.
  private static final int MAX_RATIO = 200;
  private static final int MAX_UNCHECKED_BYTES = 256 * 1024;
  /// A continued import reads the archive from its beginning, so the total is limited too.
  private static final long MAX_TOTAL_BYTES = 10L * 1024 * 1024 * 1024;
  private static final long MAX_TOTAL_BYTES_OF_ANY_RATIO = 16L * 1024 * 1024;
  private static final int BUFFER = 16 * 1024;

  private final Counted counted;
  private final ZipInputStream archive;
  private long number;
  private long total;

  /// @param isArchive whether the bytes are a ZIP archive. The names in it are not used, so their encoding does not
  ///     matter
  RegisterDocuments(InputStream bytes, boolean isArchive) {
    this.counted = new Counted(bytes);
    this.archive = isArchive ? new ZipInputStream(counted, StandardCharsets.ISO_8859_1) : null;
  }

  /// Returns the number of documents that were read.
  long number() {
    return number;
  }

  /// Returns the bytes of the next document, or null at the end. Reads at most one byte more than a document may have.
  ///
  /// @throws UnreadableDocument if the rest of the file cannot be read
  byte[] next() throws IOException, UnreadableDocument {
    if (archive == null) {
      return number++ == 0 ? counted.readNBytes(RegisterXml.MAX_BYTES + 1) : null;
    }
    try {
      ZipEntry entry = archive.getNextEntry();
      while (entry != null && entry.isDirectory()) {
        // A folder entry may still have content.
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
      // ZipInputStream throws IllegalArgumentException for a name in another encoding.
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

  /// Counts the bytes that are read.
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
