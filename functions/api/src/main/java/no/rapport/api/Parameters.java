package no.rapport.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Reads the query parameters of an endpoint that is not a list. Each parameter may be sent once, and unknown ones are
/// rejected. Errors are collected; [#requireValid] reports them all with `400`.
public final class Parameters {

  private final Map<String, List<String>> sent;
  private final List<FieldError> errors = new ArrayList<>();

  Parameters(Map<String, List<String>> sent, Set<String> known) {
    this.sent = sent;
    sent.keySet().stream().sorted().filter(name -> !known.contains(name)).limit(20)
        .forEach(name -> wrong(name.length() > 64 ? name.substring(0, 64) : name,
            "Unknown query parameter; remove it"));
  }

  /// Reads a parameter. Returns empty if it was not sent or is wrong.
  ///
  /// @param parse returns empty for a value that is not accepted
  /// @param expectation the accepted form, which follows the parameter's name in the message
  public <T> Optional<T> word(String name, Function<String, Optional<T>> parse, String expectation) {
    List<String> values = sent.getOrDefault(name, List.of());
    if (values.size() > 1) {
      wrong(name, name + " must be given only once");
      return Optional.empty();
    }
    Optional<T> value = values.stream().findFirst().flatMap(parse);
    if (!values.isEmpty() && value.isEmpty()) {
      wrong(name, name + " " + expectation);
    }
    return value;
  }

  /// Reads a parameter that must be sent.
  public <T> Optional<T> required(String name, Function<String, Optional<T>> parse, String expectation) {
    if (!sent.containsKey(name)) {
      wrong(name, name + " is required and " + expectation);
    }
    return word(name, parse, expectation);
  }

  /// Ends reading.
  ///
  /// @throws InvalidRequest `400` with all errors, if there are any
  public void requireValid() {
    if (!errors.isEmpty()) {
      throw InvalidRequest.fields(400, List.copyOf(errors));
    }
  }

  private void wrong(String name, String message) {
    errors.add(new FieldError("?" + name, message));
  }
}
