package no.rapport.stepfunctions;

import com.dashjoin.jsonata.Jsonata;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// JSON values of the interpreter: ordered maps, lists, strings, numbers, booleans, and [#NULL] for JSON's null.
///
/// Java's `null` is never a value: JSONata uses it for "undefined", which differs from JSON's null.
final class JsonValues {

  /// JSON's null.
  static final Object NULL = Jsonata.NULL_VALUE;

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final double EXACT_INTEGERS = 9_007_199_254_740_992d;

  private JsonValues() {}

  /// Reads one JSON value.
  ///
  /// @throws IllegalArgumentException with the place if the text is not JSON, or an object has a duplicate key
  static Object parse(String json) {
    try (var parser = FACTORY.createParser(json)) {
      if (parser.nextToken() == null) {
        throw new IllegalArgumentException("The text is empty; a JSON value is expected");
      }
      var value = value(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("Unexpected text after the JSON value");
      }
      return value;
    } catch (JacksonException e) {
      var at = e.getLocation();
      var place = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
      throw new IllegalArgumentException(e.getOriginalMessage() + place, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        var object = new LinkedHashMap<String, Object>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          var name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        var list = new ArrayList<Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> NULL;
      case VALUE_NUMBER_INT -> switch (parser.getNumberType()) {
        case INT -> parser.getIntValue();
        case LONG -> parser.getLongValue();
        default -> parser.getDoubleValue();
      };
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      default -> throw new JsonParseException(parser, "Unexpected " + parser.currentToken());
    };
  }

  /// Returns the compact JSON text of a value; whole numbers have no fraction.
  ///
  /// @throws IllegalArgumentException if something in it has no JSON form, such as a function or an infinite number
  static String write(Object value) {
    var text = new StringWriter();
    try (var generator = FACTORY.createGenerator(text)) {
      write(value, generator);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(Object value, JsonGenerator out) throws IOException {
    switch (value) {
      case Map<?, ?> object -> {
        out.writeStartObject();
        for (var field : object.entrySet()) {
          out.writeFieldName(field.getKey().toString());
          write(field.getValue(), out);
        }
        out.writeEndObject();
      }
      case List<?> list -> {
        out.writeStartArray();
        for (var element : list) {
          write(element, out);
        }
        out.writeEndArray();
      }
      case String text -> out.writeString(text);
      case Boolean truth -> out.writeBoolean(truth);
      case Integer number -> out.writeNumber(number);
      case Long number -> out.writeNumber(number);
      case BigDecimal number -> out.writeNumber(number);
      case Number number -> writeDouble(number.doubleValue(), out);
      case null -> out.writeNull();
      case Object other when other == NULL -> out.writeNull();
      default -> throw new IllegalArgumentException(
          "A value of the kind " + value.getClass().getSimpleName() + " has no JSON form");
    }
  }

  private static void writeDouble(double number, JsonGenerator out) throws IOException {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("The number " + number + " has no JSON form");
    }
    if (number == Math.rint(number) && Math.abs(number) < EXACT_INTEGERS) {
      out.writeNumber((long) number);
    } else {
      out.writeNumber(number);
    }
  }

  /// Returns a deep copy of a value, without the JSONata library's shared or lazy parts.
  ///
  /// @throws IllegalArgumentException if something in it has no JSON form
  static Object detached(Object value) {
    return switch (value) {
      case Map<?, ?> object -> {
        var copy = new LinkedHashMap<String, Object>();
        object.forEach((key, element) -> copy.put(key.toString(), detached(element)));
        yield copy;
      }
      case List<?> list -> {
        var copy = new ArrayList<Object>(list.size());
        list.forEach(element -> copy.add(detached(element)));
        yield copy;
      }
      case String text -> text;
      case Boolean truth -> truth;
      case Number number -> number;
      case null -> NULL;
      case Object other when other == NULL -> NULL;
      default -> throw new IllegalArgumentException("it is a function or another value without a JSON form");
    };
  }

  /// Returns the JSON type of a value, for example `array`.
  static String type(Object value) {
    return switch (value) {
      case Map<?, ?> object -> "object";
      case List<?> list -> "array";
      case String text -> "string";
      case Boolean truth -> "boolean";
      case Number number -> "number";
      default -> "null";
    };
  }

  /// Returns the number of bytes of a text in UTF-8, the unit of the service's limits.
  static int size(String json) {
    return json.getBytes(StandardCharsets.UTF_8).length;
  }
}
