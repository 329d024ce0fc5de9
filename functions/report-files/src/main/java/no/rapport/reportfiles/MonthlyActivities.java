package no.rapport.reportfiles;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import no.rapport.reporting.ActivityColumn;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.ActivityTypes;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;

/// Numbers of activities by month and type for a chart: every month of the period, the known types that occur, and all
/// unknown types as one series.
///
/// @param months `YYYY-MM`
/// @param names name of each series
/// @param rows by series, then month
public record MonthlyActivities(List<String> months, List<String> names, List<long[]> rows) {

  private static final int MOST_MONTHS_ACROSS = 12;
  private static final String[] BOKMAL =
      {"jan.", "feb.", "mars", "april", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."};
  private static final String[] ENGLISH =
      {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

  public static MonthlyActivities of(Period period, ActivityTotals totals, ReportLocale locale) {
    Set<String> known = new HashSet<>(ActivityTypes.codes());
    List<String> months = new ArrayList<>();
    for (LocalDate month = period.from().withDayOfMonth(1); !month.isAfter(period.to()); month = month.plusMonths(1)) {
      months.add("%04d-%02d".formatted(month.getYear(), month.getMonthValue()));
    }
    Map<String, long[]> series = new HashMap<>();
    boolean others = false;
    for (SortedMap.Entry<String, SortedMap<String, Long>> month : totals.rowsByMonthAndType().entrySet()) {
      int at = months.indexOf(month.getKey());
      if (at < 0) {
        continue;
      }
      for (SortedMap.Entry<String, Long> type : month.getValue().entrySet()) {
        boolean isKnown = known.contains(type.getKey());
        others |= !isKnown;
        series.computeIfAbsent(isKnown ? type.getKey() : "", absent -> new long[months.size()])[at] += type.getValue();
      }
    }
    List<String> names = new ArrayList<>();
    List<long[]> rows = new ArrayList<>();
    for (String code : ActivityTypes.codes()) {
      if (series.containsKey(code)) {
        names.add(ActivityTypes.name(code, locale));
        rows.add(series.get(code));
      }
    }
    if (others) {
      names.add(Wording.OTHER_TYPES.in(locale));
      rows.add(series.get(""));
    }
    return new MonthlyActivities(months, names, rows);
  }

  /// Returns the label of a month on an axis: `jan. 2025`, `Jan 2025`, in Sami `2025-01`.
  public static String label(String month, ReportLocale locale) {
    int number = Integer.parseInt(month.substring(month.length() - 2));
    String year = month.substring(0, month.length() - 3);
    return switch (locale) {
      case NB, NN -> BOKMAL[number - 1] + " " + year;
      case EN -> ENGLISH[number - 1] + " " + year;
      case SE -> month;
    };
  }

  /// Returns the same numbers as a table.
  ///
  /// @param heading heading of the first column
  /// @param counts by row, then column
  public record Table(boolean monthsAcross, String heading, List<String> across, List<String> down, long[][] counts) {

    /// The sums of the columns.
    public long[] sums() {
      long[] sums = new long[across.size()];
      for (long[] row : counts) {
        for (int column = 0; column < sums.length; column++) {
          sums[column] += row[column];
        }
      }
      return sums;
    }
  }

  /// For at most a year, the columns are the months; for a longer period, they are the types.
  public boolean monthsAcross() {
    return months.size() <= MOST_MONTHS_ACROSS;
  }

  public Table table(ReportLocale locale) {
    List<String> labels = months.stream().map(month -> label(month, locale)).toList();
    if (monthsAcross()) {
      return new Table(true, ActivityColumn.ACTIVITY_TYPE.heading(locale), labels, names, rows.toArray(long[][]::new));
    }
    long[][] counts = new long[labels.size()][names.size()];
    for (int month = 0; month < labels.size(); month++) {
      for (int type = 0; type < names.size(); type++) {
        counts[month][type] = rows.get(type)[month];
      }
    }
    return new Table(false, Wording.MONTH.in(locale), names, labels, counts);
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  public long total(int month) {
    return rows.stream().mapToLong(series -> series[month]).sum();
  }
}
