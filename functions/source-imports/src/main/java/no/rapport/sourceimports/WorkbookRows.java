package no.rapport.sourceimports;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.ReadingOptions;
import org.dhatim.fastexcel.reader.Row;

/// The rows of the first sheet of an Excel workbook (`.xlsx`), read one after the other.
///
/// Offsets count rows of the sheet. Every fault of a workbook is thrown as an [UnreadableFile].
final class WorkbookRows implements Rows {

  static final long MAX_BYTES = 64L * 1024 * 1024;
  private static final long MAX_UNPACKED_BYTES = 512L * 1024 * 1024;
  /// The workbook's shared strings are held in memory.
  private static final long MAX_SHARED_TEXT_BYTES = 128L * 1024 * 1024;
  private static final long MAX_RATIO = 200;
  private static final long MAX_BYTES_OF_ANY_RATIO = 16L * 1024 * 1024;
  private static final int MAX_PARTS = 10_000;

  private final Path file;
  private ReadableWorkbook workbook;
  private Stream<Row> stream;
  private Iterator<Row> rows;
  private TableHeader header;
  private long headerLine;
  private long offset;
  private long line = 1;

  private WorkbookRows(Path file) {
    this.file = file;
  }

  /// Opens a workbook and reads up to its header.
  ///
  /// @param offset the row from which reading continues
  static WorkbookRows open(FileText text, RowForm form, UnknownColumns unknown, long offset) throws IOException {
    if (text.size() > MAX_BYTES) {
      throw new UnreadableFile("The workbook is larger than 64 MiB; split it or save it as CSV UTF-8");
    }
    var rows = new WorkbookRows(Files.createTempFile("import-", ".xlsx"));
    try {
      try (InputStream bytes = text.asPut(); var out = Files.newOutputStream(rows.file)) {
        bytes.transferTo(out);
      }
      rows.requireBounds();
      read(() -> rows.openSheet(form, unknown, offset));
      return rows;
    } catch (IOException | RuntimeException e) {
      rows.close();
      throw e;
    }
  }

  TableHeader header() {
    return header;
  }

  long headerLine() {
    return headerLine;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public long line() {
    return line;
  }

  @Override
  public int recoveries() {
    return 0;
  }

  @Override
  public Cells next() throws IOException {
    return read(() -> {
      while (rows.hasNext()) {
        Row row = take();
        var cells = new WorkbookCells(row, header, workbook.isDate1904());
        if (!cells.isEmpty()) {
          return cells;
        }
      }
      return null;
    });
  }

  @Override
  public void close() throws IOException {
    try {
      if (stream != null) {
        stream.close();
      }
      if (workbook != null) {
        workbook.close();
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private Void openSheet(RowForm form, UnknownColumns unknown, long from) throws IOException {
    workbook = new ReadableWorkbook(file.toFile(), new ReadingOptions(false, true));
    stream = workbook.getFirstSheet().openStream();
    rows = stream.iterator();
    for (int i = 0; i < TableHeader.MAX_LINES && header == null && rows.hasNext(); i++) {
      Row row = take();
      List<String> names = IntStream.range(0, row.getCellCount())
          .mapToObj(column -> TableHeader.name(WorkbookCells.text(row, column)))
          .toList();
      if (TableHeader.isHeader(names, form.columns())) {
        header = TableHeader.of(names, form, unknown);
        headerLine = row.getRowNum();
      }
    }
    if (header == null) {
      throw TableHeader.absent(form);
    }
    while (offset < from && rows.hasNext()) {
      take();
    }
    return null;
  }

  private Row take() {
    Row row = rows.next();
    offset++;
    line = row.getRowNum() + 1L;
    return row;
  }

  /// Unpacks everything once and counts the bytes, because the sizes that a ZIP file states may be false.
  private void requireBounds() throws IOException {
    long packed = Files.size(file);
    long most = Math.min(MAX_UNPACKED_BYTES, Math.max(MAX_BYTES_OF_ANY_RATIO, packed * MAX_RATIO));
    byte[] buffer = new byte[64 * 1024];
    long total = 0;
    var names = new HashSet<String>();
    try (var zip = new ZipFile(file.toFile())) {
      if (zip.size() > MAX_PARTS) {
        throw tooLarge();
      }
      for (Enumeration<? extends ZipEntry> parts = zip.entries(); parts.hasMoreElements();) {
        ZipEntry part = parts.nextElement();
        if (!names.add(part.getName())) {
          // If two parts have the same name, only one of them would be checked.
          throw damaged();
        }
        long bytes = 0;
        try (InputStream content = zip.getInputStream(part)) {
          for (int read = content.read(buffer); read > 0; read = content.read(buffer)) {
            bytes += read;
            total += read;
            if (total > most || bytes > MAX_SHARED_TEXT_BYTES && part.getName().contains("sharedStrings")) {
              throw tooLarge();
            }
          }
        }
        try (InputStream content = zip.getInputStream(part)) {
          SheetBounds.require(content);
        }
      }
    } catch (ZipException e) {
      throw damaged();
    }
  }

  private static UnreadableFile tooLarge() {
    return new UnreadableFile("The workbook unpacks to more than imports take; split it or save it as CSV UTF-8");
  }

  private static UnreadableFile damaged() {
    return new UnreadableFile("The workbook is damaged or invalid; save it again as .xlsx or as CSV UTF-8");
  }

  /// Converts exceptions: the library throws many kinds of them for an invalid workbook.
  private static <T> T read(Reading<T> reading) throws IOException {
    try {
      return reading.read();
    } catch (UnreadableFile e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw damaged();
    }
  }

  @FunctionalInterface
  private interface Reading<T> {
    T read() throws IOException;
  }
}
