package no.rapport.sourceimports;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The cells of a row that stands for an element of a document of the national register.
final class RegisterCells extends Cells {

  private final long position;
  private final Map<String, String> row;

  /// @param line of the document where the element begins
  /// @param position of the document in its file
  RegisterCells(long line, long position, Map<String, String> row) {
    super(line);
    this.position = position;
    this.row = row;
  }

  @Override
  long position() {
    return position;
  }

  @Override
  String cell(String column, Form form) {
    return row.get(column);
  }

  @Override
  List<String> entries(String column) {
    return Arrays.stream(row.getOrDefault(column, "").split("\\|")).filter(entry -> !entry.isEmpty()).toList();
  }
}
