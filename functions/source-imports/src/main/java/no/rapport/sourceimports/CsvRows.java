package no.rapport.sourceimports;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import no.rapport.sourceimports.Lines.Line;

/// The rows of a CSV file below its header.
///
/// A malformed record (a quote that is never closed or is followed by text, a wrong number of fields, too many bytes)
/// rejects only its first line, and reading goes on with the next line. So a stray quote costs one row.
final class CsvRows implements Rows {

  /// A text has at most 16,000 characters, which are at most 64,000 bytes in UTF-8.
  static final int MAX_QUOTED_BYTES = 64 * 1024;
  static final int MAX_QUOTED_LINES = 1_000;
  static final int MAX_RECOVERIES = 100;

  private static final Pattern SEPARATOR_LINE = Pattern.compile("\uFEFF?\"?(?i:sep)=([;,\t])\"?[;,\t]*\r?");
  private static final List<Character> SEPARATORS = List.of(';', ',', '\t');

  /// A placeholder for a record without content, which is skipped.
  private static final Cells BLANK = Cells.unreadable(0, "has separators only");

  private final Lines lines;
  private final TableHeader header;
  private final char separator;
  private int recoveries;

  /// @param recoveries how many records before these rows were malformed and read again
  CsvRows(Lines lines, Header header, int recoveries) {
    this.lines = lines;
    this.header = header.columns();
    this.separator = header.separator();
    this.recoveries = recoveries;
  }

  /// The header of a file.
  ///
  /// @param line the number of the header's line
  record Header(TableHeader columns, char separator, long line) {}

  /// Reads up to the header. Skips titles, empty lines and a line such as `sep=;`.
  ///
  /// @param unknown collects the unknown columns
  /// @throws UnreadableFile if no row of the file can be read
  static Header readHeader(Lines lines, RowForm form, UnknownColumns unknown) throws IOException {
    Line line = lines.next();
    if (line == null) {
      throw new UnreadableFile("The file is empty");
    }
    var separators = new ArrayList<>(SEPARATORS);
    for (int i = 0; i < TableHeader.MAX_LINES && line != null; i++) {
      Matcher told = SEPARATOR_LINE.matcher(new String(line.bytes(), StandardCharsets.UTF_8));
      if (told.matches()) {
        separators.addFirst(told.group(1).charAt(0));
      } else if (!line.tooLong()) {
        char best = separators.getFirst();
        List<String> names = List.of();
        for (char separator : separators) {
          List<String> read = names(line, separator);
          if (known(read, form) > known(names, form)) {
            best = separator;
            names = read;
          }
        }
        if (TableHeader.isHeader(names, form.columns())) {
          return new Header(TableHeader.of(names, form, unknown), best, line.number());
        }
      }
      line = lines.next();
    }
    throw TableHeader.absent(form);
  }

  private static long known(List<String> names, RowForm form) {
    return names.stream().filter(form.columns()::contains).count();
  }

  @Override
  public long offset() {
    return lines.offset();
  }

  @Override
  public long line() {
    return lines.number();
  }

  @Override
  public int recoveries() {
    return recoveries;
  }

  @Override
  public Cells next() throws IOException {
    Cells cells = record();
    while (cells == BLANK) {
      cells = record();
    }
    return cells;
  }

  private Cells record() throws IOException {
    Line first = lines.next();
    while (first != null && first.isBlank()) {
      first = lines.next();
    }
    if (first == null) {
      return null;
    }
    if (first.tooLong()) {
      return tooLong(first);
    }
    var record = new CsvRecord(separator);
    var further = new ArrayList<Line>();
    CsvRecord.Progress progress = record.add(first.bytes());
    long length = first.length();
    while (progress == CsvRecord.Progress.OPEN) {
      Line next = lines.next();
      if (next == null) {
        return recover(first, further, "a quote is never closed");
      }
      further.add(next);
      length += next.length();
      if (next.tooLong() || length > Lines.MAX_LINE_BYTES || record.fieldLength() > MAX_QUOTED_BYTES) {
        return recover(first, further, "a quote is not closed within " + MAX_QUOTED_BYTES + " bytes");
      }
      if (further.size() > MAX_QUOTED_LINES) {
        return recover(first, further, "a quote is not closed within " + MAX_QUOTED_LINES + " lines");
      }
      progress = record.add(next.bytes());
    }
    if (progress == CsvRecord.Progress.MALFORMED) {
      return recover(first, further, "a closing quote is followed by text");
    }
    if (record.isBlank()) {
      return BLANK;
    }
    record.dropEmptyFields(header.size());
    if (record.size() != header.size()) {
      return recover(
          first, further, "has " + record.size() + " fields where the header has " + header.size());
    }
    return new CsvCells(first.number(), header, record.fields());
  }

  /// Rejects the first line of a malformed record and continues with its second line. Lines that were read ahead are
  /// read again, so the number of recoveries is limited.
  private Cells recover(Line first, List<Line> further, String reason) throws UnreadableFile {
    if (!further.isEmpty()) {
      recoveries++;
      if (recoveries > MAX_RECOVERIES) {
        throw new UnreadableFile("More than " + MAX_RECOVERIES + " quotes are not closed, the last on line "
            + first.number() + "; write a quote within a quoted field twice");
      }
      lines.giveBack(further);
    }
    return Cells.unreadable(first.number(), reason);
  }

  static Cells tooLong(Line line) {
    return Cells.unreadable(line.number(), "is longer than " + Lines.MAX_LINE_BYTES + " bytes");
  }

  private static List<String> names(Line line, char separator) {
    var record = new CsvRecord(separator);
    if (record.add(line.bytes()) != CsvRecord.Progress.COMPLETE) {
      return List.of();
    }
    return record.fields().stream().map(name -> name == null ? "" : TableHeader.name(name)).toList();
  }
}
