package no.rapport.sourceimports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The columns of a table, as named by its header.
final class TableHeader {

  /// The last line on which a header may stand, below titles and empty lines.
  static final int MAX_LINES = 20;
  /// A line that names this many known columns is the header. A title does not.
  private static final int MIN_KNOWN = 2;
  /// Optional, because the folder names the organisation.
  private static final String ORGANIZATION = "org_id";

  private final List<String> shown;
  private final int size;
  private final Map<String, Integer> indexes = new HashMap<>();

  private TableHeader(List<String> shown, int size) {
    this.shown = List.copyOf(shown);
    this.size = size;
  }

  /// Parses a header from the names in a line.
  ///
  /// @param unknown collects the unknown columns
  /// @throws UnreadableFile if no row below this header could be valid
  static TableHeader of(List<String> names, RowForm form, UnknownColumns unknown) throws UnreadableFile {
    var shown = new ArrayList<String>();
    for (String name : names.subList(0, Math.min(names.size(), UnknownColumns.MAX_NAMES))) {
      shown.add(form.columns().contains(name) ? name : UnknownColumns.shown(name));
    }
    var header = new TableHeader(shown, names.size());
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (!form.columns().contains(name)) {
        if (!name.isEmpty()) {
          unknown.add(name);
        }
      } else if (header.indexes.putIfAbsent(name, i) != null) {
        throw new UnreadableFile("The header has the column " + name + " twice");
      }
    }
    var missing = new TreeSet<>(form.requiredColumns(header.indexOf("deleted") >= 0));
    missing.removeAll(header.indexes.keySet());
    missing.remove(ORGANIZATION);
    if (!missing.isEmpty()) {
      throw new UnreadableFile((missing.size() == 1 ? "The header lacks the column " : "The header lacks the columns ")
          + String.join(", ", missing));
    }
    return header;
  }

  /// Returns whether a line is a header for these columns, complete or not.
  static boolean isHeader(List<String> names, Set<String> known) {
    return names.stream().filter(known::contains).distinct().count() >= MIN_KNOWN;
  }

  /// Creates the error for a file without a header.
  static UnreadableFile absent(RowForm form) {
    return new UnreadableFile("The file has no header: one of the first " + MAX_LINES
        + " lines must name the columns, such as " + String.join(";", new TreeSet<>(form.requiredColumns(false))));
  }

  /// Returns a column's name without quotes, blanks of any kind and byte order marks around it.
  static String name(String cell) {
    var name = new StringBuilder();
    cell.codePoints()
        .filter(point -> Character.getType(point) != Character.FORMAT && !Character.isISOControl(point))
        .map(point -> Character.isSpaceChar(point) ? ' ' : point)
        .forEach(name::appendCodePoint);
    String plain = name.toString().strip();
    if (plain.length() > 1 && plain.startsWith("\"") && plain.endsWith("\"")) {
      plain = plain.substring(1, plain.length() - 1).strip();
    }
    return plain.toLowerCase(Locale.ROOT);
  }

  /// Returns how many columns the table has, known or not.
  int size() {
    return size;
  }

  /// Returns the index of a column, or -1 if the file does not have it.
  int indexOf(String column) {
    return indexes.getOrDefault(column, -1);
  }

  /// Returns the names for the report, in their order: at most fifty, without any that could be a value.
  List<String> shown() {
    return shown;
  }
}
