package no.rapport.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The query parameters of an endpoint that is no list: each at most once, and no others than its own. What is wrong is
/// collected, and refused with `400` by [#orRefuse].
public final class Parameters {

  private final Map<String, List<String>> sent;
  private final List<FieldError> errors = new ArrayList<>();

  Parameters(Map<String, List<String>> sent, Set<String> known) {
    this.sent = sent;
    sent.keySet().stream().sorted().filter(name -> !known.contains(name)).limit(20)
        .forEach(name -> wrong(name.length() > 64 ? name.substring(0, 64) : name, "This parameter is not known here"));
  }

  /// Reads a parameter; empty where it was not sent or is wrong.
  ///
  /// @param parse returns empty for a value that is not accepted
  /// @param expectation what a value must be, as the caller reads it after the parameter's name
  public <T> Optional<T> word(String name, Function<String, Optional<T>> parse, String expectation) {
    List<String> values = sent.getOrDefault(name, List.of());
    if (values.size() > 1) {
      wrong(name, name + " is given more than once");
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

  /// Refuses the request where any parameter is wrong.
  public void orRefuse() {
    if (!errors.isEmpty()) {
      throw InvalidRequest.fields(400, List.copyOf(errors));
    }
  }

  private void wrong(String name, String message) {
    errors.add(new FieldError("?" + name, message));
  }
}
