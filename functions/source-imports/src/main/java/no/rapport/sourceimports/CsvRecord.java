package no.rapport.sourceimports;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Takes a CSV record apart, line by line as they come: fields in quotes may hold separators, doubled quotes and line
/// breaks (RFC 4180). A quote in a field that does not begin with one is an ordinary character.
final class CsvRecord {

  private final char separator;
  private final List<byte[]> fields = new ArrayList<>();
  private final ByteArrayOutputStream field = new ByteArrayOutputStream();
  private State state = State.FIELD_START;

  private enum State {
    FIELD_START,
    PLAIN,
    QUOTED,
    /// After a quote within a quoted field: the first half of a doubled one, or the end.
    QUOTE
  }

  /// How a record stands after a line.
  enum Progress {
    COMPLETE,
    /// A quoted field goes on in the next line.
    OPEN,
    /// Something follows a closing quote.
    MALFORMED
  }

  CsvRecord(char separator) {
    this.separator = separator;
  }

  /// Takes a line.
  ///
  /// @param line without its line feed
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

  /// Whether a complete record has separators and blanks only.
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

  /// Drops empty fields beyond those of the header: spreadsheets write them.
  void dropEmptyFields(int size) {
    while (fields.size() > size && fields.getLast().length == 0) {
      fields.removeLast();
    }
  }

  /// How many bytes the field has that is not complete yet.
  int fieldLength() {
    return field.size();
  }

  /// The fields of a complete record; null for one that is not UTF-8.
  List<String> fields() {
    var texts = new ArrayList<String>(fields.size());
    fields.forEach(bytes -> texts.add(utf8(bytes)));
    return texts;
  }

  /// The text of bytes; null where they are not UTF-8.
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
