package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import no.rapport.emulator.SeededScenarios;
import no.rapport.emulator.SameThread;
import no.rapport.emulator.Schedule;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.exportjobs.ExportState;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.reporting.Activity;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkException;

/// Runs the life cycle of an export job in many random orders: callers, workflow, tasks that run twice or too long,
/// failing executions, services that fail before or after they execute a request, the sweeper, and a clock.
///
/// The invariants must hold after all work has ended. Each history is generated from a seed ([Histories]).
class ExportHistoriesTest {

  private static final String ORG = "org-1042";
  /// Clock skews of functions: none, or far more than on Lambda.
  private static final List<Duration> SKEWS = List.of(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(2), Duration.ofSeconds(30));
  private static final String MACHINES = "arn:aws:states:eu-north-1:000000000000:stateMachine:rapport-";

  @Test
  void everyHistoryKeepsTheInvariants() {
    var completed = new AtomicLong();
    SeededScenarios lived = SeededScenarios.run(1_500, History::new,
        history -> completed.addAndGet(history.endedCompleted ? 1 : 0));
    System.out.println(lived.count() + " histories, " + completed + " completed, " + lived.violations().size() + " violations");
    assertThat(lived.violations()).isEmpty();
    assertThat(completed.get()).as("histories whose job completed").isGreaterThanOrEqualTo(lived.count() / 5);
  }

  private static final class History implements SeededScenarios.Scenario {

    private final Schedule schedule;
    private final Random random;
    private final SimulatedServices services;
    private final ExportWorkflow workflow;
    private final ExportKind kind;
    private final ExportJob ordered;
    private final int parts;
    private final Set<ExportState> toldToCallers = new TreeSet<>();
    private boolean accepted;
    private boolean deleted;
    private int deletesTried;
    private boolean sweeping = true;
    private boolean endedCompleted;

    History(long seed) {
      schedule = new Schedule(seed);
      random = schedule.random();
      services = new SimulatedServices(schedule, new double[] {0, 0.005, 0.02, 0.08}[random.nextInt(4)]);
      parts = random.nextInt(4);
      workflow = new ExportWorkflow(services.records(), services.s3(), null, services.sfn(), "bucket",
          MACHINES + "export", MACHINES + "retry", (_, now) -> new FewRows(parts, now),
          schedule.clock(SKEWS.get((int) (seed % SKEWS.size()))), new WorkflowFiles.Sending(WorkflowFiles.Sending.DEFAULT.partBytes(), SameThread::new));
      services.use(workflow);
      kind = random.nextBoolean() ? ExportKind.BUFDIR_EXPORT : ExportKind.REPORT_REEXPORT;
      boolean reexport = kind == ExportKind.REPORT_REEXPORT;
      ordered = ExportJob.accepted(kind, "job-1", ORG, schedule.now(), "key-1",
          new ExportOrder(new Period(LocalDate.of(2025, 1, 1), LocalDate.of(2025, 12, 31)), List.of(), "csv",
              ReportLocale.NB, true, false, Suppression.NONE, false, reexport, reexport && random.nextBoolean(),
              reexport ? Optional.of("rpt_1") : Optional.empty(), Optional.empty(), Optional.empty(),
              Optional.empty()));
    }

    @Override
    public Schedule schedule() {
      return schedule;
    }

    @Override
    public void run() {
      schedule.begin("create", Duration.ofSeconds(29), this::create);
      int callers = random.nextInt(4);
      for (int i = 0; i < callers; i++) {
        int act = random.nextInt(5);
        Instant at = schedule.now().plusSeconds(random.nextInt(act == 0 ? 20 : 400));
        schedule.begin("caller" + i, Duration.ofMinutes(10), () -> ask(act, at));
      }
      schedule.begin("schedule", Duration.ofDays(1), this::sweepEveryMinute);
      schedule.run(Duration.ofMinutes(9));
      services.endFaults();
      schedule.run(Duration.ofMinutes(32));
      sweeping = false;
      schedule.run(Duration.ofMinutes(20));
      check();
    }

    /// A caller that repeats its request with one idempotency key, at most three times.
    private void create() {
      for (int attempt = 0; attempt < 3; attempt++) {
        try {
          accepted = workflow.services().requests().begin(ordered).isPresent();
          return;
        } catch (SdkException e) {
          // The caller gets a 500 and does not know the outcome.
        }
      }
    }

    private void ask(int act, Instant at) {
      schedule.waitUntil(() -> !schedule.now().isBefore(at));
      try {
        switch (act) {
          case 0, 1 -> note(workflow.services().requests().cancel(kind, "job-1", Optional.of("wrong dates"), _ -> true, workflow.now()));
          case 2, 3 -> note(workflow.services().requests().retry(kind, "job-1", _ -> true, workflow.now()));
          default -> {
            deletesTried++;
            if (workflow.services().requests().delete(kind, "job-1", _ -> true, workflow.now())
                instanceof ExportRequests.Done) {
              deleted = true;
            }
          }
        }
      } catch (SdkException e) {
        // The caller gets a 500 and does not know the outcome. The invariants must hold in both cases.
      }
    }

    private void note(ExportRequests.Outcome outcome) {
      if (outcome instanceof ExportRequests.Done(ExportJobs.Stored stored)) {
        toldToCallers.add(stored.job().state());
      }
    }

