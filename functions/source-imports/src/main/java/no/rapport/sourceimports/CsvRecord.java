package no.rapport.sourceimports;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Parses one CSV record, which gets its lines one by one. Quoted fields may contain separators, doubled quotes and
/// line breaks (RFC 4180). A quote inside a field that does not begin with one is an ordinary character.
final class CsvRecord {

  private final char separator;
  private final List<byte[]> fields = new ArrayList<>();
  private final ByteArrayOutputStream field = new ByteArrayOutputStream();
  private State state = State.FIELD_START;

  private enum State {
    FIELD_START,
    PLAIN,
    QUOTED,
    /// After a quote in a quoted field: either the first half of a doubled quote, or the end of the field.
    QUOTE
  }

  /// The state of a record after a line.
  enum Progress {
    COMPLETE,
    /// A quoted field continues on the next line.
    OPEN,
    /// Text follows a closing quote.
    MALFORMED
  }

  CsvRecord(char separator) {
    this.separator = separator;
  }

  /// Adds a line to the record.
  ///
  /// @param line the line without its line feed
  Progress add(byte[] line) {
    for (int i = 0; i < line.length; i++) {
      byte b = line[i];
      boolean lineEnd = b == '\r' && i == line.length - 1;
      switch (state) {
        case FIELD_START -> {
          if (b == '"') {
            state = State.QUOTED;
          } else if (b == separator) {
            endField();
          } else if (!lineEnd) {
            field.write(b);
            state = State.PLAIN;
          }
        }
        case PLAIN -> {
          if (b == separator) {
            endField();
          } else if (!lineEnd) {
            field.write(b);
          }
        }
        case QUOTED -> {
          if (b == '"') {
            state = State.QUOTE;
          } else {
            field.write(b);
          }
        }
        case QUOTE -> {
          if (b == '"') {
            field.write(b);
            state = State.QUOTED;
          } else if (b == separator) {
            endField();
          } else if (!lineEnd) {
            return Progress.MALFORMED;
          }
        }
      }
    }
    if (state == State.QUOTED) {
      field.write('\n');
      return Progress.OPEN;
    }
    endField();
    return Progress.COMPLETE;
  }

  int size() {
    return fields.size();
  }

  /// Returns whether a complete record has only separators and blanks.
  boolean isBlank() {
    for (byte[] bytes : fields) {
      for (byte b : bytes) {
        if (b != ' ' && b != '\t') {
          return false;
        }
      }
    }
    return true;
  }

  /// Removes empty fields beyond those of the header, which spreadsheets add.
  void dropEmptyFields(int size) {
    while (fields.size() > size && fields.getLast().length == 0) {
      fields.removeLast();
    }
  }

  /// Returns the number of bytes of the incomplete field.
  int fieldLength() {
    return field.size();
  }

  /// Returns the fields of a complete record, or null if it is not UTF-8.
  List<String> fields() {
    var texts = new ArrayList<String>(fields.size());
    fields.forEach(bytes -> texts.add(utf8(bytes)));
    return texts;
  }

  /// Decodes bytes, or returns null if they are not UTF-8.
  static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private void endField() {
    fields.add(field.toByteArray());
    field.reset();
    state = State.FIELD_START;
  }
}
