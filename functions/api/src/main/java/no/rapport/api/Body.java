package no.rapport.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
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
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import no.rapport.reporting.NationalIdMask;

/// Reads a JSON object of a request member by member and collects every error. [#requireValid] reports all of them at
/// once, unknown members included.
///
/// A reader returns an empty optional for an absent member and for a wrong one, so that reading continues. `null`
/// counts as absent unless the reader says otherwise.
public final class Body {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final String ID_EXPECTATION = "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -";
  private static final String NO_IDENTITY_NUMBER = "must not hold a national identity number";
  private static final DateTimeFormatter DATE = DateTimeFormatter.ISO_LOCAL_DATE;

  private final ObjectNode object;
  private final String path;
  private final List<FieldError> errors;
  private final Set<String> readMembers = new HashSet<>();
  private final List<Body> children = new ArrayList<>();

  Body(ObjectNode object) {
    this(object, "", new ArrayList<>());
  }

  private Body(ObjectNode object, String path, List<FieldError> errors) {
    this.object = object;
    this.path = path;
    this.errors = errors;
  }

  /// Returns whether the member is given, also as `null`.
  public boolean has(String name) {
    return object.has(name);
  }

  /// Returns whether the member is given and is `null`.
  public boolean isNull(String name) {
    readMembers.add(name);
    return object.has(name) && object.get(name).isNull();
  }

  /// Returns the object exactly as it was sent.
  public ObjectNode asSent() {
    return object;
  }

  /// Reads text of 1 to `maxLength` characters that holds no national identity number.
  public Optional<String> text(String name, int maxLength) {
    return member(name).flatMap(node -> {
      if (!node.isTextual()) {
        return wrong(name, "must be text");
      }
      String value = node.textValue();
      if (value.isEmpty() || value.codePointCount(0, value.length()) > maxLength) {
        return wrong(name, "must have 1 to " + maxLength + " characters");
      }
      return withoutIdentityNumber(name, value);
    });
  }

  /// Reads the id of a resource: 1 to 64 characters of `A-Z a-z 0-9 _ -`.
  public Optional<String> id(String name) {
    return member(name).flatMap(node -> node.isTextual() && ID.matcher(node.textValue()).matches()
        ? Optional.of(node.textValue()) : wrong(name, ID_EXPECTATION));
  }

  /// Reads the client's own id of a person. It must not hold a national identity number.
  public Optional<String> personId(String name) {
    return matching(name, ID, ID_EXPECTATION);
  }

  /// Reads text that matches the pattern and holds no national identity number.
  public Optional<String> matching(String name, Pattern pattern, String expectation) {
    return member(name).flatMap(node -> node.isTextual() && pattern.matcher(node.textValue()).matches()
        ? withoutIdentityNumber(name, node.textValue()) : wrong(name, expectation));
  }

  private Optional<String> withoutIdentityNumber(String name, String value) {
    return NationalIdMask.isIn(value) ? wrong(name, NO_IDENTITY_NUMBER) : Optional.of(value);
  }

  /// Reads a word and converts it to a value.
  ///
  /// @param parse returns the value of a word, or empty for an unknown word
  public <T> Optional<T> word(String name, Function<String, Optional<T>> parse, String expectation) {
    return member(name).flatMap(node -> {
      Optional<T> value = node.isTextual() ? parse.apply(node.textValue()) : Optional.empty();
      return value.isPresent() ? value : wrong(name, expectation);
    });
  }

  /// Reads a list of words that hold no national identity number. Returns an empty list if the member is absent or
  /// `null`.
  public List<String> words(String name, Pattern pattern, int maxSize, String expectation) {
    List<String> words = new ArrayList<>();
    member(name).ifPresent(node -> {
      if (!node.isArray() || node.size() > maxSize) {
        wrong(name, "must be a list of at most " + maxSize + " words");
        return;
      }
      for (int i = 0; i < node.size(); i++) {
        JsonNode word = node.get(i);
        if (word.isTextual() && pattern.matcher(word.textValue()).matches()) {
          withoutIdentityNumber(name + "/" + i, word.textValue()).ifPresent(words::add);
        } else {
          wrong(name + "/" + i, expectation);
        }
      }
    });
    return words;
  }

  /// Reads a date `YYYY-MM-DD`.
  public Optional<LocalDate> date(String name) {
    return member(name).flatMap(node -> {
      try {
        if (node.isTextual() && node.textValue().length() == 10) {
          return Optional.of(LocalDate.parse(node.textValue(), DATE));
        }
      } catch (DateTimeParseException e) {
        // reported below
      }
      return wrong(name, "must be a date, YYYY-MM-DD");
    });
  }

  /// The days from `from` to `to`, both included.
  public record DateRange(LocalDate from, LocalDate to) {

    /// Returns whether the range is longer than so many years. Five years from 29 February end on the last day of
    /// February.
    boolean isLongerThan(int years) {
      return to.isAfter(from.plusYears(years).minusDays(1)) && to.isAfter(from.minusDays(1).plusYears(years));
    }
  }

