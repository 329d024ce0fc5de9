package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.rapport.reporting.Activity;
import no.rapport.reporting.Period;
import no.rapport.sourceimports.ImportKey.RowFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Checks that imports converge. Whether files arrive at once, twice, out of order or while the table fails, the result
/// is the same as if each had been imported once, in the order in which they were put.
class ImportConvergenceTest {

  private static final Instant UPDATED = Instant.parse("2025-06-01T00:00:00Z");
  private static final Period YEAR = new Period(LocalDate.of(2025, 1, 1), LocalDate.of(2025, 12, 31));

  private final SourceData data = new SourceData();

  private record Row(String id, boolean deleted, LocalDate date, int participants, Instant updatedAt, boolean bad) {

    String json() {
      return deleted
          ? "{\"activity_id\":\"%s\",\"org_id\":\"org-042\",\"deleted\":true,\"updated_at\":\"%s\"}"
              .formatted(id, updatedAt)
          : ("{\"activity_id\":\"%s\",\"org_id\":\"org-042\",\"activity_type\":\"course\",\"date\":\"%s\","
              + "\"participant_count\":%d,\"duration_minutes\":60,\"location\":\"\",\"municipality\":\"0301\","
              + "\"county\":\"Oslo\",\"target_group\":\"\",\"title\":\"Tittel\",\"updated_at\":\"%s\"%s}")
              .formatted(id, date, participants, updatedAt, bad ? ",}" : "");
    }
  }

  private record Put(String key, Instant putAt, List<Row> rows) {

    byte[] bytes() {
      return String.join("\n", rows.stream().map(Row::json).toList()).getBytes(StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void newestVersionOfEveryRowRemainsInAnyOrderOfFiles(long seed) throws Exception {
    var random = new Random(seed);
    List<Put> puts = puts(random, seed);
    var flaky = new FlakyDynamoDb(data.dynamoDb, seed);
    var importFile = new ImportFile(data.imports, data.s3, flaky, data.table, most -> Thread.yield(), InstantSource.system());
    puts.forEach(put -> data.put(put.key(), put.bytes()));

    var deliveries = new ArrayList<>(puts);
    deliveries.addAll(puts.subList(0, 2));
    Collections.shuffle(deliveries, random);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      for (Put put : deliveries) {
        running.add(threads.submit(() -> importFile.begin(
            SourceData.BUCKET, (RowFile) ImportKey.of(put.key()).orElseThrow(), Optional.of(put.putAt()),
            () -> false)));
      }
      for (Future<?> run : running) {
        run.get();
      }
    }

    assertThat(flaky.failures.get()).as("simulated failures").isGreaterThan(0);
    var read = new ArrayList<Activity>();
    data.activities.read(SourceData.ORG, YEAR, Set.of(), read::add);
    assertThat(read.stream().map(ImportConvergenceTest::seen).toList()).isEqualTo(expected(puts));
    assertThat(data.activities.count(SourceData.ORG, YEAR, Set.of())).isEqualTo(read.size());
  }

  private List<Put> puts(Random random, long seed) {
    var puts = new ArrayList<Put>();
    for (int file = 0; file < 5; file++) {
      var rows = new ArrayList<Row>();
      for (int i = 0; i < 150; i++) {
        rows.add(new Row(
            "a-" + random.nextInt(120), random.nextInt(6) == 0, YEAR.from().plusDays(random.nextInt(70)),
            random.nextInt(3), UPDATED.plusSeconds(random.nextInt(3)), random.nextInt(20) == 0));
      }
      puts.add(new Put(
          data.activitiesKey("file-" + seed + "-" + file + ".jsonl"),
          SourceData.NOON.plusSeconds(random.nextInt(100) * 10 + file), rows));
    }
    return puts;
  }

  /// The expected result: files in the order of their puts, line by line; a row replaces another if it is not older.
  private static List<String> expected(List<Put> puts) {
    Map<String, Row> newest = new HashMap<>();
    puts.stream().sorted(Comparator.comparing(Put::putAt)).flatMap(put -> put.rows().stream())
        .filter(row -> !row.bad() || row.deleted())
        .forEach(row -> newest.merge(
            row.id(), row, (was, is) -> is.updatedAt().isBefore(was.updatedAt()) ? was : is));
    return newest.values().stream()
        .filter(row -> !row.deleted())
        .sorted(Comparator.comparing(Row::date).thenComparing(Row::id))
        .map(row -> row.date() + " " + row.id() + " " + row.participants() + " " + row.updatedAt())
        .toList();
  }

  private static String seen(Activity activity) {
    return activity.date() + " " + activity.activityId() + " " + activity.participantCount() + " "
        + activity.updatedAt();
  }
}
