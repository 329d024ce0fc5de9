package no.rapport.sourceimports;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Set;
import no.rapport.sourceimports.Lines.Line;

/// The rows of a JSON Lines file.
final class JsonRows implements Rows {

  /// The limits of a valid row. A deeper, longer or larger object is rejected.
  static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder()
              .maxNestingDepth(16)
              // A text that is too long is reported by its column, as in CSV.
              .maxStringLength(Lines.MAX_LINE_BYTES)
              .maxNameLength(128)
              .maxNumberLength(40)
              .maxDocumentLength(Lines.MAX_LINE_BYTES)
              .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .build();

  private final Lines lines;
  private final Parser parser;

  JsonRows(Lines lines, Parser parser) {
    this.lines = lines;
    this.parser = parser;
  }

  /// Parses a JSON text.
  ///
  /// @throws JsonProcessingException if the text is not valid JSON or has a number out of range
  static JsonNode parse(String text) throws JsonProcessingException {
    try {
      return MAPPER.readTree(text);
    } catch (NumberFormatException | ArithmeticException e) {
      // Jackson does not wrap the exceptions that BigDecimal throws.
      throw new JsonParseException(null, "A number is out of range", e);
    }
  }

  /// Creates rows from JSON objects.
  ///
  /// @param known all members that a row may have
  /// @param unknown collects the other members
  record Parser(Set<String> known, UnknownColumns unknown) {

    Cells parse(long line, byte[] utf8) {
      String text = CsvRecord.utf8(utf8);
      if (text == null) {
        return Cells.unreadable(line, "is not valid UTF-8");
      }
      JsonNode object;
      try {
        object = JsonRows.parse(text);
      } catch (JsonProcessingException e) {
        // The parser's own message quotes the file.
        String where = e.getLocation() == null ? "" : " at character " + e.getLocation().getColumnNr();
        return Cells.unreadable(line, "is not valid JSON" + where);
      }
      if (!object.isObject()) {
        return Cells.unreadable(line, "is not a JSON object");
      }
      object.fieldNames().forEachRemaining(name -> {
        if (!known.contains(name)) {
          unknown.add(name);
        }
      });
      return new JsonCells(line, object);
    }
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
    return 0;
  }

  @Override
  public Cells next() throws IOException {
    Line line = lines.next();
    while (line != null && line.isBlank()) {
      line = lines.next();
    }
    if (line == null) {
      return null;
    }
    if (line.tooLong()) {
      return CsvRows.tooLong(line);
    }
    byte[] text = line.text();
    if (text.length == 1 && text[0] == '{') {
      throw new UnreadableFile(
          "The JSON object on line " + line.number() + " has several lines: write an object a line, or an array");
    }
    return parser.parse(line.number(), text);
  }
}
