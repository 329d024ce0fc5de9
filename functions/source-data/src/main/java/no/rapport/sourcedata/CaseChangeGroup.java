package no.rapport.sourcedata;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import no.rapport.reporting.Period;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Put;

/// One group of [CaseChanges]: a counter, and for each set of periods the counter's value at the last change.
///
/// Sets of periods are written `*` (every period), `2024Q1` (that quarter) and `2024Q1+` (that quarter and later ones).
///
/// @param number number of the group, from 0
/// @param version value of the counter
/// @param touched value of the counter at the last change, by set of periods
/// @param present number of live records, by type and source system
public record CaseChangeGroup(int number, long version, Map<String, Long> touched, Map<String, Long> present) {

  static final String VERSION = "v";
  static final String TOUCHED = "q";
  static final String PRESENT = "n";
  static final String EVERY_PERIOD = "*";

  /// Above this number of pairs of type and source system, records are no longer counted, and every change touches
  /// every period. No real organisation has that many.
  private static final int MAX_PRESENT = 200;
  private static final String TOO_MANY = "*";

  public CaseChangeGroup {
    touched = Map.copyOf(touched);
    present = Map.copyOf(present);
  }

  public static CaseChangeGroup of(Map<String, AttributeValue> item) {
    return new CaseChangeGroup(
        Integer.parseInt(item.get(SourceDataTable.SK).s()),
        Long.parseLong(item.get(VERSION).n()),
        numbers(item.get(TOUCHED)),
        numbers(item.get(PRESENT)));
  }

  /// Returns a group without changes.
  public static CaseChangeGroup unchanged(int number) {
    return new CaseChangeGroup(number, 0, Map.of(), Map.of());
  }

  /// Returns the quarter of a date, such as `2024Q1`.
  public static String quarter(LocalDate date) {
    return "%04dQ%d".formatted(date.getYear(), (date.getMonthValue() + 2) / 3);
  }

  /// Returns the quarter of a date and all later ones, such as `2024Q1+`.
  public static String quarterAndLater(LocalDate date) {
    return quarter(date) + "+";
  }

  /// Returns the counter's value at the last change that touched a period, or 0 if there was none.
  public long newest(Period period) {
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

  /// Returns the group after a change.
  ///
  /// @param what the touched sets of periods
  /// @param appeared change in the number of live records, by type and source system; negative for fewer
  public CaseChangeGroup changed(Set<String> what, Map<String, Integer> appeared) {
    var nowPresent = new TreeMap<>(present);
    if (!present.containsKey(TOO_MANY)) {
      appeared.forEach((name, count) -> nowPresent.merge(name, (long) count, Long::sum));
      nowPresent.values().removeIf(count -> count == 0);
      if (nowPresent.size() > MAX_PRESENT) {
        nowPresent.clear();
        nowPresent.put(TOO_MANY, 1L);
      }
    }
    var nowTouched = new TreeMap<>(touched);
    what.forEach(period -> nowTouched.put(period, version + 1));
    if (nowPresent.containsKey(TOO_MANY) || !nowPresent.keySet().equals(present.keySet())) {
      nowTouched.put(EVERY_PERIOD, version + 1);
    }
    return new CaseChangeGroup(number, version + 1, nowTouched, nowPresent);
  }

  /// Writes the group, if the table still holds the one it came from.
  public Put write(String table, String orgId) {
    var item = new HashMap<>(key(orgId, number));
    item.put(VERSION, AttributeValue.fromN(String.valueOf(version)));
    item.put(TOUCHED, map(touched));
    item.put(PRESENT, map(present));
    return Conditions.ifUnchanged(table, item, VERSION, version - 1);
  }

  public static Map<String, AttributeValue> key(String orgId, int number) {
    return SourceDataTable.key(SourceDataTable.caseChanges(orgId), String.valueOf(number));
  }

  private static boolean touches(String what, String first, String last) {
    if (what.equals(EVERY_PERIOD)) {
      return true;
    }
    String quarter = what.substring(0, 6);
    boolean lasting = what.length() > 6;
    return quarter.compareTo(last) <= 0 && (lasting || quarter.compareTo(first) >= 0);
  }

  private static AttributeValue map(Map<String, Long> numbers) {
    var map = new HashMap<String, AttributeValue>();
    numbers.forEach((name, number) -> map.put(name, AttributeValue.fromN(String.valueOf(number))));
    return AttributeValue.fromM(map);
  }

  private static Map<String, Long> numbers(AttributeValue map) {
    var numbers = new TreeMap<String, Long>();
    map.m().forEach((name, value) -> numbers.put(name, Long.valueOf(value.n())));
    return numbers;
  }
}
