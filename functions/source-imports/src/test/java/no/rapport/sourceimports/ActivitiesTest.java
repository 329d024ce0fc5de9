package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import no.rapport.reporting.Activity;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.Activities;
import no.rapport.sourcedata.ActivityItem;
import no.rapport.sourcedata.ActivityRange;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

class ActivitiesTest {

  private static final Period YEAR = new Period(LocalDate.of(2025, 1, 1), LocalDate.of(2025, 12, 31));
  private static final Comparator<Activity> REPORT_ORDER =
      Comparator.comparing(Activity::date).thenComparing(Activity::activityId);

  private final SourceData data = new SourceData();
  private int files;

  private static String row(String id, String type, LocalDate date, String updatedAt) {
    return ("{'activity_id':'%s','org_id':'org-042','activity_type':'%s','date':'%s','participant_count':3,"
        + "'duration_minutes':45,'location':'','municipality':'','county':'','target_group':'','title':'%s',"
        + "'updated_at':'%s'}\n").formatted(id, type, date, id, updatedAt).replace('\'', '"');
  }

  private void put(List<String> rows) {
    data.importText(data.activitiesKey("file-" + files++ + ".jsonl"), String.join("", rows));
  }

  private void aYear(int rows) {
    var lines = new ArrayList<String>();
    for (int i = 0; i < rows; i++) {
      lines.add(row("a-%04d".formatted(i), i % 3 == 0 ? "course" : "lecture",
          YEAR.from().plusDays(i * 7919L % 365), "2025-12-31T00:00:00Z"));
    }
    put(lines);
  }

  private List<Activity> read(Period period, Set<String> types) {
    var read = new ArrayList<Activity>();
    data.activities.read(SourceData.ORG, period, types, read::add);
    return read;
  }

  @Test
  void readsOnlyPeriodInOrderOfDateAndId() {
    aYear(800);
    var spring = new Period(LocalDate.of(2025, 2, 28), LocalDate.of(2025, 5, 1));

    List<Activity> all = read(YEAR, Set.of());

    assertThat(all).hasSize(800).isSortedAccordingTo(REPORT_ORDER);
    assertThat(read(spring, Set.of())).isNotEmpty()
        .isEqualTo(all.stream().filter(activity -> spring.contains(activity.date())).toList());
    assertThat(read(YEAR, Set.of("course", "nothing"))).isNotEmpty()
        .isEqualTo(all.stream().filter(activity -> activity.activityType().equals("course")).toList());
    assertThat(data.activities.countByMonth(SourceData.ORG, spring, Set.of("lecture")).keySet()).containsExactly(
        YearMonth.of(2025, 2), YearMonth.of(2025, 3), YearMonth.of(2025, 4), YearMonth.of(2025, 5));
    assertThat(data.activities.count(SourceData.ORG, YEAR, Set.of("lecture"))).isEqualTo(533);
    assertThat(data.activities.count("org-043", YEAR, Set.of())).isZero();
  }

  @Test
  void plansRangesThatContainEveryRowOnce() {
    aYear(800);
    for (Set<String> types : List.of(Set.<String>of(), Set.of("course"))) {
      List<Activity> all = read(YEAR, types);
      for (int rowsPerRange : new int[] {1, 7, 50, 333, 10_000}) {
        var joined = new ArrayList<Activity>();
        for (ActivityRange range : data.activities.plan(SourceData.ORG, YEAR, types, rowsPerRange)) {
          int before = joined.size();
          data.activities.readRange(SourceData.ORG, range, types, joined::add);
          assertThat(joined.size() - before).isEqualTo((int) range.rows()).isBetween(1, 2 * rowsPerRange);
        }
        assertThat(joined).as("%d rows a range", rowsPerRange).isEqualTo(all);
      }
    }
  }

  @Test
  void readsActivitiesUpToMaximumPages() {
    var lines = new ArrayList<String>();
    for (int i = 0; i < 100; i++) {
      lines.add(row("a-%04d".formatted(i), "course", YEAR.from(), "2025-12-31T00:00:00Z")
          .replace("\"location\":\"\"", "\"location\":\"" + "x".repeat(15_000) + "\""));
    }
    put(lines);
    var all = new ArrayList<Activity>();
    var few = new ArrayList<Activity>();

    assertThat(data.activities.readFew(SourceData.ORG, YEAR, 1, all::add)).isTrue();
    assertThat(data.activities.readFew(SourceData.ORG, YEAR, 0, few::add)).isFalse();
    assertThat(all).hasSize(100);
    assertThat(few).hasSizeBetween(50, 99).isEqualTo(all.subList(0, few.size()));
  }

