package no.rapport.reportfiles.zip;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import no.rapport.reportfiles.Bytes;

/// Writes a ZIP archive in one pass. Times are fixed, so equal contents give equal bytes. An archive may exceed 4 GiB
/// (ZIP64), but a single entry may not.
public final class ZipArchive {

  /// The maximum size of one entry.
  public static final long MAX_ENTRY_BYTES = 0xFFFF_FFFEL;

  private static final int DEFLATED = 8;
  private static final int VERSION = 20;
  private static final int VERSION_64 = 45;
  private static final int UTF_8_NAMES = 0x0800;
  private static final int DATA_DESCRIPTOR = 0x0008;
  private static final int FIRST_OF_JANUARY_1980 = 0x0021;
  private static final long UNKNOWN_32 = 0xFFFF_FFFFL;
  private static final int UNKNOWN_16 = 0xFFFF;

  private final OutputStream out;
  private final List<Entry> entries = new ArrayList<>();
  private long written;

  private record Entry(byte[] name, int flags, Deflated content, long offset) {}

  public ZipArchive(OutputStream out) {
    this.out = out;
  }

  /// Writes an entry whole.
  public void entry(String name, byte[] content) throws IOException {
    byte[] deflated = deflate(content, Deflater.DEFAULT_COMPRESSION, true);
    begin(new Entry(Bytes.utf8(name), 0, new Deflated(crc32(content), deflated.length, content.length), written));
    out.write(deflated);
    written += deflated.length;
  }

  /// Begins an entry; raw deflate must then be written to [#stream], and [#end] be called.
  public void begin(String name) throws IOException {
    begin(new Entry(Bytes.utf8(name), DATA_DESCRIPTOR, Deflated.NOTHING, written));
  }

  private void begin(Entry entry) throws IOException {
    entries.add(entry);
    Bytes header = new Bytes(64 + entry.name().length);
    four(header, 0x04034b50);
    two(header, VERSION);
    common(header, entry);
    two(header, 0);
    header.put(entry.name());
    header.writeTo(out);
    written += header.length;
  }

  /// Ends the entry that was begun.
  ///
  /// @param content what was written of it
  public void end(Deflated content) throws IOException {
    Entry begun = entries.removeLast();
    if (content.bytes() > MAX_ENTRY_BYTES || content.uncompressedBytes() > MAX_ENTRY_BYTES) {
      throw new IllegalArgumentException("An entry takes %d bytes, %d uncompressed; it holds at most %d"
          .formatted(content.bytes(), content.uncompressedBytes(), MAX_ENTRY_BYTES));
    }
    entries.add(new Entry(begun.name(), begun.flags(), content, begun.offset()));
    Bytes descriptor = new Bytes(16);
    four(descriptor, 0x08074b50);
    sums(descriptor, content);
    descriptor.writeTo(out);
    written += content.bytes() + descriptor.length;
  }

  public OutputStream stream() {
    return out;
  }

  /// Writes the central directory.
  public void finish() throws IOException {
    long start = written;
    Bytes directory = new Bytes(4096);
    for (Entry entry : entries) {
      boolean far = entry.offset() >= UNKNOWN_32;
      four(directory, 0x02014b50);
      two(directory, far ? VERSION_64 : VERSION);
      two(directory, far ? VERSION_64 : VERSION);
      common(directory, entry);
      two(directory, far ? 12 : 0);
      two(directory, 0);
      two(directory, 0);
      two(directory, 0);
      four(directory, 0);
      four(directory, far ? UNKNOWN_32 : entry.offset());
      directory.put(entry.name());
      if (far) {
        two(directory, 1);
        two(directory, 8);
        eight(directory, entry.offset());
      }
    }
    int size = directory.length;
    boolean far = start + size >= UNKNOWN_32 || entries.size() >= UNKNOWN_16;
    if (far) {
      four(directory, 0x06064b50);
      eight(directory, 44);
      two(directory, VERSION_64);
      two(directory, VERSION_64);
      four(directory, 0);
      four(directory, 0);
      eight(directory, entries.size());
      eight(directory, entries.size());
      eight(directory, size);
      eight(directory, start);
      four(directory, 0x07064b50);
      four(directory, 0);
      eight(directory, start + size);
      four(directory, 1);
    }
    four(directory, 0x06054b50);
    two(directory, 0);
    two(directory, 0);
    two(directory, Math.min(entries.size(), UNKNOWN_16));
    two(directory, Math.min(entries.size(), UNKNOWN_16));
    four(directory, size);
    four(directory, far ? UNKNOWN_32 : start);
    two(directory, 0);
    directory.writeTo(out);
  }

  private static void common(Bytes header, Entry entry) {
    two(header, UTF_8_NAMES | entry.flags());
    two(header, DEFLATED);
    two(header, 0);
    two(header, FIRST_OF_JANUARY_1980);
    sums(header, entry.content());
    two(header, entry.name().length);
  }

  private static void sums(Bytes bytes, Deflated content) {
    four(bytes, content.crc32());
    four(bytes, content.bytes());
    four(bytes, content.uncompressedBytes());
  }

  private static void two(Bytes bytes, int number) {
    bytes.put(number);
    bytes.put(number >>> 8);
  }

  private static void four(Bytes bytes, long number) {
    two(bytes, (int) number);
    two(bytes, (int) (number >>> 16));
  }

  private static void eight(Bytes bytes, long number) {
    four(bytes, number);
    four(bytes, number >>> 32);
  }

  public static long crc32(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return crc.getValue();
  }

  /// Raw deflate; unless `last`, it ends on a byte boundary and another run may follow.
  public static byte[] deflate(byte[] content, int level, boolean last) {
    try (Deflater deflater = new Deflater(level, true)) {
      deflater.setInput(content);
      if (last) {
        deflater.finish();
      }
      Bytes deflated = new Bytes(Math.max(256, content.length / 2));
      boolean more = true;
      while (more) {
        deflated.ensure(256);
        int room = deflated.array.length - deflated.length;
        int count = deflater.deflate(deflated.array, deflated.length, room,
            last ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH);
        deflated.length += count;
        more = last ? !deflater.finished() : count == room;
      }
      return deflated.toByteArray();
    }
  }
}
