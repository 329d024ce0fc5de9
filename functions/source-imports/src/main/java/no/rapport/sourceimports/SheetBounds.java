package no.rapport.sourceimports;

import com.fasterxml.aalto.stax.InputFactoryImpl;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.dhatim.fastexcel.reader.CellAddress;

/// Checks the cell addresses of a sheet before its rows are read.
///
/// The workbook library allocates as many cells for a row as its last address requires, and as many for every later
/// row. So a short address could exhaust the memory. This check uses the library's own XML parser, so that both
/// interpret the sheet in the same way.
final class SheetBounds {

  /// The limits of a sheet in Excel.
  private static final int MAX_ROWS = 1_048_576;
  private static final int MAX_COLUMNS = 16_384;
  /// The limit includes empty cells. A stray cell in the last column of 60,000 rows reaches it.
  private static final long MAX_CELLS = 1_000_000_000;

  /// The library holds a row in memory. A cell of Excel has at most 32,767 characters, and a row of imports 15 columns.
  private static final int MAX_ROW_BYTES = 4 * 1024 * 1024;

  private static final XMLInputFactory FACTORY = factory();

  private boolean isSheet;
  private boolean isInRow;
  private long rows;
  private long cells;
  private int column;
  private int width;

  private SheetBounds() {}

  private static XMLInputFactory factory() {
    var factory = new InputFactoryImpl();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    return factory;
  }

  /// Rejects a sheet with rows or cells outside Excel's limits. Accepts parts that are not sheets.
  static void require(InputStream part) throws UnreadableFile {
    var bounds = new SheetBounds();
    var bytes = new RowBytes(part);
    try {
      XMLStreamReader reader = FACTORY.createXMLStreamReader(bytes);
      while (reader.hasNext()) {
        int event = reader.next();
        if (event == XMLStreamConstants.START_ELEMENT) {
          bounds.start(reader);
        } else if (event == XMLStreamConstants.END_ELEMENT && reader.getLocalName().equals("row")) {
          bounds.end();
        }
        if (!bounds.isInRow) {
          bytes.beginRow();
        }
      }
    } catch (XMLStreamException e) {
      if (e.getNestedException() instanceof UnreadableFile tooLong) {
        throw tooLong;
      }
      // The part is not XML, such as a picture, or it is a damaged sheet, which the library cannot read beyond this
      // place either.
    } catch (RuntimeException e) {
      if (bounds.isSheet) {
        throw new UnreadableFile("The workbook has an invalid cell address; save it again as .xlsx or as CSV UTF-8");
      }
    }
  }

  private void start(XMLStreamReader reader) throws UnreadableFile {
    switch (reader.getLocalName()) {
      case "sheetData" -> isSheet = true;
      case "row" -> {
        if (isSheet && !isInRow) {
          isInRow = true;
          column = 0;
          String number = reader.getAttributeValue(null, "r");
          if (++rows > MAX_ROWS || number != null && Integer.parseInt(number) > MAX_ROWS) {
            throw new UnreadableFile("The workbook has a row beyond 1,048,576; save it again as .xlsx or as CSV UTF-8");
          }
        }
      }
      case "c" -> {
        if (isInRow) {
          String address = reader.getAttributeValue(null, "r");
          column = address == null ? column + 1 : new CellAddress(address).getColumn() + 1;
          if (column < 1 || column > MAX_COLUMNS) {
            throw new UnreadableFile(
                "The workbook has a cell beyond column XFD; save it again as .xlsx or as CSV UTF-8");
          }
          width = Math.max(width, column);
        }
      }
      default -> { }
    }
  }

  private void end() throws UnreadableFile {
    isInRow = false;
    cells += width;
    if (cells > MAX_CELLS) {
      throw new UnreadableFile("The workbook has too many empty cells; delete the columns on the right that are not "
          + "used, or save it as CSV UTF-8");
    }
  }

  /// The bytes of a part. Fails at a row, or a text or tag outside rows, of more than [#MAX_ROW_BYTES], before the
  /// parser holds it in memory.
  private static final class RowBytes extends FilterInputStream {

    private long bytes;

    RowBytes(InputStream part) {
      super(part);
    }

    void beginRow() {
      bytes = 0;
    }

    @Override
    public int read() throws IOException {
      return counted(super.read(), 1);
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
      int read = super.read(buffer, from, length);
      return counted(read, read);
    }

    private int counted(int result, int more) throws UnreadableFile {
      bytes += result < 0 ? 0 : more;
      if (bytes > MAX_ROW_BYTES) {
        throw new UnreadableFile("The workbook has a row of more than 4 MiB; shorten its cells to 32,767 characters");
      }
      return result;
    }
  }
}
