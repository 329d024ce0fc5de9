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

  private final Lines lines;
  private final CsvHeader header;

  CsvRows(Lines lines, CsvHeader header) {
    this.lines = lines;
    this.header = header;
  }

  /// What the first line of a file turned out to be.
  sealed interface HeaderLine {

    /// @param unknown how many columns are unknown
    record Usable(CsvHeader header, List<String> unknown) implements HeaderLine {}

    /// @param reason why no row of the file can be read
    record Unusable(String reason) implements HeaderLine {}
  }

  /// Reads the header.
  ///
  /// @param known all columns that a row may have
  static HeaderLine readHeader(Lines lines, Set<String> known) throws IOException {
    Line line = lines.next();
    if (line == null) {
      return new HeaderLine.Unusable("The file is empty");
    }
    List<String> semicolons = names(line, ';');
    List<String> commas = names(line, ',');
    boolean semicolon = semicolons.stream().filter(known::contains).count()
        >= commas.stream().filter(known::contains).count();
    List<String> names = semicolon ? semicolons : commas;
    var columns = new ArrayList<String>();
    var unknown = new ArrayList<String>();
    for (String name : names) {
      if (known.contains(name)) {
        if (columns.contains(name)) {
          return new HeaderLine.Unusable("The header has the column " + name + " twice");
        }
        columns.add(name);
      } else {
        columns.add("");
        unknown.add(name);
      }
    }
    return new HeaderLine.Usable(new CsvHeader(semicolon ? ';' : ',', columns), unknown);
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
        lines.giveBack(further);
        return Cells.unreadable(first.number(), "a quote is never closed");
      }
      further.add(next);
      length += next.length();
      if (next.tooLong() || length > Lines.LONGEST) {
        lines.giveBack(further);
        return Cells.unreadable(first.number(), "a quote is not closed within " + Lines.LONGEST + " bytes");
      }
      progress = record.add(next.bytes());
    }
    if (progress == CsvRecord.Progress.MALFORMED) {
      lines.giveBack(further);
      return Cells.unreadable(first.number(), "a closing quote is followed by text");
    }
    if (record.size() != header.size()) {
      lines.giveBack(further);
      return Cells.unreadable(
          first.number(), "has " + record.size() + " fields where the header has " + header.size());
    }
    return new CsvCells(first.number(), header, record.fields());
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
