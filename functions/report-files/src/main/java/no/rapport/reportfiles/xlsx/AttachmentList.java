package no.rapport.reportfiles.xlsx;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.ShareSummary;
import no.rapport.reportfiles.zip.ZipArchive;
import no.rapport.reporting.Activity;

/// The attachments of a share, kept in memory until all its activities are written. Their rows are written when the
/// shares are joined, because their row numbers are not known earlier.
final class AttachmentList {

  static final String SECTION = "attachments";

  static final XlsxRows.Kind[] KINDS = {XlsxRows.Kind.UNIQUE_TEXT, XlsxRows.Kind.DATE, XlsxRows.Kind.LONG_TEXT,
      XlsxRows.Kind.LONG_TEXT};
  /// Of the columns in characters.
  static final int[] WIDTHS = {18, 12, 60, 60};

  private static final int MAX_CHUNK_BYTES = 1 << 20;
  /// What one share keeps as it is; further chunks are compressed, which takes longer.
  private static final int MAX_PLAIN_BYTES = 8 << 20;
  /// What [XlsxText] makes of a byte at most, and what stands around a row's texts.
  private static final int MOST_XML_BYTES = 7;
  private static final int MOST_ROW_BYTES = 500;
  private static final int BUFFER = 1 << 16;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN).withInvokeExactBehavior();
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN).withInvokeExactBehavior();

  private final List<Chunk> chunks = new ArrayList<>();
  private final Bytes chunk = new Bytes(1 << 12);
  private int chunkRows;
  private long kept;

  /// @param bytes compressed, if they are fewer than the plain ones
  private record Chunk(byte[] bytes, int plainBytes, int rows) {}

  void add(Activity activity, String name) {
    put(activity.activityId());
    putLong(activity.date().toEpochDay());
    put(activity.title());
    put(name);
    chunkRows++;
    if (chunk.length >= MAX_CHUNK_BYTES) {
      endChunk();
    }
  }

  private void put(String text) {
    int start = chunk.length;
    chunk.ensure(Integer.BYTES);
    chunk.length += Integer.BYTES;
    chunk.put(text);
    INT.set(chunk.array, start, chunk.length - start - Integer.BYTES);
  }

  private void putLong(long number) {
    chunk.ensure(Long.BYTES);
    LONG.set(chunk.array, chunk.length, number);
    chunk.length += Long.BYTES;
  }

  private void endChunk() {
    byte[] plain = chunk.toByteArray();
    byte[] deflated = kept < MAX_PLAIN_BYTES ? plain : ZipArchive.deflate(plain, Deflater.BEST_SPEED, true);
    byte[] bytes = deflated.length < plain.length ? deflated : plain;
    chunks.add(new Chunk(bytes, plain.length, chunkRows));
    kept += bytes.length;
    chunk.length = 0;
    chunkRows = 0;
  }

  /// Writes the list.
  ///
  /// @param offset where in the share it begins
  List<ShareSummary.Section> finish(OutputStream out, long offset) throws IOException {
    if (chunkRows > 0) {
      endChunk();
    }
    List<ShareSummary.Section> sections = new ArrayList<>();
    long at = offset;
    for (Chunk written : chunks) {
      out.write(written.bytes());
      sections.add(new ShareSummary.Section(SECTION, at, written.bytes().length, written.plainBytes(), 0,
          written.rows()));
      at += written.bytes().length;
    }
    return sections;
  }

  /// How many bytes a section's rows take at most on their sheet.
  static long mostSheetBytes(ShareSummary.Section section) {
    return section.uncompressedBytes() * MOST_XML_BYTES + section.rows() * MOST_ROW_BYTES;
  }

  /// Writes a section's attachments as rows.
  static void write(InputStream in, ShareSummary.Section section, XlsxRows rows) throws IOException {
    byte[] chunk = new byte[Math.toIntExact(section.uncompressedBytes())];
    if (section.bytes() == section.uncompressedBytes()) {
      in.readNBytes(chunk, 0, chunk.length);
    } else {
      try (Inflater inflater = new Inflater(true)) {
        new InflaterInputStream(in, inflater, BUFFER).readNBytes(chunk, 0, chunk.length);
      }
    }
    int at = 0;
    for (long row = 0; row < section.rows(); row++) {
      at = text(chunk, at, rows, 0);
      rows.date(1, LocalDate.ofEpochDay((long) LONG.get(chunk, at)));
      at = text(chunk, at + Long.BYTES, rows, 2);
      at = text(chunk, at, rows, 3);
      rows.end();
    }
  }

  private static int text(byte[] chunk, int at, XlsxRows rows, int column) {
    int length = (int) INT.get(chunk, at);
    rows.text(column, new String(chunk, at + Integer.BYTES, length, StandardCharsets.UTF_8));
    return at + Integer.BYTES + length;
  }
}
