package no.rapport.stepfunctions;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/// Reads a request's members and rejects invalid ones as the service does.
record ProtocolRequest(Map<?, ?> fields) {

  private static final System.Logger LOG = System.getLogger(ProtocolRequest.class.getName());
  private static final int DEFAULT_PAGE = 100;
  private static final int MAX_PAGE = 1000;

  String text(String name) {
    return optionalText(name).orElseThrow(() -> new StepFunctionsException("ValidationException",
        "1 validation error detected: Value at '" + name
            + "' failed to satisfy constraint: Member must not be null"));
  }

  Optional<String> optionalText(String name) {
    var value = fields.get(name);
    if (value == null || value == JsonValues.NULL) {
      return Optional.empty();
    }
    if (value instanceof String text) {
      return Optional.of(text);
    }
    throw new StepFunctionsException("SerializationException", "The member '" + name + "' must be a string");
  }

  boolean flag(String name, boolean otherwise) {
    return fields.get(name) instanceof Boolean truth ? truth : otherwise;
  }

  int pageSize() {
    var value = fields.get("maxResults") instanceof Number number ? number.intValue() : 0;
    if (value < 0 || value > MAX_PAGE) {
      throw new StepFunctionsException("ValidationException", "1 validation error detected: Value '" + value
          + "' at 'maxResults' failed to satisfy constraint: Member must have value from 0 to " + MAX_PAGE);
    }
    return value == 0 ? DEFAULT_PAGE : value;
  }

  Optional<Long> token() {
    return optionalText("nextToken").map(token -> {
      try {
        var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        if (text.startsWith("p")) {
          return Math.max(0, Long.parseLong(text.substring(1)));
        }
      } catch (IllegalArgumentException e) {
        LOG.log(System.Logger.Level.DEBUG, "Not one of our tokens", e);
      }
      throw new StepFunctionsException("InvalidToken", "Invalid Token: '" + token + "'");
    });
  }
}
