package no.rapport.sourceimports;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import no.rapport.sourceimports.Lines.Line;

/// The rows of a CSV file after its header.
///
/// A record that cannot be right (a quote that never ends or ends in the middle of a field, too few or too many fields,
/// too long) rejects its first line alone and goes on with the next: one stray quote costs one row.
final class CsvRows implements Rows {

  /// A text has at most 16,000 characters, which are at most 64,000 bytes.
  static final int MAX_QUOTED_BYTES = 64 * 1024;
  static final int MAX_QUOTED_LINES = 1_000;
  static final int MAX_RECOVERIES = 100;

  private final Lines lines;
  private final CsvHeader header;
  private int recoveries;

  /// @param recoveries how many records were given up before these rows
  CsvRows(Lines lines, CsvHeader header, int recoveries) {
    this.lines = lines;
    this.header = header;
    this.recoveries = recoveries;
  }

  /// Reads the header.
  ///
  /// @param known all columns that a row may have
  /// @param unknown is told of others
  /// @throws UnreadableFile where no row of the file can be read
  static CsvHeader readHeader(Lines lines, Set<String> known, UnknownColumns unknown) throws IOException {
    Line line = lines.next();
    if (line == null) {
      throw new UnreadableFile("The file is empty");
    }
    List<String> semicolons = names(line, ';');
    List<String> commas = names(line, ',');
    boolean semicolon = semicolons.stream().filter(known::contains).count()
        >= commas.stream().filter(known::contains).count();
    var columns = new ArrayList<String>();
    for (String name : semicolon ? semicolons : commas) {
      if (!known.contains(name)) {
        columns.add("");
        unknown.add(name);
      } else if (columns.contains(name)) {
        throw new UnreadableFile("The header has the column " + name + " twice");
      } else {
        columns.add(name);
      }
    }
    return new CsvHeader(semicolon ? ';' : ',', columns);
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
    var record = new CsvRecord(header.separator());
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
      if (next.tooLong() || length > Lines.LONGEST || record.fieldLength() > MAX_QUOTED_BYTES) {
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
    if (record.size() != header.size()) {
      return recover(
          first, further, "has " + record.size() + " fields where the header has " + header.size());
    }
    return new CsvCells(first.number(), header, record.fields());
  }

  /// Gives a record up and goes on with its second line. What was read ahead is read again, so that this is done a
  /// bounded number of times.
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
    return Cells.unreadable(line.number(), "is longer than " + Lines.LONGEST + " bytes");
  }

  private static List<String> names(Line line, char separator) {
    var record = new CsvRecord(separator);
    if (line.tooLong() || record.add(line.bytes()) != CsvRecord.Progress.COMPLETE) {
      return List.of();
    }
    return record.fields().stream()
        .map(name -> name == null ? "" : name.strip().toLowerCase(Locale.ROOT))
        .toList();
  }
}
