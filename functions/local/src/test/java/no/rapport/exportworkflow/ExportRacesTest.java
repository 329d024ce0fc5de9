package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.HeapS3;
import no.rapport.emulator.Replay;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.exportjobs.ExportState;
import no.rapport.records.Cleanup;
import no.rapport.records.DynamoRecords;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Listing;
import no.rapport.records.Records;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionRequest;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.ListExecutionsRequest;
import software.amazon.awssdk.services.sfn.model.ListExecutionsResponse;
import software.amazon.awssdk.services.sfn.model.StartExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StartExecutionResponse;
import software.amazon.awssdk.services.sfn.model.StopExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StopExecutionResponse;

/// Runs three actions on one job concurrently, on DynamoDB Local and the heap's S3, for every three actions and every
/// start state. The result must equal the result of running them one after the other in some order, and no file may be
/// left that nothing refers to. `-Drapport.race.rounds=N` sets the number of rounds for each three.
/// `-Drapport.race.only="FAILED [CANCEL, RETRY, DELETE]"` runs only these.
class ExportRacesTest {

  private static final String ORG = "org-1042";
  private static final Instant NOON = Instant.parse("2026-03-26T12:00:00Z");
  private static final S3Client S3 = HeapS3.newClient();
  private static final String BUCKET = "export-races";
  private static final ExportKind KIND = ExportKind.REPORT_REEXPORT;

  private enum Act { FINISH, FAIL, CANCEL, RETRY, DELETE, WORKER_COMPLETES, SWEEP }

  private enum Start { AT_WORK, FAILED, COMPLETED }

  ExportRacesTest() {
    S3.createBucket(create -> create.bucket(BUCKET));
  }

