package no.rapport.reportreexports;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Reads the contract's own examples, word for word, from the test resources in `contract/`.
final class Examples {

  private Examples() {}

  static String text(String name) {
    try (var in = Examples.class.getResourceAsStream("/contract/" + name + ".json")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(String name) {
    return Call.json(text(name));
  }
}
