package no.rapport.sourceimports;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.Row;

/// The cells of a row of a workbook. A number is read by the type of its column: as a date, as a time in Europe/Oslo,
/// as a number, or as text.
final class WorkbookCells extends Cells {

  private static final ZoneId OSLO = ZoneId.of("Europe/Oslo");
  private static final LocalDate DAY_ZERO = LocalDate.of(1899, 12, 30);
  private static final LocalDate DAY_ZERO_1904 = LocalDate.of(1904, 1, 1);
  private static final BigDecimal DAYS_TO_YEAR_9999 = BigDecimal.valueOf(2_958_465);
  private static final BigDecimal SECONDS_A_DAY = BigDecimal.valueOf(86_400);
  private static final String ESCAPE_START = "_x";
  private static final Pattern ESCAPE = Pattern.compile("_x([0-9a-fA-F]{4})_");

  private final Row row;
  private final TableHeader header;
  private final boolean date1904;

  WorkbookCells(Row row, TableHeader header, boolean date1904) {
    super(row.getRowNum());
    this.row = row;
    this.header = header;
    this.date1904 = date1904;
  }

  /// Returns whether the row has neither text nor numbers.
  boolean isEmpty() {
    for (int column = 0; column < row.getCellCount(); column++) {
      if (!text(row, column).isBlank()) {
        return false;
      }
    }
    return true;
  }

  /// Returns the text of a cell, or empty if there is no cell.
  static String text(Row row, int column) {
    Cell cell = column < row.getCellCount() ? row.getCell(column) : null;
    return switch (cell == null ? null : cell.getValue()) {
      case null -> "";
      case BigDecimal number -> Spelling.isWritable(number) ? number.stripTrailingZeros().toPlainString() : "";
      case Object value -> unescaped(value.toString());
    };
  }

  /// Returns a text with its escapes replaced by the characters that they stand for, such as `_x000D_` for a carriage
  /// return. The escapes would hide an identity number from the mask. The library does not replace them.
  ///
  /// Source: ECMA-376, part 1, section 22.9.2.19, ST_Xstring.
  private static String unescaped(String text) {
    return !text.contains(ESCAPE_START) ? text : ESCAPE.matcher(text).replaceAll(escape ->
        Matcher.quoteReplacement(String.valueOf((char) HexFormat.fromHexDigits(escape.group(1)))));
  }

  @Override
  String cell(String column, Form form) {
    int index = header.indexOf(column);
    if (index < 0) {
      return null;
    }
    Cell cell = index < row.getCellCount() ? row.getCell(index) : null;
    if (cell != null && cell.getType() == CellType.ERROR) {
      reject(column, "is an error in the workbook");
      return "";
    }
    if (cell != null && cell.getValue() instanceof BigDecimal number && (form == Form.DATE || form == Form.TIME)) {
      return moment(column, number, form);
    }
    return text(row, index);
  }

  @Override
  List<String> entries(String column) {
    return CsvCells.split(cell(column, Form.TEXT));
  }

  private String moment(String column, BigDecimal days, Form form) {
    if (days.signum() <= 0 || days.compareTo(DAYS_TO_YEAR_9999) > 0) {
      return text(row, header.indexOf(column));
    }
    long day = days.longValue();
    long seconds = days.subtract(BigDecimal.valueOf(day)).multiply(SECONDS_A_DAY)
        .setScale(0, RoundingMode.HALF_UP).longValueExact();
    LocalDateTime moment =
        (date1904 ? DAY_ZERO_1904 : DAY_ZERO).plusDays(day).atStartOfDay().plusSeconds(seconds);
    return form == Form.DATE && seconds == 0
        ? moment.toLocalDate().toString()
        : moment.atZone(OSLO).toInstant().toString();
  }
}
