package no.rapport.sourceimports;

import java.util.Arrays;
import java.util.List;

/// The cells of a CSV row. Entries of a list are separated by `|`.
final class CsvCells extends Cells {

  private final TableHeader header;
  private final List<String> fields;

  /// @param fields as many as the header has; null if the bytes are not UTF-8
  CsvCells(long line, TableHeader header, List<String> fields) {
    super(line);
    this.header = header;
    this.fields = fields;
  }

  @Override
  String cell(String column, Form form) {
    int index = header.indexOf(column);
    if (index < 0) {
      return null;
    }
    String field = fields.get(index);
    if (field == null) {
      reject(column, "is not valid UTF-8");
      return "";
    }
    return field;
  }

  @Override
  List<String> entries(String column) {
    return split(cell(column, Form.TEXT));
  }

  /// Returns the entries of a list in one cell.
  static List<String> split(String list) {
    return list == null ? List.of() : Arrays.stream(list.split("\\|")).filter(entry -> !entry.isEmpty()).toList();
  }
}
