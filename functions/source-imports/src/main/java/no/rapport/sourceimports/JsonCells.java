package no.rapport.sourceimports;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// The cells of a row that is a JSON object.
final class JsonCells extends Cells {

  private final JsonNode object;

  JsonCells(long line, JsonNode object) {
    super(line);
    this.object = object;
  }

  @Override
  String cell(String column, Form form) {
    JsonNode value = object.get(column);
    if (value == null || value.isNull()) {
      return null;
    }
    switch (form) {
      case TEXT, DATE, TIME -> {
        if (!value.isTextual()) {
          reject(column, "must be text");
        }
      }
      case INTEGER, NUMBER -> {
        if (value.isNumber()) {
          return number(column, value.decimalValue());
        }
        if (!value.isTextual()) {
          reject(column, form == Form.INTEGER ? "must be a whole number" : "must be a number");
          return "0";
        }
      }
      case BOOLEAN -> {
        if (!value.isBoolean() && !value.isTextual() && !value.isIntegralNumber()) {
          reject(column, "must be true or false");
          return "false";
        }
      }
      case CODE -> {
        if (!value.isTextual() && !value.isIntegralNumber()) {
          reject(column, "must be text");
        }
      }
    }
    return value.asText();
  }

  @Override
  List<String> entries(String column) {
    JsonNode value = object.get(column);
    if (value == null || value.isNull()) {
      return List.of();
    }
    if (!value.isArray()) {
      reject(column, "must be a list");
      return List.of();
    }
    var entries = new ArrayList<String>();
    for (JsonNode entry : value) {
      if (!entry.isTextual() && !entry.isIntegralNumber()) {
        reject(column, "must be a list of texts or whole numbers");
        return List.of();
      }
      entries.add(entry.asText());
    }
    return entries;
  }

  private String number(String column, BigDecimal number) {
    if (!Spelling.isWritable(number)) {
      reject(column, "is a number out of range");
      return "0";
    }
    BigDecimal plain = number.stripTrailingZeros();
    return (plain.scale() < 0 ? plain.setScale(0) : plain).toPlainString();
  }
}
