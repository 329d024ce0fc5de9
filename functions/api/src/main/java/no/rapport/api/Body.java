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

/// A JSON object of a request, read member by member. Every wrong member is remembered; [#orRefuse] reports all of
/// them at once, members that nobody asked for included.
///
/// Readers return an empty optional both for an absent member and for a wrong one, so that reading goes on.
/// `null` counts as absent unless the reader says otherwise.
public final class Body {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final String ID_EXPECTATION = "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -";
  private static final String NO_IDENTITY_NUMBER = "must not hold a national identity number";
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

  /// Text of 1 to `maxLength` characters, without national identity numbers.
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

  /// The id of a resource: 1 to 64 of `A-Z a-z 0-9 _ -`.
  public Optional<String> id(String name) {
    return member(name).flatMap(node -> node.isTextual() && ID.matcher(node.textValue()).matches()
        ? Optional.of(node.textValue()) : wrong(name, ID_EXPECTATION));
  }

  /// The id of a person, as the client names people: no national identity number.
  public Optional<String> personId(String name) {
    return matching(name, ID, ID_EXPECTATION);
  }

  /// Text of a pattern, without national identity numbers.
  public Optional<String> matching(String name, Pattern pattern, String expectation) {
    return member(name).flatMap(node -> node.isTextual() && pattern.matcher(node.textValue()).matches()
        ? withoutIdentityNumber(name, node.textValue()) : wrong(name, expectation));
  }

  private Optional<String> withoutIdentityNumber(String name, String value) {
    return NationalIdMask.isIn(value) ? wrong(name, NO_IDENTITY_NUMBER) : Optional.of(value);
  }

  /// One of some words, turned into a value.
  public <T> Optional<T> word(String name, Function<String, Optional<T>> parse, String expectation) {
    return member(name).flatMap(node -> {
      Optional<T> value = node.isTextual() ? parse.apply(node.textValue()) : Optional.empty();
      return value.isPresent() ? value : wrong(name, expectation);
    });
  }

  /// A list of words without national identity numbers; absent and `null` are the empty list.
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
          withoutIdentityNumber(name + "/" + i, word.textValue()).ifPresent(words::add);
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

  /// The days from `from` to `to`, both included.
  public record DateRange(LocalDate from, LocalDate to) {

    /// Whether it is longer than so many years: five years from 29 February end on the last day of February.
    boolean isLongerThan(int years) {
      return to.isAfter(from.plusYears(years).minusDays(1)) && to.isAfter(from.minusDays(1).plusYears(years));
    }
  }

  /// Two required dates that span at most so many years, the first not after the second. Only what is wrong is named:
  /// the second date is held against the first only where both are dates.
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
    return member(name).flatMap(node -> {
      Optional<Long> value = node.isNumber() ? wholeNumber(node.decimalValue()) : Optional.empty();
      return value.filter(number -> number >= least && number <= most)
          .or(() -> wrong(name, "must be a whole number from " + least + " to " + most));
    });
  }

  /// `8` and `8.0` are the same number; what has a fraction or more digits than a long is none.
  private static Optional<Long> wholeNumber(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    boolean fits = stripped.scale() <= 0 && (long) stripped.precision() - stripped.scale() <= 18;
    return fits ? Optional.of(stripped.longValueExact()) : Optional.empty();
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

  /// Lets the body repeat members that it cannot change, as long as their values are the present ones.
  ///
  /// @param present the resource as it is shown; asked for only where it is needed
  /// @param changeable members that are read by other means
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
        asked.add(name);
        if (!isSameValue(shown.get(name), object.get(name))) {
          wrong(name, "cannot be changed; leave it out, or repeat its present value");
        }
      }
    }
  }

  private static boolean isSameValue(JsonNode a, JsonNode b) {
    return a.equals((x, y) -> x.isNumber() && y.isNumber() ? x.decimalValue().compareTo(y.decimalValue())
        : x.equals(y) ? 0 : 1, b);
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