    private void sweepEveryMinute() {
      while (sweeping) {
        Instant next = schedule.now().plusSeconds(60);
        schedule.waitUntil(() -> !sweeping || !schedule.now().isBefore(next));
        schedule.begin("sweep", Duration.ofMinutes(5), () -> {
          try {
            new SweepExports(workflow).handleRequest(java.util.Map.of(), null);
          } catch (SdkException e) {
            // The next sweep follows in a minute.
          }
        });
      }
    }

    private void check() {
      Optional<Entry> stored = services.stored().find(kind.collection(), "job-1");
      Optional<ExportJob> job = stored.map(entry -> ExportJobs.Stored.of(entry).job());
      Set<String> wanted = new TreeSet<>();
      if (accepted && !deleted && deletesTried == 0) {
        assertThat(job).as("the accepted job exists").isPresent();
      }
      if (deleted) {
        assertThat(job).as("deleted stays deleted").isEmpty();
      }
      job.ifPresent(j -> {
        endedCompleted = j.state() == ExportState.COMPLETED;
        assertThat(j.state().isUnfinished()).as("ends in bounded time, not " + j.state()).isFalse();
        if (toldToCallers.contains(ExportState.CANCELLED)) {
          assertThat(j.state()).as("a cancelled job stays cancelled").isEqualTo(ExportState.CANCELLED);
        }
        if (j.state() == ExportState.COMPLETED) {
          ExportFile file = j.file().orElseThrow();
          assertFile(file.key(), file.sizeBytes(), file.sha256());
          wanted.add(file.key());
          assertThat(j.rowCount()).isEqualTo(parts * 2L);
        }
        boolean owed = j.order().notifyOnCompletion() && j.state() != ExportState.CANCELLED;
        assertThat(j.notified()).as("notified if it was ordered").isEqualTo(owed);
        if (owed) {
          assertThat(services.published()).as("notified only after publication")
              .anyMatch(message -> message.contains("status=" + kind.statusOf(j)));
        } else {
          assertThat(services.published()).as("no notification of a cancelled job")
              .noneMatch(message -> message.contains("status=completed"));
        }
      });
      List<Entry> history = services.stored().list(Listing.of("report-records", ORG, Set.of(), 100)).entries();
      boolean mustBeInHistory = kind == ExportKind.BUFDIR_EXPORT && endedCompleted;
      assertThat(history).as("one record in the history, for a completed export")
          .hasSizeBetween(mustBeInHistory ? 1 : 0, mustBeInHistory || job.isEmpty() ? 1 : 0);
      for (Entry entry : history) {
        var report = no.rapport.records.Documents.read(entry.document(), no.rapport.reportrecords.ReportRecord.class);
        String key = report.fileRef().orElseThrow();
        assertFile(key, report.fileSizeBytes().orElseThrow(), report.fileSha256().orElseThrow());
        wanted.add(key);
        String manifest = report.sealed().orElseThrow().manifestKey();
        assertThat(services.objects()).containsKey(manifest);
        assertThat(HexFormat.of().formatHex(WorkflowFiles.sha256().digest(services.objects().get(manifest))))
            .isEqualTo(report.sealed().orElseThrow().sha256());
        services.objects().keySet().stream()
            .filter(k -> k.startsWith(report.sealed().orElseThrow().prefix())).forEach(wanted::add);
      }
      assertThat(services.objects().keySet()).as("only files that something refers to").isEqualTo(wanted);
      assertThat(services.openUploads()).as("no upload left open").isEmpty();
      assertThat(no.rapport.records.Cleanup.open(services.stored(), "", 100, schedule.now()))
          .as("no duty left").isEmpty();
      assertThat(services.stored().list(Listing.of(kind.collection(), ORG, Set.of(), 100)).total())
          .isEqualTo(job.isPresent() ? 1 : 0);
    }

    private void assertFile(String key, long size, String sha256) {
      assertThat(services.objects()).as("the file of a completed job exists").containsKey(key);
      byte[] bytes = services.objects().get(key);
      assertThat((long) bytes.length).isEqualTo(size);
      assertThat(HexFormat.of().formatHex(WorkflowFiles.sha256().digest(bytes))).isEqualTo(sha256);
    }
  }

  /// Parts of two rows.
  private record FewRows(int parts, Instant now) implements RowSource {

    @Override
    public List<Part> plan() {
      List<Part> plan = new ArrayList<>();
      for (int index = 0; index < parts; index++) {
        plan.add(new Part(index, "", "", 2));
      }
      return plan;
    }

    @Override
    public void read(Part part, Consumer<Activity> consumer) {
      for (int row = 0; row < 2; row++) {
        consumer.accept(new Activity("act-" + part.index() + "-" + row, ORG, "course",
            LocalDate.of(2025, 1 + part.index(), 1 + row), 5, 60, "Tromsø", "5501", "Troms", "foreldre", "Kurs", "",
            List.of(), Instant.parse("2025-12-31T00:00:00Z")));
      }
    }

    @Override
    public String organizationName() {
      return "Prøveforeningen";
    }

    @Override
    public Optional<FigureSnapshot> figures() {
      return Optional.empty();
    }

    @Override
    public Optional<Instant> dataAsOf() {
      return Optional.of(now);
    }
  }
}
