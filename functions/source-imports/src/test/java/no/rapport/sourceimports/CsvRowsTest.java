package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRowsTest {

  private static final List<String> COLUMNS = List.of("a", "b", "c");
  private static final String[] PIECES = {
    "", "\"", "\"\"", ";", ",", "\n", "\r\n", "\r", "=1+1", "0301", "č đ ŋ", "æøå", "'", " ", "|", "\t", "𝄞", "x"};

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void readsFilesWrittenByAnotherLibrary(long seed) throws IOException {
    var random = new Random(seed);
    char separator = random.nextBoolean() ? ';' : ',';
    var rows = new ArrayList<List<String>>();
    for (int i = 0; i < 300; i++) {
      rows.add(List.of("r" + i, cell(random), cell(random)));
    }
    var text = new StringWriter();
    try (var writer = CsvWriter.builder()
        .fieldSeparator(separator)
        .lineDelimiter(random.nextBoolean() ? LineDelimiter.CRLF : LineDelimiter.LF)
        .quoteStrategy(random.nextBoolean() ? QuoteStrategies.ALWAYS : QuoteStrategies.REQUIRED)
        .build(text)) {
      writer.writeRecord(COLUMNS);
      rows.forEach(writer::writeRecord);
    }

    assertThat(values(read(text.toString().getBytes(StandardCharsets.UTF_8), random))).isEqualTo(rows);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16})
  void readsWellFormedTextLikeAnotherLibrary(long seed) throws IOException {
    var random = new Random(seed);
    var text = new StringBuilder("a;b;c\n");
    for (int i = 0; i < 200; i++) {
      text.append("r").append(i);
      for (int field = 0; field < 2; field++) {
        text.append(';').append(random.nextBoolean()
            ? '"' + withoutLoneReturns(cell(random)).replace("\"", "\"\"") + '"'
            : cell(random).replaceAll("[\";\r\n]", "'"));
      }
      text.append(random.nextBoolean() ? "\n" : "\r\n");
    }
    List<List<String>> expected;
    try (var reader = CsvReader.builder().fieldSeparator(';').ofCsvRecord(text.toString())) {
      expected = reader.stream().skip(1).map(record -> List.copyOf(record.getFields())).toList();
    }

    assertThat(values(read(text.toString().getBytes(StandardCharsets.UTF_8), random))).isEqualTo(expected);
  }

  @Test
  void strayQuoteCostsOnlyOneRow() throws IOException {
    var clean = new ArrayList<String>();
    for (int i = 0; i < 40; i++) {
      clean.add(i % 3 == 0 ? "r" + i + ";\"two\nlines\";z" : i % 3 == 1 ? "r" + i + ";\"q\";z" : "r" + i + ";y;z");
    }
    for (int at = 0; at < clean.size(); at++) {
      for (String stray : List.of("\"r;y;z", "r;\"y;z", "r;y;\"z", "r;\"y\"y;z", "r;y;z\"\"")) {
        var lines = new ArrayList<>(clean);
        lines.add(at, stray);
        var rows = read(("a;b;c\n" + String.join("\n", lines)).getBytes(StandardCharsets.UTF_8), new Random(1));
        var names = values(rows).stream().map(List::getFirst).collect(Collectors.toSet());
        var expected = new ArrayList<String>();
        for (int i = 0; i < clean.size(); i++) {
          expected.add("r" + i);
        }
        assertThat(names).as(stray + " before row " + at).containsAll(expected);
      }
    }
  }

  @Test
  void rejectsTooLongLineAndContinues() throws IOException {
    String longLine = "r1;" + "x".repeat(Lines.MAX_LINE_BYTES) + ";z";

    List<Cells> rows = read(("a;b;c\n" + longLine + "\nr2;y;z\n").getBytes(StandardCharsets.UTF_8), new Random(1));

    assertThat(rows.getFirst().rejections().getFirst().reason()).isEqualTo("is longer than 262144 bytes");
    assertThat(values(rows)).containsExactly(List.of("r2", "y", "z"));
  }

  @Test
  void readsFileOfUnclosedQuotesInLinearTime() {
    byte[] file = ("a;b;c\n" + ";\"a\";\"\n".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
    var lines = new CountedLines(file);

    assertThatThrownBy(() -> {
      var rows = new CsvRows(lines, CsvRows.readHeader(lines, new Abc(), new UnknownColumns()), 0);
      while (rows.next() != null) {
        // Only the amount of work matters here.
      }
    }).isInstanceOf(UnreadableFile.class).hasMessage(
        "More than 100 quotes are not closed, the last on line 102; write a quote within a quoted field twice");
    assertThat(lines.taken).isLessThan((CsvRows.MAX_RECOVERIES + 1L) * Lines.MAX_LINE_BYTES);
  }

  /// The number of bytes that are read again is bounded, whatever the content and size of the file.
  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28})
  void readsAnyFileInLinearTime(long seed) throws IOException {
    var random = new Random(seed);
    var file = new StringBuilder("a;b;c\n");
    String[] pieces = {"\"", "\"\"", ";", "\n", "x;y;z\n", "\"a\";\"\n", ";\"a\";\"\n", "\r\n", "x".repeat(900), "å", "\n\"",
        ";;\n", "\u0000"};
    int kinds = 1 + random.nextInt(pieces.length);
    while (file.length() < 1_000_000) {
      file.append(pieces[random.nextInt(kinds)]);
    }
    byte[] bytes = file.toString().getBytes(StandardCharsets.UTF_8);
    var lines = new CountedLines(bytes);
    var rows = new CsvRows(lines, CsvRows.readHeader(lines, new Abc(), new UnknownColumns()), 0);

    try {
      while (rows.next() != null) {
        // Only the amount of work matters here.
      }
    } catch (UnreadableFile e) {
      assertThat(e).hasMessageStartingWith("More than 100 quotes are not closed");
    }

    assertThat(lines.taken).isLessThan(bytes.length + (CsvRows.MAX_RECOVERIES + 1L) * Lines.MAX_LINE_BYTES);
  }

  @Test
  void rejectsTooLongQuotedField() throws IOException {
    String lines = "r1;\"" + "x\n".repeat(1_200) + "\";z\n";
    String bytes = "r2;\"" + ("x".repeat(1_000) + "\n").repeat(70) + "\";z\n";

    List<Cells> rows = read(("a;b;c\n" + lines + bytes + "r3;y;z\n").getBytes(StandardCharsets.UTF_8), new Random(1));

    assertThat(rows.stream().flatMap(cells -> cells.rejections().stream()).map(Cells.Rejection::reason))
        .contains("a quote is not closed within 1000 lines", "a quote is not closed within 65536 bytes");
    assertThat(values(rows)).containsExactly(List.of("r3", "y", "z"));
  }

  @Test
  void rejectsInvalidUtf8ByColumn() throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes("a;b;c\nr1;Bl".getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes("å".getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(";z\nr2;y;z\n".getBytes(StandardCharsets.UTF_8));

    List<Cells> rows = read(bytes.toByteArray(), new Random(1));
    rows.getFirst().text("b");

    assertThat(rows.getFirst().rejections()).containsExactly(new Cells.Rejection(2, "b", "is not valid UTF-8"));
    assertThat(rows).hasSize(2);
  }

  private static String cell(Random random) {
    var cell = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      cell.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return cell.toString();
  }

  /// The other library's reader treats a lone carriage return within quotes as the end of the record.
  private static String withoutLoneReturns(String cell) {
    return cell.replaceAll("\r(?!\n)", "");
  }

  private static List<Cells> read(byte[] file, Random random) throws IOException {
    // The stream returns a few bytes at a time, as a network stream does.
    var lines = new Lines(new ByteArrayInputStream(file) {
      @Override
      public int read(byte[] target, int from, int length) {
        return super.read(target, from, Math.min(length, 1 + random.nextInt(2000)));
      }
    }, (byte) '\n', 0, 1);
    CsvRows.Header header = CsvRows.readHeader(lines, new Abc(), new UnknownColumns());
    var rows = new ArrayList<Cells>();
    var reader = new CsvRows(lines, header, 0);
    for (Cells cells = reader.next(); cells != null; cells = reader.next()) {
      rows.add(cells);
    }
    assertThat(lines.offset()).isEqualTo(file.length);
    return rows;
  }

  private static List<List<String>> values(List<Cells> rows) {
    return rows.stream()
        .filter(cells -> !cells.isRejected())
        .map(cells -> COLUMNS.stream().map(column -> cells.cell(column, Cells.Form.TEXT)).toList())
        .toList();
  }

  /// A form with three columns.
  private static final class Abc implements RowForm {

    @Override
    public RowKind kind() {
      return RowKind.ACTIVITIES;
    }

    @Override
    public Set<String> columns() {
      return Set.copyOf(COLUMNS);
    }

    @Override
    public Set<String> requiredColumns(boolean mayWithdraw) {
      return columns();
    }

    @Override
    public SourceRow parse(Cells cells, String orgId, ImportSource source) {
      throw new UnsupportedOperationException();
    }
  }

  /// Counts the bytes of the lines that are read, including lines that are read again.
  private static final class CountedLines extends Lines {

    private long taken;

    CountedLines(byte[] file) {
      super(new ByteArrayInputStream(file), (byte) '\n', 0, 1);
    }

    @Override
    Line next() throws IOException {
      Line line = super.next();
      taken += line == null ? 0 : line.length();
      return line;
    }
  }
}
