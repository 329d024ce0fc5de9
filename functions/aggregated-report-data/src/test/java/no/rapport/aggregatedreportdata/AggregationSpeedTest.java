package no.rapport.aggregatedreportdata;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.sourcedata.CaseItems;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecord.Besokstype;
import no.rapport.sourcedata.CaseRecords;
import no.rapport.sourcedata.Version;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Which share of an aggregation is not reading, and whether its memory grows with the records. A command of its own:
///
/// `mvn test -pl functions/aggregated-report-data -am -Drapport.excluded.tests= -Dgroups=soak
/// -Dtest=AggregationSpeedTest -Dsurefire.failIfNoSpecifiedTests=false -Drapport.records=1000000`
@Tag("soak")
class AggregationSpeedTest {

  private static final String ORG = "org-big";
  private static final int RECORDS_PER_CHILD = 12;

  @Test
  void readsAndCountsAMillionRecords() {
    int records = Integer.getInteger("rapport.records", 1_000_000);
    try (var client = EmbeddedDynamoDb.shared().client()) {
      String table = EmbeddedDynamoDb.shared().newTable("SourceDataTable");
      long begun = System.nanoTime();
      try (var items = new CaseItems(client, table, ORG)) {
        for (int child = 0; child < records / RECORDS_PER_CHILD; child++) {
          child(child).forEach(items::put);
        }
      }
      System.out.printf(Locale.ROOT, "loaded %,d records in %.0f s%n", records, seconds(begun));

      var source = new CaseRecords(client, table);
      var nobody = new Run();
      var counting = new Run();
      for (int round = 1; round <= 3; round++) {
        long[] seen = new long[1];
        nobody = run(source, _ -> seen[0]++);
        var tallying = new Tallying(ReportingPeriod.of("2024"));
        counting = run(source, tallying);
        assertThat(tallying.records()).isEqualTo(seen[0]).isGreaterThan(records - RECORDS_PER_CHILD);
        System.out.printf(Locale.ROOT,
            "round %d: reading alone %.1f s, reading and counting %.1f s; of the reading thread %.2f s and %.2f s of CPU: "
                + "counting costs %.2f us a record, %.1f %% of the whole; heap in use after a collection, "
                + "at most %d MB after the first tenth, %d MB after%n",
            round, nobody.seconds, counting.seconds, nobody.cpuSeconds, counting.cpuSeconds,
            (counting.cpuSeconds - nobody.cpuSeconds) * 1e6 / records,
            100 * (counting.cpuSeconds - nobody.cpuSeconds) / counting.seconds,
            counting.firstMegabytes, counting.laterMegabytes);
        if (round == 3) {
          assertThat(figures(tallying)).isEqualTo(expected(records));
        }
      }
      assertThat(counting.laterMegabytes).as("memory is flat").isLessThan(counting.firstMegabytes + 32);
    }
  }

  private static final class Run {
    double seconds;
    double cpuSeconds;
    long firstMegabytes;
    long laterMegabytes;
  }

  private static Run run(CaseRecords source, Consumer<CaseRecord> consumer) {
    var run = new Run();
    var threads = ManagementFactory.getThreadMXBean();
    long begun = System.nanoTime();
    long cpu = threads.getCurrentThreadCpuTime();
    for (int part = 0; part < CaseRecords.PARTS; part++) {
      source.readPart(ORG, part, consumer);
      if (part % 8 == 5) {
        long pausedAt = System.nanoTime();
        long cpuAt = threads.getCurrentThreadCpuTime();
        long used = usedMegabytes();
        run.firstMegabytes = part < 8 ? used : run.firstMegabytes;
        run.laterMegabytes = part < 8 ? used : Math.max(run.laterMegabytes, used);
        begun += System.nanoTime() - pausedAt;
        cpu += threads.getCurrentThreadCpuTime() - cpuAt;
      }
    }
    run.seconds = seconds(begun);
    run.cpuSeconds = (threads.getCurrentThreadCpuTime() - cpu) / 1e9;
    return run;
  }

  private static long usedMegabytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
  }

  private static double seconds(long begun) {
    return (System.nanoTime() - begun) / 1e9;
  }

  private static Map<String, Optional<BigDecimal>> figures(Tallying tallying) {
    return FigureRules.figures(tallying.total()).stream().collect(Collectors.toMap(Figure::fieldKey, Figure::value));
  }

  /// The same without the table.
  private static Map<String, Optional<BigDecimal>> expected(int records) {
    var tallying = new Tallying(ReportingPeriod.of("2024"));
    for (int child = 0; child < records / RECORDS_PER_CHILD; child++) {
      child(child).forEach(tallying);
    }
    return figures(tallying);
  }

  /// A child with a case and eleven records of all types.
  private static List<CaseRecord> child(int n) {
    String barn = "barn-" + n;
    Instant updated = Instant.parse("2025-01-01T00:00:00Z");
    String system = "fagsystem-cis";
    LocalDate day = LocalDate.of(2022, 1, 1).plusDays(n % 1_095);
    return List.of(
        new CaseRecord.Besok("b1-" + n, system, updated, barn, Besokstype.OPPFOLGING, day.plusDays(90)),
        new CaseRecord.Besok("b2-" + n, system, updated, barn, Besokstype.OPPFOLGING, day.plusDays(180)),
        new CaseRecord.Besok("b3-" + n, system, updated, barn, Besokstype.TILSYN, day.plusDays(200)),
        new CaseRecord.Ettervern("e-" + n, system, updated, barn, day.plusDays(300), 1 + n % 2),
        new CaseRecord.Flytting("f-" + n, system, updated, barn, day.plusDays(100), "1"),
        new CaseRecord.Melding("m1-" + n, system, updated, barn, day, Optional.of(day.plusDays(n % 10)),
            OptionalInt.of(1 + n % 10)),
        new CaseRecord.Melding("m2-" + n, system, updated, barn, day.plusDays(30), Optional.empty(),
            OptionalInt.empty()),
        new CaseRecord.Plan("p-" + n, system, updated, barn, n % 3 == 0 ? 4 : 1, day, Optional.empty(),
            List.of(day.plusDays(60), day.plusDays(150))),
        new CaseRecord.Sak("s-" + n, system, updated, barn, day.minusYears(5 + n % 18),
            new Version(0, 0, 0, n)),
        new CaseRecord.Tiltak("t1-" + n, system, updated, barn, "4.1", "BVL2021", "3", "1", day,
            Optional.of(day.plusDays(200)), OptionalInt.empty(), OptionalInt.empty()),
        new CaseRecord.Tiltak("t2-" + n, system, updated, barn, n % 2 == 0 ? "2.1" : "1.1", "BVL2021", "5", "1",
            day.minusDays(300), Optional.empty(), OptionalInt.of(4), OptionalInt.of(2)),
        new CaseRecord.Undersokelse("u-" + n, system, updated, barn, day, Optional.of(day.plusDays(95)), false,
            OptionalInt.of(1 + n % 9)));
  }
}
