package no.rapport.reportreexports;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import no.rapport.emulator.Replay;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportworkflow.WorkflowRun;
import no.rapport.records.Listing;
import no.rapport.records.Records;
import no.rapport.reportrecords.ReportDeletion;
import no.rapport.reportrecords.ReportRecords;
import no.rapport.reportrecords.ReportStatus;
import org.junit.jupiter.api.Test;

/// Runs every pair of actions on one re-export concurrently. The result must equal the result of running the two one
/// after the other, in either order, and no file may be left that belongs to no report or re-export.
abstract class ReexportRaces {

  private enum Act {
    FINISH(ExportState.COMPLETED),
    CANCEL(ExportState.CANCELLED),
    WORKER_COMPLETES(ExportState.COMPLETED),
    WORKER_FAILS(ExportState.FAILED),
    WORKER_STARTS(null),
    WORKER_NOTIFIES(null),
    DELETE_REPORT(null);

    /// The final state of the re-export after this action; null if it stays unfinished.
    private final ExportState end;

    Act(ExportState end) {
      this.end = end;
    }
  }

  private Records records;
  private InMemoryS3 s3;
  private WorkflowRun run;
  private ReportReexports reexports;
  private RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> deleteReport;
  private Set<String> expectedKeys;

  abstract Records freshRecords();

  abstract int roundsOfEachPair();

  /// How long an action takes on this store, in microseconds. Each of the two actions starts after a random delay of at
  /// most this time, so that every step of one can meet every step of the other.
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
          s3 = new InMemoryS3();
          run = new WorkflowRun(records, s3, null, "bucket");
          reexports = new ReportReexports(run.services());
          deleteReport = ReportDeletion.in(records, s3, "bucket");
          expectedKeys = new HashSet<>();
          for (int round = 0; round < roundsOfEachPair(); round++) {
            race("rpt_" + round, one, two, other);
          }
          run.sweep();
          assertThat(s3.keys.keySet()).as("files after %s and %s", one, two).isEqualTo(expectedKeys);
          assertTotals();
        }
      }
    }
  }

  private void assertTotals() {
    for (String collection : List.of(ExportKind.REPORT_REEXPORT.collection(), ReportRecords.COLLECTION)) {
      long sum = 0;
      for (String status : List.of("pending", "running", "completed", "failed", "cancelled")) {
        sum += records.countInStatus(collection, Reexports.ORG, status);
      }
      assertThat(sum).as(collection)
          .isEqualTo(records.list(Listing.of(collection, Reexports.ORG, Set.of(), 1)).total());
    }
  }

  private void race(String reportId, Act one, Act two, ExecutorService other) throws Exception {
    Reexports.enterReport(records, reportId, ReportStatus.COMPLETED);
    String id = Call.post("{\"report_id\": \"" + reportId + "\"}").to(new CreateReportReexport(reexports))
        .text("reexport_id");
    Map<String, Object> assembled = one == Act.FINISH || two == Act.FINISH
        ? run.assembledAs(ExportKind.REPORT_REEXPORT, id, key -> s3.keys.put(key, true)) : Map.of();
    var barrier = new CyclicBarrier(2);
    var second = other.submit(() -> {
      barrier.await();
      shift();
      return act(two, reportId, id, assembled);
    });
    barrier.await();
    shift();
    int first = act(one, reportId, id, assembled);
    check(one + " and " + two + " on " + id + "\nRepeat these with: " + Replay.of(getClass(),
        "rapport.race.only=" + one + " and " + two, "rapport.race.rounds=200"), reportId, id, one, first, two, second.get());
  }

  private void shift() {
    long until = System.nanoTime() + ThreadLocalRandom.current().nextInt(spreadMicros()) * 1_000L;
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }

  private int act(Act act, String reportId, String id, Map<String, Object> assembled) {
    return switch (act) {
      case FINISH -> run.complete(assembled) ? 200 : 409;
      case CANCEL -> Call.delete(id).to(new DeleteReportReexport(reexports)).status();
      case WORKER_COMPLETES -> put(id, "{\"status\": \"completed\", \"output_file_ref\": \"reports/" + Reexports.ORG
          + "/workers/" + id + ".xlsx\"}");
      case WORKER_FAILS -> put(id, "{\"status\": \"failed\"}");
      case WORKER_STARTS -> put(id, "{\"status\": \"running\"}");
      case WORKER_NOTIFIES -> put(id, "{\"notified\": true}");
      case DELETE_REPORT -> Call.of("DELETE", "report_id", reportId).to(deleteReport).status();
    };
  }

  private int put(String id, String body) {
    return Call.put(id, body).to(new UpdateReportReexport(reexports)).status();
  }

  private void check(String what, String reportId, String id, Act one, int first, Act two, int second) {
    var done = EnumSet.noneOf(Act.class);
    var times = new HashMap<Act, Integer>();
    for (var act : List.of(Map.entry(one, first), Map.entry(two, second))) {
      if (act.getValue() == 200) {
        done.add(act.getKey());
        times.merge(act.getKey(), 1, Integer::sum);
      }
    }
    boolean isErased = done.contains(Act.DELETE_REPORT);
    assertThat(List.of(first, second)).as(what).isSubsetOf(isErased ? List.of(200, 404, 409) : List.of(200, 409));
    var ends = new ArrayList<>(done.stream().filter(act -> act.end != null).toList());
    assertThat(ends).as(what + ": ended twice").hasSizeLessThanOrEqualTo(1);
    assertThat(new ReportRecords(records).find(reportId).isEmpty()).as(what).isEqualTo(isErased);
    var stored = run.services().jobs().find(ExportKind.REPORT_REEXPORT, id);
    if (isErased) {
      assertThat(ends).as(what + ": report deleted although the re-export was unfinished").hasSize(1);
      assertThat(stored).as(what + ": the re-export exists after its report was deleted").isEmpty();
      return;
    }
    ExportJob job = stored.orElseThrow().job();
    if (!ends.isEmpty()) {
      assertThat(job.state()).as(what).isEqualTo(ends.getFirst().end);
      assertThat(job.file().map(file -> file.isOwn())).as(what)
          .isEqualTo(job.state() == ExportState.COMPLETED ? Optional.of(ends.getFirst() == Act.FINISH)
              : Optional.empty());
    } else {
      assertThat(job.state().isUnfinished()).as(what).isTrue();
    }
    assertThat(times.getOrDefault(Act.CANCEL, 0)).as(what).isLessThanOrEqualTo(1);
    assertThat(job.notified()).as(what).isEqualTo(done.contains(Act.WORKER_NOTIFIES));
    job.file().filter(_ -> done.contains(Act.FINISH)).ifPresent(file -> expectedKeys.add(file.key()));
  }
}
