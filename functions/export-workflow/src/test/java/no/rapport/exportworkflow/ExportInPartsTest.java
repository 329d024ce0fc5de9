package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import no.rapport.emulator.EmbeddedS3;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.records.InMemoryRecords;
import no.rapport.reporting.Activity;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/// Measures how the wall time of an export decreases with the number of concurrent rendering tasks: the real tasks over
/// a real store, with the simulated delays of a network and a database. On Lambda each task has its own machine. Here
/// all share two cores, so the measurement shows less waiting, not less computing.
///
/// `mvn test -pl functions/export-workflow -am -Dtest=ExportInPartsTest -Dgroups=soak -Drapport.excluded.tests=none
/// -Dsurefire.failIfNoSpecifiedTests=false`
@Tag("soak")
class ExportInPartsTest {

  private static final int ROWS = 1_000_000;
  private static final int ROWS_PER_PART = 50_000;
  /// Rows of one page of a DynamoDB query (1 MB).
  private static final int ROWS_PER_PAGE = 2_500;
  private static final Duration PAGE = Duration.ofMillis(15);
  private static final Duration FIRST_BYTE = Duration.ofMillis(30);
  /// Network bandwidth of a function of 1,769 MB in each direction.
  private static final double BYTES_PER_NANO = 75e6 / 1e9;

  /// Threads cannot sleep for shorter times exactly.
  private static final double SHORTEST_PAUSE = 2e6;

  private final String bucket = "parts-" + UUID.randomUUID();

  @Test
  void wallTimeDecreasesWithTheNumberOfTasks() throws Exception {
    EmbeddedS3.shared().client().createBucket(create -> create.bucket(bucket));
    System.out.printf(Locale.ROOT, "%,d rows, %d parts%n%-6s %14s %14s %12s %12s%n", ROWS, ROWS / ROWS_PER_PART, "format",
        "tasks at once", "rendering, s", "joining, s", "wall, s");
    for (String format : List.of("xlsx", "csv")) {
      Set<String> digests = new HashSet<>();
      double alone = 0;
      double together = 0;
      for (int atOnce : new int[] {20, 1, 2, 4, 8, 20}) {
        double wall = export(format, atOnce, digests);
        alone = atOnce == 1 ? wall : alone;
        together = wall;
      }
      assertThat(digests).as("the same file for every number of tasks").hasSize(1);
      assertThat(together).isLessThan(alone / 2);
    }
  }

  private double export(String format, int atOnce, Set<String> digests) throws Exception {
    var clock = Clock.fixed(TaskRun.NOW, ZoneOffset.UTC);
    try (var s3 = EmbeddedS3.shared().client(new Network())) {
      var workflow = new ExportWorkflow(new InMemoryRecords(clock), s3, null, null, bucket, "", "", (_, _) -> new ManyRows(), clock);
      ExportJob job = workflow.jobs().accept(ExportJob.accepted(ExportKind.EXPORT_FILE, "exp-20260301-0000000001", TaskRun.ORG,
          TaskRun.NOW, "key-1", TaskRun.anOrder(format, false, false))).orElseThrow().job();
      long began = System.nanoTime();
      var planned = new PlanExport(workflow).handleRequest(TaskRun.claim(job), null);
      var state = TaskRun.with(TaskRun.claim(job), "plan", planned.get("plan"));
      List<Object> rendered = new ArrayList<>();
      try (var machines = Executors.newFixedThreadPool(atOnce)) {
        List<Callable<Map<String, Object>>> tasks = new ArrayList<>();
        for (Object part : (List<?>) planned.get("parts")) {
          tasks.add(() -> new RenderPart(workflow).handleRequest(TaskRun.with(state, "part", part), null));
        }
        for (Future<Map<String, Object>> done : machines.invokeAll(tasks)) {
          rendered.add(done.get());
        }
      }
      long joining = System.nanoTime();
      var assembled = new AssembleFile(workflow, ReportArchive.Limits.DEFAULT)
          .handleRequest(TaskRun.with(state, "rendered", rendered), null);
      long ended = System.nanoTime();
      new CompleteExport(workflow).handleRequest(assembled, null);
      ExportFile file = workflow.jobs().find(job.kind(), job.id()).orElseThrow().job().file().orElseThrow();
      digests.add(file.sha256());
      double wall = (ended - began) / 1e9;
      System.out.printf(Locale.ROOT, "%-6s %14d %14.1f %12.2f %12.1f%n", format, atOnce, (joining - began) / 1e9,
          (ended - joining) / 1e9, wall);
      return wall;
    }
  }

  private static void pause(double nanos) {
    LockSupport.parkNanos((long) nanos);
  }

  /// Simulates the latency of each request and the transfer time of its bytes.
  private static final class Network implements ExecutionInterceptor {

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
      long bytes = context.requestBody().flatMap(body -> body.optionalContentLength()).orElse(0L);
      pause(FIRST_BYTE.toNanos() + bytes / BYTES_PER_NANO);
    }

    @Override
    public Optional<InputStream> modifyHttpResponseContent(Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      return context.responseBody().map(Slow::new);
    }
  }

  private static final class Slow extends FilterInputStream {

    private double owed;

    private Slow(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      owed += Math.max(0, count) / BYTES_PER_NANO;
      if (owed > SHORTEST_PAUSE) {
        long began = System.nanoTime();
        pause(owed);
        owed -= System.nanoTime() - began;
      }
      return count;
    }
  }

  private static final class ManyRows extends TaskRun.Rows {

    @Override
    public List<Part> plan() {
      List<Part> parts = new ArrayList<>();
      for (int from = 0; from < ROWS; from += ROWS_PER_PART) {
        parts.add(new Part(parts.size(), Integer.toString(from), Integer.toString(from + ROWS_PER_PART), ROWS_PER_PART));
      }
      return parts;
    }

    @Override
    public void read(Part part, Consumer<Activity> consumer) {
      for (int row = Integer.parseInt(part.after()); row < Integer.parseInt(part.upTo()); row++) {
        if (row % ROWS_PER_PAGE == 0) {
          pause(PAGE.toNanos());
        }
        consumer.accept(new Activity("act-" + row, TaskRun.ORG, "group_session", LocalDate.of(2025, 1, 1).plusDays(row % 365),
            row % 40, 30 + row % 200, "Tana bru", "5628", "Finnmark", "barn og unge", "Samling " + row * 7919L % 1_000_003,
            "", List.of(), Instant.EPOCH));
      }
    }
  }
}
