package no.rapport.sourceimports;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The columns of a CSV file.
final class CsvHeader {

  private final char separator;
  private final List<String> columns;
  private final Map<String, Integer> indexes = new HashMap<>();

  /// @param separator `;` or `,`
  /// @param columns the known columns' names by position, an empty text for one that is unknown
  CsvHeader(char separator, List<String> columns) {
    this.separator = separator;
    this.columns = List.copyOf(columns);
    for (int i = 0; i < columns.size(); i++) {
      if (!columns.get(i).isEmpty()) {
        indexes.put(columns.get(i), i);
      }
    }
  }

  char separator() {
    return separator;
  }

  List<String> columns() {
    return columns;
  }

  int size() {
    return columns.size();
  }

  /// -1 where the file has no such column.
  int indexOf(String column) {
    return indexes.getOrDefault(column, -1);
  }
}
