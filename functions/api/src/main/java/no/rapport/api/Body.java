package no.rapport.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// A JSON object of a request, read member by member. Every wrong member is remembered; [#orRefuse] reports all of
/// them at once, members that nobody asked for included.
///
/// Readers return an empty optional both for an absent member and for a wrong one, so that reading goes on.
/// `null` counts as absent unless the reader says otherwise.
public final class Body {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final DateTimeFormatter DATE = DateTimeFormatter.ISO_LOCAL_DATE;

  private final ObjectNode object;
  private final String path;
  private final List<FieldError> errors;
  private final Set<String> asked = new HashSet<>();
  private final List<Body> children = new ArrayList<>();

  Body(ObjectNode object) {
    this(object, "", new ArrayList<>());
  }

  private Body(ObjectNode object, String path, List<FieldError> errors) {
    this.object = object;
    this.path = path;
    this.errors = errors;
  }

  /// Whether the member is given, `null` included.
  public boolean has(String name) {
    return object.has(name);
  }

  /// Whether the member is given and is `null`.
  public boolean isNull(String name) {
    asked.add(name);
    return object.has(name) && object.get(name).isNull();
  }

  /// The object exactly as it was sent.
  public ObjectNode asSent() {
    return object;
  }

  /// Text of 1 to `maxLength` characters.
  public Optional<String> text(String name, int maxLength) {
    return member(name).flatMap(node -> {
      if (!node.isTextual()) {
        return wrong(name, "must be text");
      }
      String value = node.textValue();
      if (value.isEmpty() || value.codePointCount(0, value.length()) > maxLength) {
        return wrong(name, "must have 1 to " + maxLength + " characters");
      }
      return Optional.of(value);
    });
  }

  /// An id: 1 to 64 of `A-Z a-z 0-9 _ -`.
  public Optional<String> id(String name) {
    return matching(name, ID, "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -");
  }

  public Optional<String> matching(String name, Pattern pattern, String expectation) {
    return member(name).flatMap(node -> node.isTextual() && pattern.matcher(node.textValue()).matches()
        ? Optional.of(node.textValue()) : wrong(name, expectation));
  }

  /// One of some words, turned into a value.
  public <T> Optional<T> word(String name, Function<String, Optional<T>> parse, String expectation) {
    return member(name).flatMap(node -> {
      Optional<T> value = node.isTextual() ? parse.apply(node.textValue()) : Optional.empty();
      return value.isPresent() ? value : wrong(name, expectation);
    });
  }

  /// A list of words; absent and `null` are the empty list.
  public List<String> words(String name, Pattern pattern, int maxSize, String expectation) {
    List<String> words = new ArrayList<>();
    member(name).ifPresent(node -> {
      if (!node.isArray() || node.size() > maxSize) {
        wrong(name, "must be a list of at most " + maxSize);
        return;
      }
      for (int i = 0; i < node.size(); i++) {
        JsonNode word = node.get(i);
        if (word.isTextual() && pattern.matcher(word.textValue()).matches()) {
          words.add(word.textValue());
        } else {
          wrong(name + "/" + i, expectation);
        }
      }
    });
    return words;
  }

  /// A date `YYYY-MM-DD`.
  public Optional<LocalDate> date(String name) {
    return member(name).flatMap(node -> {
      try {
        if (node.isTextual() && node.textValue().length() == 10) {
          return Optional.of(LocalDate.parse(node.textValue(), DATE));
        }
      } catch (DateTimeParseException e) {
        // told below
      }
      return wrong(name, "must be a date, YYYY-MM-DD");
    });
  }

  /// An instant in UTC, `YYYY-MM-DDThh:mm:ssZ`; a fraction of a second is cut off.
  public Optional<Instant> instant(String name) {
    return member(name).flatMap(node -> {
      Optional<Instant> value = node.isTextual() ? Request.instantOf(node.textValue()) : Optional.empty();
      return value.isPresent() ? value.map(i -> i.truncatedTo(ChronoUnit.SECONDS))
          : wrong(name, "must be a time in UTC, YYYY-MM-DDThh:mm:ssZ");
    });
  }

  public Optional<Boolean> bool(String name) {
    return member(name).flatMap(node -> node.isBoolean() ? Optional.of(node.booleanValue())
        : wrong(name, "must be true or false"));
  }

  /// A whole number from `least` to `most`.
  public Optional<Long> integer(String name, long least, long most) {
    return member(name).flatMap(node -> node.isIntegralNumber() && node.canConvertToLong()
        && node.longValue() >= least && node.longValue() <= most
        ? Optional.of(node.longValue())
        : wrong(name, "must be a whole number from " + least + " to " + most));
  }

  /// An object within; its wrong members are reported with this object's.
  public Optional<Body> object(String name) {
    return member(name).flatMap(node -> {
      if (!(node instanceof ObjectNode inner)) {
        return wrong(name, "must be an object");
      }
      var child = new Body(inner, path + "/" + name, errors);
      children.add(child);
      return Optional.of(child);
    });
  }

  /// Remembers an absent member that is required.
  public <T> T required(String name, Optional<T> value, T otherwise) {
    if (value.isEmpty() && errors.stream().noneMatch(e -> isWithin(e.pointer(), pointer(name)))) {
      errors.add(new FieldError(pointer(name), name + " is required"));
    }
    return value.orElse(otherwise);
  }

  private static boolean isWithin(String pointer, String member) {
    return pointer.equals(member) || pointer.startsWith(member + "/");
  }

  /// Remembers something wrong about a member, or about members together.
  public <T> Optional<T> wrong(String name, String expectation) {
    errors.add(new FieldError(pointer(name), name + " " + expectation));
    return Optional.empty();
  }

  /// Whether nothing was wrong so far.
  public boolean isValid() {
    return errors.isEmpty();
  }

  /// Ends reading: refuses the request with `422` if anything was wrong.
  void orRefuse() {
    unasked();
    if (!errors.isEmpty()) {
      throw InvalidRequest.fields(422, List.copyOf(errors));
    }
  }

  private void unasked() {
    object.fieldNames().forEachRemaining(name -> {
      if (!asked.contains(name) && errors.size() < 100) {
        errors.add(new FieldError(path + "/" + escaped(name), "This member is not known here"));
      }
    });
    children.forEach(Body::unasked);
  }

  private Optional<JsonNode> member(String name) {
    asked.add(name);
    return Optional.ofNullable(object.get(name)).filter(node -> !node.isNull());
  }

  private String pointer(String name) {
    return path + "/" + name;
  }

  /// A name that the caller chose, as RFC 6901 has it, and bounded.
  private static String escaped(String name) {
    int end = name.offsetByCodePoints(0, Math.min(64, name.codePointCount(0, name.length())));
    return name.substring(0, end).replace("~", "~0").replace("/", "~1");
  }
}
