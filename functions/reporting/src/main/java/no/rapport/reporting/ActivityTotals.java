package no.rapport.reporting;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.LocalDate;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Additive totals of activities: the totals of any parts, summed with [#plus], equal the totals of all rows.
///
/// @param all totals of all rows
/// @param byType totals by activity type code
/// @param byMonth totals by month (`YYYY-MM`)
/// @param rowsByMonthAndType number of rows by month and then type code
/// @param notCounted number of rows that Bufdir would not count, by the name of the reason in [Countability]
/// @param attachments number of attached files
public record ActivityTotals(
    Count all,
    SortedMap<String, Count> byType,
    SortedMap<String, Count> byMonth,
    SortedMap<String, SortedMap<String, Long>> rowsByMonthAndType,
    SortedMap<String, Long> notCounted,
    long attachments) {

  public static final ActivityTotals NONE = new Builder().build();

  public ActivityTotals {
    byType = Collections.unmodifiableSortedMap(new TreeMap<>(byType));
    byMonth = Collections.unmodifiableSortedMap(new TreeMap<>(byMonth));
    rowsByMonthAndType = Collections.unmodifiableSortedMap(new TreeMap<>(rowsByMonthAndType));
    notCounted = Collections.unmodifiableSortedMap(new TreeMap<>(notCounted));
  }

  /// @param rows number of activities
  /// @param countable number of activities that Bufdir would count
  /// @param participants sum of participants
  /// @param minutes sum of durations
  public record Count(long rows, long countable, long participants, long minutes) {

    public static final Count NONE = new Count(0, 0, 0, 0);

    public Count plus(Count other) {
      return new Count(rows + other.rows, countable + other.countable,
          participants + other.participants, minutes + other.minutes);
    }
  }

  /// Returns the totals of one activity.
  public static ActivityTotals of(Activity activity) {
    Builder builder = new Builder();
    builder.add(activity);
    return builder.build();
  }

  public ActivityTotals plus(ActivityTotals other) {
    TreeMap<String, SortedMap<String, Long>> monthsAndTypes = new TreeMap<>(rowsByMonthAndType);
    other.rowsByMonthAndType.forEach((month, types) -> monthsAndTypes.merge(month, types, ActivityTotals::sum));
    return new ActivityTotals(all.plus(other.all), merge(byType, other.byType), merge(byMonth, other.byMonth),
        monthsAndTypes, sum(notCounted, other.notCounted), attachments + other.attachments);
  }

  @JsonIgnore
  public long rows() {
    return all.rows();
  }

  private static SortedMap<String, Count> merge(SortedMap<String, Count> one, SortedMap<String, Count> other) {
    TreeMap<String, Count> sum = new TreeMap<>(one);
    other.forEach((key, count) -> sum.merge(key, count, Count::plus));
    return sum;
  }

  private static SortedMap<String, Long> sum(SortedMap<String, Long> one, SortedMap<String, Long> other) {
    TreeMap<String, Long> sum = new TreeMap<>(one);
    other.forEach((key, count) -> sum.merge(key, count, Long::sum));
    return sum;
  }

  /// Sums activities one by one, in any order. It is fastest if neighbouring rows have the same month. Not thread safe.
  public static final class Builder {

    private static final int REASONS = Countability.values().length;

    private final Map<Integer, Map<String, Sum>> months = new HashMap<>();
    private final long[] reasons = new long[REASONS];
    private long attachments;
    private int lastMonth = Integer.MIN_VALUE;
    private Map<String, Sum> lastTypes;

    /// Adds one activity.
    public void add(Activity activity) {
      add(activity, Countability.of(activity));
    }

    public void add(Activity activity, Countability countability) {
      LocalDate date = activity.date();
      int month = date.getYear() * 12 + date.getMonthValue() - 1;
      if (month != lastMonth) {
        lastMonth = month;
        lastTypes = months.computeIfAbsent(month, absent -> new HashMap<>());
      }
      Sum sum = lastTypes.get(activity.activityType());
      if (sum == null) {
        sum = new Sum();
        lastTypes.put(activity.activityType(), sum);
      }
      sum.rows++;
      sum.participants += activity.participantCount();
      sum.minutes += activity.durationMinutes();
      if (countability.counts()) {
        sum.countable++;
      } else {
        reasons[countability.ordinal()]++;
      }
      attachments += activity.attachments().size();
    }

    /// Returns the totals of the activities that were added so far.
    public ActivityTotals build() {
      Count all = Count.NONE;
      TreeMap<String, Count> byType = new TreeMap<>();
      TreeMap<String, Count> byMonth = new TreeMap<>();
      TreeMap<String, SortedMap<String, Long>> byBoth = new TreeMap<>();
      for (Map.Entry<Integer, Map<String, Sum>> month : months.entrySet()) {
        String name = "%04d-%02d".formatted(Math.floorDiv(month.getKey(), 12), Math.floorMod(month.getKey(), 12) + 1);
        TreeMap<String, Long> rows = new TreeMap<>();
        for (Map.Entry<String, Sum> type : month.getValue().entrySet()) {
          Count count = type.getValue().count();
          rows.put(type.getKey(), count.rows());
          byType.merge(type.getKey(), count, Count::plus);
          byMonth.merge(name, count, Count::plus);
          all = all.plus(count);
        }
        byBoth.put(name, Collections.unmodifiableSortedMap(rows));
      }
      TreeMap<String, Long> notCounted = new TreeMap<>();
      for (Countability reason : Countability.values()) {
        if (reasons[reason.ordinal()] > 0) {
          notCounted.put(reason.name(), reasons[reason.ordinal()]);
        }
      }
      return new ActivityTotals(all, byType, byMonth, byBoth, notCounted, attachments);
    }

    private static final class Sum {
      private long rows;
      private long countable;
      private long participants;
      private long minutes;

      private Count count() {
        return new Count(rows, countable, participants, minutes);
      }
    }
  }
}
