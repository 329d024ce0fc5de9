package no.rapport.reporting;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A span of calendar dates in Europe/Oslo, both ends included.
public record Period(LocalDate from, LocalDate to) {

  private static final Pattern ID = Pattern.compile("([0-9]{4})(?:-(?:H([12])|Q([1-4])))?");

  /// The kind of calendar period that an id names.
  public enum Kind {
    YEAR(12),
    HALF_YEAR(6),
    QUARTER(3);

    private final int months;

    Kind(int months) {
      this.months = months;
    }

    public int months() {
      return months;
    }
  }

  /// @throws IllegalArgumentException if `to` is before `from`
  public Period {
    if (to.isBefore(from)) {
      throw new IllegalArgumentException("period_to " + to + " is before period_from " + from);
    }
  }

  /// Returns the period with the id `YYYY`, `YYYY-H1`…`H2` or `YYYY-Q1`…`Q4`, or empty for any other text.
  public static Optional<Period> ofId(String id) {
    Matcher matcher = ID.matcher(id);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int year = Integer.parseInt(matcher.group(1));
    if (year == 0) {
      return Optional.empty();
    }
    int months = matcher.group(2) != null ? 6 : matcher.group(3) != null ? 3 : 12;
    int part = months == 6 ? Integer.parseInt(matcher.group(2))
        : months == 3 ? Integer.parseInt(matcher.group(3)) : 1;
    LocalDate from = LocalDate.of(year, (part - 1) * months + 1, 1);
    return Optional.of(new Period(from, from.plusMonths(months).minusDays(1)));
  }

  /// Returns the kind of period that a valid id names.
  public static Kind kindOf(String id) {
    return id.indexOf('H') > 0 ? Kind.HALF_YEAR : id.indexOf('Q') > 0 ? Kind.QUARTER : Kind.YEAR;
  }

  /// Returns the id of the same kind of period one year earlier: `2024-Q1` gives `2023-Q1`.
  public static String priorId(String id) {
    return "%04d%s".formatted(Integer.parseInt(id.substring(0, 4)) - 1, id.substring(4));
  }

  /// Returns the id of this period if it is a whole year, half-year or quarter.
  public Optional<String> id() {
    String year = "%04d".formatted(from.getYear());
    for (String part : new String[] {"", "-H1", "-H2", "-Q1", "-Q2", "-Q3", "-Q4"}) {
      if (ofId(year + part).filter(this::equals).isPresent()) {
        return Optional.of(year + part);
      }
    }
    return Optional.empty();
  }

  /// Returns the folder of a report of this period: its id, or `from_to` if it has none.
  public String folder() {
    return id().orElseGet(() -> from + "_" + to);
  }

  public boolean contains(LocalDate date) {
    return !date.isBefore(from) && !date.isAfter(to);
  }

  /// Returns the number of days, both ends included.
  public long days() {
    return ChronoUnit.DAYS.between(from, to) + 1;
  }
}
