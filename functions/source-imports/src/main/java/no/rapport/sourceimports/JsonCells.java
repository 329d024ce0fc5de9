package no.rapport.sourceimports;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// The cells of a row written as a JSON object.
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
      case TEXT -> {
        if (!value.isTextual()) {
          reject(column, "must be text");
        }
      }
      case INTEGER -> {
        if (!value.isIntegralNumber()) {
          reject(column, "must be a whole number");
          return "0";
        }
      }
      case NUMBER -> {
        if (!value.isNumber()) {
          reject(column, "must be a number");
          return "0";
        }
        return value.decimalValue().stripTrailingZeros().toPlainString();
      }
      case BOOLEAN -> {
        if (!value.isBoolean()) {
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
}