  @Test
  void plansNoRangeForNoRows() {
    assertThat(data.activities.plan(SourceData.ORG, YEAR, Set.of(), 10)).isEmpty();
  }

  @Test
  void readsRowsAddedAfterPlanning() {
    aYear(40);
    List<ActivityRange> plan = data.activities.plan(SourceData.ORG, YEAR, Set.of(), 10);
    put(List.of(
        row("a-first", "course", YEAR.from(), "2025-12-31T00:00:00Z"),
        row("z-last", "course", YEAR.to(), "2025-12-31T00:00:00Z")));

    var joined = new ArrayList<Activity>();
    plan.forEach(range -> data.activities.readRange(SourceData.ORG, range, Set.of(), joined::add));

    assertThat(joined).isEqualTo(read(YEAR, Set.of())).hasSize(42);
  }

  @Test
  void movesActivityToCorrectedDate() {
    put(List.of(row("a-1", "course", LocalDate.of(2025, 1, 31), "2025-02-01T00:00:00Z")));
    put(List.of(row("a-1", "course", LocalDate.of(2025, 2, 1), "2025-02-02T00:00:00Z")));
    put(List.of(row("a-1", "course", LocalDate.of(2025, 3, 1), "2025-02-01T00:00:00Z")));

    assertThat(read(YEAR, Set.of())).extracting(Activity::date).containsExactly(LocalDate.of(2025, 2, 1));
  }

  @Test
  void lastImportedRowWinsAmongEqualTimes() {
    put(List.of(row("a-1", "course", LocalDate.of(2025, 1, 31), "2025-02-01T00:00:00Z")));
    put(List.of(
        row("a-1", "lecture", LocalDate.of(2025, 1, 31), "2025-02-01T00:00:00Z"),
        row("a-1", "home_visit", LocalDate.of(2025, 1, 30), "2025-02-01T00:00:00Z")));

    assertThat(read(YEAR, Set.of())).extracting(Activity::activityType).containsExactly("home_visit");
  }

  @Test
  void olderRowDoesNotRestoreWithdrawnActivity() {
    var withdrawal = "{\"activity_id\":\"a-1\",\"org_id\":\"org-042\",\"deleted\":true,"
        + "\"updated_at\":\"2025-02-02T00:00:00Z\"}\n";
    put(List.of(row("a-1", "course", LocalDate.of(2025, 1, 31), "2025-02-01T00:00:00Z"), withdrawal));
    put(List.of(row("a-1", "course", LocalDate.of(2025, 1, 31), "2025-02-01T00:00:00Z")));
    assertThat(read(YEAR, Set.of())).isEmpty();

    put(List.of(row("a-1", "course", LocalDate.of(2025, 1, 31), "2025-02-03T00:00:00Z")));
    assertThat(read(YEAR, Set.of())).hasSize(1);
  }

  @Test
  void propagatesExceptionOfRowConsumer() {
    aYear(10);
    assertThatThrownBy(() -> data.activities.read(SourceData.ORG, YEAR, Set.of(), row -> {
      throw new IllegalStateException("enough");
    })).isInstanceOf(IllegalStateException.class).hasMessage("enough");
  }

  @Test
  void propagatesExceptionOfTable() {
    var missing = new Activities(data.dynamoDb, "no-such-table");
    assertThatThrownBy(() -> missing.read(SourceData.ORG, YEAR, Set.of(), _ -> { }))
        .isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void packsAndUnpacksActivity() {
    var odd = new Activity(
        "id", "org", "type", LocalDate.of(1999, 12, 31), Integer.MAX_VALUE, 0, "a:b 1 2:", "0301", "",
        "\n\0", "𝄞č", "-1 -2", List.of("", "x:y", "|"), Instant.parse("1970-01-01T00:00:00.000000001Z"));

    assertThat(ActivityItem.unpack("org", "1999-12-31#id", "type", ActivityItem.pack(odd))).isEqualTo(odd);
  }
}
