package no.rapport.reportrecords;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import no.rapport.emulator.Replay;
import no.rapport.records.Change;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.records.Records;
import org.junit.jupiter.api.Test;

/// All pairs of what may happen to one report, let loose on it at the same moment: whatever comes of it must be what
/// one order of the two would have given.
abstract class ReportRaces {

  private enum Act { COMPLETE, FAIL, DELETE, BEGIN_REEXPORT, END_REEXPORT }

  private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");
  private static final String FILE = "reports/" + Reports.ORG + "/2025-Q4/a.xlsx";

  private final TestFiles bucket = TestFiles.fresh();
  private Records records;
  private ReportRecords reports;
  private UpdateReportRecord update;
  private DeleteReportRecord delete;

  abstract Records freshRecords();

  abstract int roundsOfEachPair();

  /// How long an act takes on this store, in microseconds: by so much the two are shifted against each other, so that
  /// every step of the one meets every step of the other.
  abstract int spreadMicros();

  @Test
  void everyConcurrentPairEndsLikeASequentialOne() throws Exception {
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      for (Act one : Act.values()) {
        for (Act two : Act.values()) {
          if (!System.getProperty("rapport.race.only", one + " and " + two).equals(one + " and " + two)) {
            continue;
          }
          records = freshRecords();
          reports = new ReportRecords(records);
          update = new UpdateReportRecord(reports);
          delete = new DeleteReportRecord(reports, bucket.files());
          for (int round = 0; round < roundsOfEachPair(); round++) {
            race("rpt_" + round, one, two, other);
          }
          long left = counted(ReportRecords.COLLECTION);
          assertThat(records.list(Listing.of(ReportRecords.COLLECTION, Reports.ORG, Set.of(), 1)).total())
              .isEqualTo(left);
          assertThat(AuditLine.of(records, Reports.ORG, roundsOfEachPair(), NOW)).doesNotHaveDuplicates()
              .hasSize(roundsOfEachPair() - (int) left);
        }
      }
    }
  }

  private long counted(String collection) {
    long count = 0;
    Optional<String> cursor = Optional.of("");
    while (cursor.isPresent()) {
      var page = records.list(Listing.of(collection, Reports.ORG, Set.of(), 100).after(cursor.get()));
      count += page.entries().size();
      cursor = page.nextCursor();
    }
    return count;
  }

  private void race(String id, Act one, Act two, ExecutorService other)
      throws InterruptedException, BrokenBarrierException, ExecutionException {
    Reports.store(records, Reports.aReport(id, ReportStatus.PROCESSING).changed(ReportStatus.PROCESSING,
        Optional.of(FILE), Optional.empty(), Optional.empty(), NOW));
    if (one == Act.END_REEXPORT || two == Act.END_REEXPORT) {
      records.commit(new Change.Create(Reports.aReexport("reexp_ending_" + id, id, "running")));
    }
    var barrier = new CyclicBarrier(2);
    var second = other.submit(() -> {
      barrier.await();
      shift();
      return act(two, id, "2");
    });
    barrier.await();
    shift();
    int first = act(one, id, "1");
    check(one + " and " + two + " on " + id + "\nRepeat these with: " + Replay.of(getClass(),
        "rapport.race.only=" + one + " and " + two, "rapport.race.rounds=200"), id, one, first, two, second.get());
  }

  private void shift() {
    long until = System.nanoTime() + ThreadLocalRandom.current().nextInt(spreadMicros()) * 1_000L;
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }

  private int act(Act act, String id, String who) {
    return switch (act) {
      case COMPLETE -> Call.put(id, "{\"status\": \"completed\"}").to(update).status();
      case FAIL -> Call.put(id, "{\"status\": \"failed\"}").to(update).status();
      case DELETE -> Call.delete(id).to(delete).status();
      case BEGIN_REEXPORT -> {
        while (true) {
          var seen = reports.find(id);
          if (seen.isEmpty()) {
            yield 404;
          }
          if (records.commit(new Change.Create(Reports.aReexport("reexp_" + id + "_" + who, id, "pending")),
              seen.get().hold())) {
            yield 200;
          }
        }
      }
      case END_REEXPORT -> {
        Entry running = records.find("report-reexports", "reexp_ending_" + id).orElseThrow();
        yield running.status().equals("completed") ? 409
            : records.commit(new Change.Replace(running, running.next("completed", running.filters(), "{}"))) ? 200
                : 409;
      }
    };
  }

  private void check(String what, String id, Act one, int first, Act two, int second) {
    Map<Act, Integer> done = new EnumMap<>(Act.class);
    for (var act : List.of(Map.entry(one, first), Map.entry(two, second))) {
      assertThat(act.getValue()).as(what).isIn(200, 404, 409);
      if (act.getValue() == 200) {
        done.merge(act.getKey(), 1, Integer::sum);
      }
    }
    Optional<ReportRecord> left = reports.find(id).map(ReportRecords.Stored::report);
    boolean deleted = done.containsKey(Act.DELETE);
    assertThat(left.isEmpty()).as(what).isEqualTo(deleted);
    assertThat(done.getOrDefault(Act.DELETE, 0)).as(what).isLessThanOrEqualTo(1);
    assertThat(done.keySet()).as(what).doesNotContainSequence(Act.COMPLETE, Act.FAIL);
    boolean reexporting = records.list(Listing.of("report-reexports", Reports.ORG,
        Set.of("pending", "running"), 1).where("report_id", id)).total() > 0;
    assertThat(deleted && reexporting).as(what + ": deleted under a re-export").isFalse();
    if (!deleted) {
      ReportStatus expected = done.containsKey(Act.COMPLETE) ? ReportStatus.COMPLETED
          : done.containsKey(Act.FAIL) ? ReportStatus.FAILED : ReportStatus.PROCESSING;
      assertThat(left.orElseThrow().status()).as(what).isEqualTo(expected);
    }
    if (one == Act.BEGIN_REEXPORT && two == Act.BEGIN_REEXPORT) {
      assertThat(done.get(Act.BEGIN_REEXPORT)).as(what).isEqualTo(2);
    }
  }
}
