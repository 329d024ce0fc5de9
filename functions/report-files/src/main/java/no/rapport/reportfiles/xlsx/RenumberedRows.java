package no.rapport.reportfiles.xlsx;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import no.rapport.reportfiles.Bytes;
import no.rapport.reportfiles.zip.Deflated;

/// Renumbers the rows of a share if the number of rows before it changed after the export was planned. This takes
/// several times as long as copying them.
final class RenumberedRows {

  private static final byte[] ROW = XlsxRows.rowStart();
  /// A last, empty block of deflate, which a share's rows lack.
  private static final byte[] LAST_BLOCK = {3, 0};
  private static final int BUFFER = 1 << 16;

  private RenumberedRows() {}

  /// @param rows a share's section of rows, as [XlsxRows] wrote it
  /// @param rowsBefore how many rows stand before these on the sheet, its heading not counted
  /// @return what was written; it ends on a byte boundary
  static Deflated write(InputStream rows, OutputStream out, long rowsBefore) throws IOException {
    CRC32 crc = new CRC32();
    try (Inflater inflater = new Inflater(true); Deflater deflater = new Deflater(Deflater.BEST_SPEED, true)) {
      InputStream xml = new InflaterInputStream(
          new SequenceInputStream(rows, new ByteArrayInputStream(LAST_BLOCK)), inflater, BUFFER);
      DeflaterOutputStream deflated = new DeflaterOutputStream(out, deflater, BUFFER, true);
      RowNumber number = new RowNumber(rowsBefore + XlsxRows.HEADING_ROWS + 1);
      byte[] read = new byte[BUFFER];
      Bytes renumbered = new Bytes(2 * BUFFER);
      int matched = 0;
      for (int count = xml.read(read); count >= 0; count = xml.read(read)) {
        renumbered.length = 0;
        for (int i = 0; i < count; i++) {
          byte b = read[i];
          if (matched == ROW.length && b != '"') {
            continue;
          }
          if (matched == ROW.length) {
            number.putAndIncrement(renumbered);
          }
          matched = matched < ROW.length && b == ROW[matched] ? matched + 1 : b == ROW[0] ? 1 : 0;
          renumbered.put(b);
        }
        crc.update(renumbered.array, 0, renumbered.length);
        deflated.write(renumbered.array, 0, renumbered.length);
      }
      deflated.flush();
      return new Deflated(crc.getValue(), deflater.getBytesWritten(), deflater.getBytesRead());
    }
  }
}
