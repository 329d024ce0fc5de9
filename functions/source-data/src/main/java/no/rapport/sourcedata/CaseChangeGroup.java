package no.rapport.sourcedata;

import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import no.rapport.reporting.Period;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// One of the groups of [CaseChanges]: a counter, and its value when something was last touched.
///
/// Touched things are written `*` (every period), `2024Q1` (that quarter) and `2024Q1+` (that quarter and later ones).
///
/// @param number which group, from 0
/// @param version the counter
/// @param touched the counter's value by what was touched
/// @param present how many live records there are, by type and source system
record CaseChangeGroup(int number, long version, Map<String, Long> touched, Map<String, Long> present) {

  static final String VERSION = "v";
  static final String TOUCHED = "q";
  static final String PRESENT = "n";
  static final String EVERY_PERIOD = "*";

  CaseChangeGroup {
    touched = Map.copyOf(touched);
    present = Map.copyOf(present);
  }

  static CaseChangeGroup of(Map<String, AttributeValue> item) {
    return new CaseChangeGroup(
        Integer.parseInt(item.get(SourceDataTable.SK).s()),
        Long.parseLong(item.get(VERSION).n()),
        numbers(item.get(TOUCHED)),
        numbers(item.get(PRESENT)));
  }

  /// The quarter of a date, as it is written.
  static String quarter(LocalDate date) {
    return "%04dQ%d".formatted(date.getYear(), (date.getMonthValue() + 2) / 3);
  }

  /// The counter's value at the last change that touched a period; 0 where none did.
  long newest(Period period) {
    String first = quarter(period.from());
    String last = quarter(period.to());
    long newest = 0;
    for (var entry : touched.entrySet()) {
      if (touches(entry.getKey(), first, last)) {
        newest = Math.max(newest, entry.getValue());
      }
    }
    return newest;
  }

  private static boolean touches(String what, String first, String last) {
    if (what.equals(EVERY_PERIOD)) {
      return true;
    }
    String quarter = what.substring(0, 6);
    boolean lasting = what.length() > 6;
    return quarter.compareTo(last) <= 0 && (lasting || quarter.compareTo(first) >= 0);
  }

  private static Map<String, Long> numbers(AttributeValue map) {
    var numbers = new TreeMap<String, Long>();
    map.m().forEach((name, value) -> numbers.put(name, Long.valueOf(value.n())));
    return numbers;
  }
}