  @Test
  void everyThreeConcurrentActionsEndLikeASequentialOrder() throws Exception {
    int rounds = Integer.getInteger("rapport.race.rounds", 1);
    String only = System.getProperty("rapport.race.only", "");
    var dynamoDb = EmbeddedDynamoDb.shared();
    Records table = new DynamoRecords(dynamoDb.client(), dynamoDb.newTable("RecordsTable"));
    int races = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (Start start : Start.values()) {
        for (List<Act> acts : threes()) {
          if (!only.isEmpty() && !only.equals(start + " " + acts)) {
            continue;
          }
          Set<String> legal = new TreeSet<>();
          for (List<Act> order : orders(acts)) {
            var life = new Life(new InMemoryRecords(Clock.fixed(NOON, ZoneOffset.UTC)), "sequence", start);
            var results = new EnumMap<Act, String>(Act.class);
            order.forEach(act -> results.put(act, life.does(act)));
            legal.add(life.outcome(results));
          }
          for (int round = 0; round < rounds; round++) {
            var life = new Life(table, "race-" + ++races, start);
            var barrier = new CyclicBarrier(3);
            Map<Act, Future<String>> running = new HashMap<>();
            for (Act act : acts) {
              running.put(act, threads.submit(() -> {
                barrier.await();
                long until = System.nanoTime() + ThreadLocalRandom.current().nextLong(6_000_000);
                while (System.nanoTime() < until) {
                  Thread.onSpinWait();
                }
                return life.does(act);
              }));
            }
            var results = new EnumMap<Act, String>(Act.class);
            for (var act : running.entrySet()) {
              results.put(act.getKey(), act.getValue().get());
            }
            assertThat(life.outcome(results)).as("%s from %s%nRepeat these with: %s", acts, start, Replay.of(
                ExportRacesTest.class, "rapport.race.only=" + start + " " + acts, "rapport.race.rounds=200")).isIn(legal);
          }
        }
      }
    }
    System.out.println(races + " races of three acts");
    var page = table.list(Listing.of(KIND.collection(), ORG, Set.of(), 1));
    long counted = List.of("pending", "running", "completed", "failed", "cancelled").stream()
        .mapToLong(status -> table.countInStatus(KIND.collection(), ORG, status)).sum();
    assertThat(page.total()).as("total").isEqualTo(counted);
  }

  private static List<List<Act>> threes() {
    List<List<Act>> threes = new ArrayList<>();
    Act[] all = Act.values();
    for (int a = 0; a < all.length; a++) {
      for (int b = a + 1; b < all.length; b++) {
        for (int c = b + 1; c < all.length; c++) {
          threes.add(List.of(all[a], all[b], all[c]));
        }
      }
    }
    return threes;
  }

  private static List<List<Act>> orders(List<Act> acts) {
    Act a = acts.get(0);
    Act b = acts.get(1);
    Act c = acts.get(2);
    return List.of(List.of(a, b, c), List.of(a, c, b), List.of(b, a, c), List.of(b, c, a), List.of(c, a, b),
        List.of(c, b, a));
  }

  /// One job and the actions on it.
  private static final class Life {

    private final Records records;
    private final String id;
    private final ExportWorkflow workflow;
    private final Map<String, Object> assembled;

    Life(Records records, String id, Start start) {
      this.records = records;
      this.id = id;
      workflow = at(NOON);
      removeAll();
      var job = ExportJob.accepted(KIND, id, ORG, NOON.minusSeconds(600), "key-1",
          new ExportOrder(new Period(LocalDate.of(2025, 1, 1), LocalDate.of(2025, 12, 31)), List.of(), "csv",
              ReportLocale.NB, true, false, Suppression.NONE, false, false, false, Optional.of("rpt_" + id),
              Optional.empty(), Optional.empty(), Optional.empty()));
      workflow.jobs().accept(job);
      workflow.jobs().move(KIND, id, found -> found.started(1, 1, Optional.empty()));
      String source = job.partsPrefix() + "file";
      S3.putObject(put -> put.bucket(BUCKET).key(source), RequestBody.fromString("abc"));
      var file = new ExportFile(job.fileKey(), job.fileName(), "text/csv", 3, "c0ffee");
      assembled = Tasks.output(AttemptRef.of(job), Map.of("assembled",
          Tasks.map(new AssembleFile.Assembled(file, source, 1, null, null, null, 0, null))));
      switch (start) {
        case AT_WORK -> { }
        case FAILED -> does(Act.FAIL);
        case COMPLETED -> does(Act.FINISH);
      }
    }

    private ExportWorkflow at(Instant now) {
      return new ExportWorkflow(records, S3, null, new DeadExecutions(), BUCKET,
          "arn:aws:states:eu-north-1:1:stateMachine:export", "arn:aws:states:eu-north-1:1:stateMachine:retry", (_, _) -> null,
          Clock.fixed(now, ZoneOffset.UTC));
    }

    String does(Act act) {
      return switch (act) {
        case FINISH -> finish();
        case FAIL -> FailExport.end(workflow, attemptRef(), new Failure("RenderParts", "java.lang.IllegalStateException"))
            .get("outcome").toString();
        case CANCEL -> word(workflow.services().requests().cancel(KIND, id, Optional.of("wrong"), _ -> true, NOON));
        case RETRY -> word(workflow.services().requests().retry(KIND, id, _ -> true, NOON));
        case DELETE -> word(workflow.services().requests().delete(KIND, id, _ -> true, NOON));
        case WORKER_COMPLETES -> word(workflow.services().requests().report(KIND, id, _ -> true,
            job -> job.state().isUnfinished() ? Optional.of(job.reported(ExportState.COMPLETED, Optional.of(
                new ExportFile("reports/" + ORG + "/workers/" + id + ".csv", "w.csv", "text/csv", 3, "c0ffee")),
                Optional.empty(), Optional.empty(), NOON)) : Optional.empty(), NOON));
        case SWEEP -> {
          new SweepExports(workflow).handleRequest(Map.of(), null);
          yield "swept";
        }
      };
    }

    private AttemptRef attemptRef() {
      return Tasks.attemptRef(assembled);
    }

    private String finish() {
      try {
        new CompleteExport(workflow).handleRequest(assembled, null);
        return "completed";
      } catch (StaleAttempt stale) {
        return "stale";
      } catch (NoSuchKeyException gone) {
        // The state machine runs FailExport. The parts are missing because another action has ended this attempt.
        var failed = FailExport.end(workflow, attemptRef(), new Failure("CompleteExport", gone.getClass().getName()));
        return failed.get("outcome").equals("superseded") ? "stale" : "failed";
      }
    }

    private static String word(ExportRequests.Outcome outcome) {
      return outcome.getClass().getSimpleName();
    }

    /// Returns the results of the actions, the job's state, and the files after the time limit of all tasks.
    String outcome(Map<Act, String> results) {
      var job = workflow.jobs().find(KIND, id).map(ExportJobs.Stored::job);
      for (int sweep = 0; sweep < 2; sweep++) {
        var later = at(NOON.plus(Duration.ofMinutes(20)));
        Cleanup.open(records, "", 100, NOON).stream().map(Cleanup.Due::of).forEach(due -> {
          due.cleanup().prefixes().forEach(later.objects()::removeBelow);
          records.commit(Cleanup.done(due, later.now()));
        });
      }
      var files = new HashSet<String>();
      S3.listObjectsV2(list -> list.bucket(BUCKET)).contents().forEach(object -> files.add(object.key()));
      boolean own = job.flatMap(ExportJob::file).filter(file -> file.key().contains("/reexports/")).isPresent();
      // While the first attempt is running its parts are expected.
      files.removeIf(key -> job.filter(j -> j.isAt(1)).isPresent() && key.contains("/parts/"));
      assertThat(files).as("files after " + results + ": " + job).hasSize(own ? 1 : 0);
      return results + " -> " + job.map(j -> j.state() + " attempt " + j.attempt() + " retried " + j.retryCount()
          + " restarted " + j.automaticRetries() + (own ? " own file" : "")).orElse("gone");
    }

    private static void removeAll() {
      S3.listObjectsV2(list -> list.bucket(BUCKET)).contents()
          .forEach(object -> S3.deleteObject(delete -> delete.bucket(BUCKET).key(object.key())));
    }
  }

  /// Every execution has failed.
  private static final class DeadExecutions implements SfnClient {
    @Override
    public String serviceName() {
      return "states";
    }

    @Override
    public void close() {}

    @Override
    public StartExecutionResponse startExecution(StartExecutionRequest request) {
      return StartExecutionResponse.builder().build();
    }

    @Override
    public StopExecutionResponse stopExecution(StopExecutionRequest request) {
      return StopExecutionResponse.builder().build();
    }

    @Override
    public ListExecutionsResponse listExecutions(ListExecutionsRequest request) {
      return ListExecutionsResponse.builder().build();
    }

    @Override
    public DescribeExecutionResponse describeExecution(DescribeExecutionRequest request) {
      return DescribeExecutionResponse.builder().status(ExecutionStatus.ABORTED).build();
    }
  }
}
