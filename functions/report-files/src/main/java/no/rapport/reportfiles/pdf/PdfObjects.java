package no.rapport.reportfiles.pdf;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.Deflater;
import no.rapport.reportfiles.Bytes;

/// Writes the objects of a PDF file as they arrive. Streams are written directly, other objects are packed into object
/// streams. The table of positions is written at the end. Memory grows by eight bytes an object.
final class PdfObjects {

  private static final int PACKED_OBJECTS = 200;
  private static final int PACKED_BYTES = 1 << 16;
  private static final long IN_STREAM = 1L << 62;

  private final OutputStream out;
  private final Deflater deflater = new Deflater(4);
  private final Bytes deflated = new Bytes(1 << 16);
  private final Bytes head = new Bytes(256);
  private final Bytes packed = new Bytes(PACKED_BYTES * 2);
  private final int[] packedIds = new int[PACKED_OBJECTS];
  private final int[] packedOffsets = new int[PACKED_OBJECTS];
  private int packedCount;
  private long[] places = new long[1024];
  private int count = 1;
  private long written;

  PdfObjects(OutputStream out) throws IOException {
    this.out = out;
    head.put("%PDF-1.7\n%");
    for (int marker : new int[] {0xE2, 0xE3, 0xCF, 0xD3, '\n'}) {
      head.put(marker);
    }
    write(head);
  }

  private void write(Bytes bytes) throws IOException {
    bytes.writeTo(out);
    written += bytes.length;
    bytes.length = 0;
  }

  /// Reserves a number for a later object.
  int reserve() {
    if (count == places.length) {
      places = Arrays.copyOf(places, 2 * count);
    }
    return count++;
  }

  /// Returns the buffer for the next object's content; [#end] completes the object.
  Bytes begin(int id) {
    packedIds[packedCount] = id;
    packedOffsets[packedCount] = packed.length;
    return packed;
  }

  void end() throws IOException {
    packed.put('\n');
    packedCount++;
    if (packedCount == PACKED_OBJECTS || packed.length >= PACKED_BYTES) {
      pack();
    }
  }

  void put(int id, String content) throws IOException {
    begin(id).put(content);
    end();
  }

  int put(String content) throws IOException {
    int id = reserve();
    put(id, content);
    return id;
  }

  private void pack() throws IOException {
    if (packedCount == 0) {
      return;
    }
    int id = reserve();
    Bytes content = new Bytes(packed.length + 16 * packedCount);
    for (int i = 0; i < packedCount; i++) {
      content.putNumber(packedIds[i]);
      content.put(' ');
      content.putNumber(packedOffsets[i]);
      content.put(' ');
      places[packedIds[i]] = IN_STREAM | (long) id << 16 | i;
    }
    int first = content.length;
    content.put(packed.array, 0, packed.length);
    stream(id, "/Type/ObjStm/N " + packedCount + "/First " + first, content.array, content.length);
    packed.length = 0;
    packedCount = 0;
  }

  /// Writes a stream object, deflated.
  ///
  /// @param entries of its dictionary besides length and filter
  void stream(int id, String entries, byte[] content, int length) throws IOException {
    deflater.reset();
    deflater.setInput(content, 0, length);
    deflater.finish();
    deflated.length = 0;
    while (!deflater.finished()) {
      deflated.ensure(4096);
      deflated.length += deflater.deflate(deflated.array, deflated.length, deflated.array.length - deflated.length);
    }
    places[id] = written;
    head.putNumber(id);
    head.put(" 0 obj\n<<" + entries + "/Filter/FlateDecode/Length " + deflated.length + ">>\nstream\n");
    write(head);
    write(deflated);
    head.put("\nendstream\nendobj\n");
    write(head);
  }

  /// Writes the table of objects and the trailer.
  void finish(int catalog, int info) throws IOException {
    pack();
    int id = reserve();
    long start = written;
    places[id] = start;
    Bytes table = new Bytes(count * 8);
    for (int object = 0; object < count; object++) {
      long place = places[object];
      boolean inStream = (place & IN_STREAM) != 0;
      long first = inStream ? (place & ~IN_STREAM) >>> 16 : place;
      int second = object == 0 ? 0xFFFF : inStream ? (int) (place & 0xFFFF) : 0;
      table.put(object == 0 ? 0 : inStream ? 2 : 1);
      for (int shift = 32; shift >= 0; shift -= 8) {
        table.put((int) (first >>> shift));
      }
      table.put(second >>> 8);
      table.put(second);
    }
    stream(id, "/Type/XRef/W[1 5 2]/Size " + count + "/Root " + catalog + " 0 R/Info " + info + " 0 R", table.array,
        table.length);
    head.put("startxref\n" + start + "\n%%EOF\n");
    write(head);
    deflater.end();
  }
}
