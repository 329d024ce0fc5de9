package no.rapport.aggregatedreportdata;

import static no.rapport.aggregatedreportdata.Stack.ORG;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import no.rapport.api.Ids;
import no.rapport.records.Documents;
import no.rapport.records.InMemoryRecords;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.stepfunctions.ExecutionDescription;
import no.rapport.stepfunctions.FunctionError;
import no.rapport.stepfunctions.StepFunctions;
import no.rapport.stepfunctions.VirtualTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.dynamodb.model.ThrottlingException;

/// The state machine as it is deployed, with the real tasks: what is retried, what fails, what is superseded.
class AggregationWorkflowTest {

  private static final String FUNCTION = "arn:aws:lambda:eu-north-1:000000000000:function:";

  private final Stack stack = new Stack(new InMemoryRecords());
  private final FailingCases cases = new FailingCases(stack.cases);
  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  private StepFunctions stepFunctions;
  private AggregatedReportData data;

  /// A part whose reader waits, once it has read.
  private record Hold(int part, CountDownLatch reached, CountDownLatch release) {}

  /// Cases that cannot be read now and then, or slowly.
  private record FailingCases(FakeCases real, Map<Integer, AtomicInteger> failures, AtomicReference<Hold> held)
      implements CaseSource {

    FailingCases(FakeCases real) {
      this(real, new ConcurrentHashMap<>(), new AtomicReference<>());
    }

    @Override
    public void readRegisterPart(String orgId, int part, Consumer<Map<String, Long>> consumer) {
      real.readRegisterPart(orgId, part, consumer);
    }

    @Override
    public int parts() {
      return real.parts();
    }

    @Override
    public void readPart(String orgId, int part, Consumer<CaseRecord> consumer) {
      real.readPart(orgId, part, consumer); // what was counted before the failure must not count twice
      Hold hold = held.get();
      if (hold != null && hold.part() == part) {
        hold.reached().countDown();
        try {
          hold.release().await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      if (failures.getOrDefault(part, new AtomicInteger()).getAndDecrement() > 0) {
        throw ThrottlingException.builder().message("too much").statusCode(400)
            .awsErrorDetails(AwsErrorDetails.builder().errorCode("ThrottlingException").build()).build();
      }
    }

    @Override
    public Function<Period, String> marks(String orgId) {
      return real.marks(orgId);
    }

    @Override
    public String nameOf(String orgId) {
      return real.nameOf(orgId);
    }
  }

  @BeforeEach
  void aStateMachine() throws IOException {
    stepFunctions = StepFunctions.builder().functions(this::invoke).time(VirtualTime.leaping(stack.clock.instant()))
        .start();
    String definition = Files.readString(Path.of(System.getProperty("rapport.home"),
        "statemachines/aggregation.asl.json"));
    for (String task : List.of("StartAggregation", "AggregatePart", "MergeSnapshot", "PublishChanges",
        "FailAggregation")) {
      definition = definition.replace("${" + task + "Function}", FUNCTION + task);
    }
    String machine = stepFunctions.createStateMachine("rapport-aggregation", definition,
        "arn:aws:iam::000000000000:role/aggregation");
    data = new AggregatedReportData(stack.data.records(), cases,
        new StepFunctionsExecutions(stepFunctions.client(), machine), stack.clock);
    stack.cases.replace(ORG, new RandomCases(3, 40, List.of("familia")).happen(600, RandomCases.ALL_TYPES));
  }

  @AfterEach
  void stop() {
    stepFunctions.close();
  }

  private byte[] invoke(String functionArn, byte[] payload) throws FunctionError {
    String task = functionArn.substring(FUNCTION.length());
    calls.computeIfAbsent(task, _ -> new AtomicInteger()).incrementAndGet();
    RequestHandler<Map<String, Object>, Map<String, Object>> handler = switch (task) {
      case "StartAggregation" -> new StartAggregation(data);
      case "AggregatePart" -> new AggregatePart(data);
      case "MergeSnapshot" -> new MergeSnapshot();
      case "PublishChanges" -> new PublishChanges(data);
      case "FailAggregation" -> new FailAggregation(data);
      default -> throw new FunctionError("Lambda.ResourceNotFoundException", task);
    };
    try {
      Map<String, Object> input =
          Documents.mapper().readValue(payload, new TypeReference<Map<String, Object>>() {});
      return Documents.mapper().writeValueAsBytes(handler.handleRequest(input, null));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (RuntimeException e) {
      throw FunctionError.of(e);
    }
  }

  private Snapshots.Stored requested() {
    var requested = new RequestAggregation(data.snapshots(), data.cases(), data.executions()).apply(
        new RequestAggregation.Order(ORG, "2024", true), Ids.random(), stack.clock.instant());
    assertThat(requested).isInstanceOf(Snapshots.Started.class);
    return ((Snapshots.Started) requested).stored();
  }

  private Snapshots.Stored invalidated(Snapshots.Stored stored, String jobId) {
    return data.snapshots().invalidate(data.snapshots().find(stored.snapshot().snapshotId()).orElseThrow(), "changed",
        jobId, stack.clock.instant()).orElseThrow();
  }

  private ExecutionDescription ended(Snapshots.Stored stored) {
    return stepFunctions.await(data.executions().arnOf(stored.snapshot().run().jobId()));
  }

  private Snapshot now(Snapshots.Stored stored) {
    return data.snapshots().find(stored.snapshot().snapshotId()).orElseThrow().snapshot();
  }

  @Test
  void agreesWithTheIndependentComputation() {
    Snapshots.Stored stored = requested();

    assertThat(ended(stored).status().name()).isEqualTo("SUCCEEDED");
    Snapshot snapshot = now(stored);
    assertThat(snapshot.state()).isEqualTo(Snapshot.State.COMPLETED);
    assertThat(snapshot.aggregate().orElseThrow().figures().stream()
        .collect(Collectors.toMap(Figure::fieldKey, Figure::value)))
        .isEqualTo(IndependentFigures.of(allRecords(), "2024"));
    assertThat(calls.get("AggregatePart")).hasValue(16);
  }

  @Test
  void retriesAPartThatFailedAndNoOther() {
    cases.failures().put(7, new AtomicInteger(2));
    Snapshots.Stored stored = requested();

    assertThat(ended(stored).status().name()).isEqualTo("SUCCEEDED");
    assertThat(calls.get("AggregatePart")).hasValue(18);
    assertThat(now(stored).aggregate().orElseThrow().figures().stream()
        .collect(Collectors.toMap(Figure::fieldKey, Figure::value)))
        .isEqualTo(IndependentFigures.of(allRecords(), "2024"));
  }

  @Test
  void failsTheSnapshotWhenAPartFailsForGood() {
    cases.failures().put(7, new AtomicInteger(100));
    Snapshots.Stored stored = requested();

    assertThat(ended(stored).status().name()).isEqualTo("FAILED");
    assertThat(now(stored).state()).isEqualTo(Snapshot.State.FAILED);
    assertThat(calls.get("FailAggregation")).hasValue(1);
  }

  @Test
  void endsWithoutErrorIfSuperseded() {
    Snapshots.Stored stored = requested();
    ended(stored);
    Snapshots.Stored second = data.snapshots().invalidate(data.snapshots().find(stored.snapshot().snapshotId())
        .orElseThrow(), "first", "job-second", stack.clock.instant()).orElseThrow();
    Snapshots.Stored third = data.snapshots().invalidate(second, "second", "job-third", stack.clock.instant())
        .orElseThrow();

    data.executions().start(second.snapshot().claim());
    assertThat(ended(second).status().name()).isEqualTo("SUCCEEDED");
    assertThat(now(stored).state()).isEqualTo(Snapshot.State.PROCESSING);
    data.executions().start(third.snapshot().claim());
    ended(third);
    assertThat(now(stored).state()).isEqualTo(Snapshot.State.COMPLETED);
    assertThat(calls.get("PublishChanges")).hasValue(2);
  }

  @Test
  void keepsNewerFiguresWhileAnOlderRunIsReading() throws Exception {
    Snapshots.Stored older = requested();
    ended(older);
    var reading = new CountDownLatch(1);
    cases.held().set(new Hold(5, reading, new CountDownLatch(1)));
    Snapshots.Stored slow = invalidated(older, "job-slow");
    data.executions().start(slow.snapshot().claim());
    reading.await();
    Hold hold = cases.held().getAndSet(null);
    stack.cases.replace(ORG, new RandomCases(4, 40, List.of("familia")).happen(600, RandomCases.ALL_TYPES));
    Snapshots.Stored fast = invalidated(slow, "job-fast");
    data.executions().start(fast.snapshot().claim());
    assertThat(ended(fast).status().name()).isEqualTo("SUCCEEDED");
    var newer = now(fast);

    hold.release().countDown();

    assertThat(ended(slow).status().name()).isEqualTo("SUCCEEDED");
    assertThat(now(slow)).isEqualTo(newer);
    assertThat(newer.aggregate().orElseThrow().figures().stream()
        .collect(Collectors.toMap(Figure::fieldKey, Figure::value)))
        .isEqualTo(IndependentFigures.of(allRecords(), "2024"));
    assertThat(calls.get("FailAggregation")).isNull();
  }

  @Test
  void returnsTheStateOfAnExecution() {
    Snapshots.Stored stored = requested();
    String job = stored.snapshot().run().jobId();
    ended(stored);

    assertThat(data.executions().standingOf(job)).isEqualTo(Executions.Standing.ENDED);
    assertThat(data.executions().standingOf("job-never")).isEqualTo(Executions.Standing.NEVER_STARTED);
    data.executions().start(stored.snapshot().claim()); // a second time: nothing happens
    data.executions().stop("job-never");
    assertThat(stepFunctions.executions()).hasSize(1);
  }

  private List<CaseRecord> allRecords() {
    var all = new ArrayList<CaseRecord>();
    for (int part = 0; part < stack.cases.parts(); part++) {
      stack.cases.readPart(ORG, part, all::add);
    }
    return all;
  }
}