  /// Reads two required dates that span at most `maxYears` years, the first not after the second. The second date is
  /// compared with the first only if both are valid, so that only the wrong one is reported.
  public DateRange dateRange(String from, String to, int maxYears) {
    Optional<LocalDate> first = date(from);
    Optional<LocalDate> last = date(to);
    required(from, first, LocalDate.EPOCH);
    required(to, last, LocalDate.EPOCH);
    if (first.isEmpty() || last.isEmpty()) {
      return new DateRange(LocalDate.EPOCH, LocalDate.EPOCH);
    }
    var range = new DateRange(first.get(), last.get());
    if (range.to().isBefore(range.from())) {
      wrong(to, "must not be before " + from);
      return new DateRange(range.from(), range.from());
    }
    if (range.isLongerThan(maxYears)) {
      wrong(to, "must be within " + maxYears + " years of " + from);
    }
    return range;
  }

  /// Reads an instant in UTC, `YYYY-MM-DDThh:mm:ssZ`, truncated to seconds.
  public Optional<Instant> instant(String name) {
    return member(name).flatMap(node -> {
      Optional<Instant> value = node.isTextual() ? Request.instantOf(node.textValue()) : Optional.empty();
      return value.isPresent() ? value.map(i -> i.truncatedTo(ChronoUnit.SECONDS))
          : wrong(name, "must be a time in UTC, YYYY-MM-DDThh:mm:ssZ");
    });
  }

  /// Reads `true` or `false`.
  public Optional<Boolean> bool(String name) {
    return member(name).flatMap(node -> node.isBoolean() ? Optional.of(node.booleanValue())
        : wrong(name, "must be true or false"));
  }

  /// Reads a whole number from `least` to `most`.
  public Optional<Long> integer(String name, long least, long most) {
    return member(name).flatMap(node -> {
      Optional<Long> value = node.isNumber() ? wholeNumber(node.decimalValue()) : Optional.empty();
      return value.filter(number -> number >= least && number <= most)
          .or(() -> wrong(name, "must be a whole number from " + least + " to " + most));
    });
  }

  /// Returns the number as a long: `8` and `8.0` are equal. Returns empty for a fraction or more than 18 digits.
  private static Optional<Long> wholeNumber(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    boolean fits = stripped.scale() <= 0 && (long) stripped.precision() - stripped.scale() <= 18;
    return fits ? Optional.of(stripped.longValueExact()) : Optional.empty();
  }

  /// Reads a nested object. Its errors are reported with those of this object.
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

  /// Accepts members that cannot be changed, as long as they repeat their current values.
  ///
  /// @param present supplies the resource as the API shows it; called only if needed
  /// @param changeable members that other readers read
  public void readOnly(Supplier<ObjectNode> present, Set<String> changeable) {
    Set<String> others = new TreeSet<>();
    object.fieldNames().forEachRemaining(others::add);
    others.removeAll(changeable);
    if (others.isEmpty()) {
      return;
    }
    ObjectNode shown = present.get();
    for (String name : others) {
      if (shown.has(name)) {
        readMembers.add(name);
        if (!isSameValue(shown.get(name), object.get(name))) {
          wrong(name, "cannot be changed; leave it out or repeat its current value");
        }
      }
    }
  }

  private static boolean isSameValue(JsonNode a, JsonNode b) {
    return a.equals((x, y) -> x.isNumber() && y.isNumber() ? x.decimalValue().compareTo(y.decimalValue())
        : x.equals(y) ? 0 : 1, b);
  }

  /// Returns the value, or reports the member as missing and returns `otherwise`.
  public <T> T required(String name, Optional<T> value, T otherwise) {
    if (value.isEmpty() && errors.stream().noneMatch(e -> isWithin(e.pointer(), pointer(name)))) {
      errors.add(new FieldError(pointer(name), name + " is required"));
    }
    return value.orElse(otherwise);
  }

  private static boolean isWithin(String pointer, String member) {
    return pointer.equals(member) || pointer.startsWith(member + "/");
  }

  /// Reports an error of a member, or of several members together. Always returns empty.
  public <T> Optional<T> wrong(String name, String expectation) {
    errors.add(new FieldError(pointer(name), name + " " + expectation));
    return Optional.empty();
  }

  /// Returns whether no error has been reported so far.
  public boolean isValid() {
    return errors.isEmpty();
  }

  /// Ends reading.
  ///
  /// @throws InvalidRequest `422` with all errors, if there are any
  void requireValid() {
    reportUnknownMembers();
    if (!errors.isEmpty()) {
      throw InvalidRequest.fields(422, List.copyOf(errors));
    }
  }

  private void reportUnknownMembers() {
    object.fieldNames().forEachRemaining(name -> {
      if (!readMembers.contains(name) && errors.size() < 100) {
        errors.add(new FieldError(path + "/" + escaped(name), "Unknown member; remove it"));
      }
    });
    children.forEach(Body::reportUnknownMembers);
  }

  private Optional<JsonNode> member(String name) {
    readMembers.add(name);
    return Optional.ofNullable(object.get(name)).filter(node -> !node.isNull());
  }

  private String pointer(String name) {
    return path + "/" + name;
  }

  /// Escapes a name that the caller chose as RFC 6901 demands, and cuts it to 64 characters.
  private static String escaped(String name) {
    int end = name.offsetByCodePoints(0, Math.min(64, name.codePointCount(0, name.length())));
    return name.substring(0, end).replace("~", "~0").replace("/", "~1");
  }
}
