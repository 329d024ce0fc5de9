package no.rapport.sourcedata;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The code lists of the national register that case records use. Each code has its first and last valid day (register
/// description, version 4.0.1).
public enum CodeList {

  /// The act that a measure is based on: the Child Welfare Act of 1992 or of 2021, or the Children Act of 1981.
  LOV("""
      BVL      2013-01-01  2022-12-31
      BVL2021  2023-01-01
      BL1981   2013-01-01
      """),

  /// Category of a measure.
  KATEGORI("""
      1.1   2013-01-01
      1.2   2013-01-01
      1.99  2013-01-01
      2.1   2013-01-01
      2.2   2013-01-01
      2.3   2013-01-01
      2.4   2013-01-01
      2.5   2013-01-01
      2.6   2021-01-01
      2.99  2013-01-01
      3.1   2013-01-01
      3.2   2013-01-01
      3.3   2013-01-01
      3.4   2013-01-01
      3.5   2013-01-01
      3.6   2013-01-01
      3.7   2013-01-01
      3.8   2013-01-01
      3.9   2013-01-01
      3.10  2013-01-01
      3.99  2013-01-01
      4.1   2013-01-01
      4.2   2013-01-01
      4.3   2013-01-01
      4.4   2013-01-01
      4.5   2013-01-01
      4.6   2013-01-01
      4.7   2013-01-01
      4.8   2013-01-01
      4.9   2013-01-01
      4.99  2013-01-01
      5.1   2013-01-01
      5.2   2013-01-01
      5.3   2013-01-01
      5.4   2013-01-01
      5.99  2013-01-01
      6.1   2013-01-01
      6.2   2013-01-01
      6.3   2013-01-01
      6.4   2013-01-01
      6.99  2013-01-01
      7.1   2013-01-01
      7.2   2013-01-01
      7.3   2013-01-01
      7.99  2013-01-01
      8.1   2013-01-01
      8.2   2013-01-01  2025-12-31
      8.3   2013-01-01
      8.4   2026-01-01
      8.5   2026-01-01
      8.99  2013-01-01
      """),

  /// Conclusion of a report of concern.
  MELDING_KONKLUSJON("""
      1   2013-01-01  2025-12-31
      2   2013-01-01
      3   2020-01-01
      4   2020-01-01
      5   2026-01-01
      6   2026-01-01
      7   2026-01-01
      8   2026-01-01
      9   2026-01-01
      10  2026-01-01
      """),

  /// Conclusion of an investigation.
  UNDERSOKELSE_KONKLUSJON("""
      1  2013-01-01
      2  2013-01-01
      3  2013-01-01
      4  2013-01-01
      5  2013-01-01  2025-12-31
      6  2022-01-01
      7  2026-01-01
      8  2026-01-01
      9  2026-01-01
      """),

  /// Type of a plan.
  PLANTYPE("""
      1  2013-01-01
      2  2013-01-01
      3  2013-01-01  2022-12-31
      4  2013-01-01
      5  2023-01-01
      6  2023-01-01
      7  2023-01-01
      8  2023-01-01
      """),

  /// Answer to an offer of aftercare.
  ETTERVERN_KONKLUSJON("""
      1  2022-01-01
      2  2022-01-01
      3  2022-01-01
      """),

  /// Reason for a child's move.
  FLYTTING_ARSAK("""
      1.1.1  2022-01-01
      1.1.2  2022-01-01
      1.1.3  2022-01-01
      1.1.4  2022-01-01
      1.1.5  2022-01-01
      1.2.1  2022-01-01
      1.2.2  2022-01-01
      1.2.3  2022-01-01
      1.3    2022-01-01
      2.1    2022-01-01
      2.2    2022-01-01
      2.3    2022-01-01
      2.4    2022-01-01
      2.5    2022-01-01
      2.6    2022-01-01
      2.7    2022-01-01
      2.8    2022-01-01
      2.9    2022-01-01
      """);

  private final Map<String, Validity> codes = new LinkedHashMap<>();

  /// @param until the last valid day; empty while the code is in use
  public record Validity(LocalDate from, Optional<LocalDate> until) {

    public boolean contains(LocalDate date) {
      return !date.isBefore(from) && until.filter(date::isAfter).isEmpty();
    }
  }

  CodeList(String table) {
    table.lines().map(line -> List.of(line.strip().split(" +"))).forEach(row -> codes.put(row.getFirst(), new Validity(
        LocalDate.parse(row.get(1)), row.size() > 2 ? Optional.of(LocalDate.parse(row.get(2))) : Optional.empty())));
  }

  /// Returns all codes in the register's order.
  public Set<String> codes() {
    return codes.keySet();
  }

  public boolean contains(String code) {
    return codes.containsKey(code);
  }

  /// Returns whether the list has the code and the code is valid on the date.
  public boolean isValid(String code, LocalDate date) {
    return codes.containsKey(code) && codes.get(code).contains(date);
  }

  /// Returns the validity of a code.
  ///
  /// @throws IllegalArgumentException if the list does not have the code
  public Validity validity(String code) {
    if (!codes.containsKey(code)) {
      throw new IllegalArgumentException("The list " + this + " has no such code");
    }
    return codes.get(code);
  }
}
