package no.rapport.sourceimports;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The cells of a row that is derived from an element of a register document.
final class RegisterCells extends Cells {

  private final long position;
  private final Map<String, String> row;

  /// @param line the line of the document where the element begins
  /// @param position the position of the document in its file
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
