package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.Context;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.emulator.MovableClock;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.records.Cleanup;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Note;
import no.rapport.records.Records;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/// Tests that one organisation's load on the sweeper does not delay the others. Every call of a service takes 20 ms of
/// simulated time.
class SweepFloodTest {

  private static final Instant NOON = Instant.parse("2026-03-26T12:00:00Z");
  private static final String FLOODER = "org-1042";
  private static final int MILLIS_PER_CALL = 20;

  private final MovableClock clock = new MovableClock(NOON);
  private final InMemoryRecords stored = new InMemoryRecords(clock);
  private final RecordedExecutions executions = new RecordedExecutions();
  private final Map<String, Integer> calls = new HashMap<>();
  private int millis;
  private final ExportWorkflow workflow = new ExportWorkflow(counted(Records.class, stored), new EmptyBucket(), null,
      counted(SfnClient.class, executions), "bucket", "arn:aws:states:eu-north-1:1:stateMachine:export",
      "arn:aws:states:eu-north-1:1:stateMachine:retry", (_, _) -> null, clock);

  private void called(String operation) {
    calls.merge(operation, 1, Integer::sum);
    millis += MILLIS_PER_CALL;
  }

  private <T> T counted(Class<T> type, T real) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
      if (method.isDefault() && type != SfnClient.class || method.getName().endsWith("Paginator")
          || arguments != null && arguments[0] instanceof java.util.function.Consumer) {
        return java.lang.reflect.InvocationHandler.invokeDefault(proxy, method, arguments);
      }
      called(method.getName());
      try {
        return method.invoke(real, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }));
  }

  /// A bucket without objects.
  private final class EmptyBucket implements S3Client {
    @Override
    public String serviceName() {
      return "s3";
    }

    @Override
    public void close() {}

    @Override
    public ListObjectsV2Response listObjectsV2(ListObjectsV2Request request) {
      called("listObjectsV2");
      return ListObjectsV2Response.builder().build();
    }

    @Override
    public ListMultipartUploadsResponse listMultipartUploads(ListMultipartUploadsRequest request) {
      called("listMultipartUploads");
      return ListMultipartUploadsResponse.builder().build();
    }
  }

  private Map<String, Object> sweep() {
    millis = 0;
    calls.clear();
    var context = (Context) Proxy.newProxyInstance(Context.class.getClassLoader(), new Class<?>[] {Context.class},
        (_, method, _) -> method.getName().equals("getRemainingTimeInMillis") ? 300_000 - millis : null);
    Map<String, Object> looked = new SweepExports(workflow).handleRequest(Map.of(), context);
    assertThat(millis).as("ends before the next sweep begins").isLessThanOrEqualTo(51_000);
    return looked;
  }

  private ExportJob processing(String org, String id) {
    var job = ExportJob.accepted(ExportKind.BUFDIR_EXPORT, id, org, clock.instant(), "key-1",
        ExportOrder.of(new Period(LocalDate.of(2025, 1, 1), LocalDate.of(2025, 12, 31)), List.of(), "csv", ReportLocale.NB));
    workflow.jobs().accept(job).orElseThrow();
    return workflow.jobs().move(job.kind(), id, accepted -> accepted.started(1, 1, Optional.empty())).orElseThrow().job();
  }

  private int attempt(String id) {
    return workflow.jobs().find(ExportKind.BUFDIR_EXPORT, id).orElseThrow().job().attempt();
  }

  private void orderAndCancel(String org, int times) {
    for (int i = 0; i < times; i++) {
      stored.commit(new Cleanup(List.of("exports/" + org + "/exp-" + i + "/1/", "sealed/" + org + "/exp-" + i + "/1/"),
          clock.instant().plus(ExportRequests.MAX_TASK_DURATION)).duty("exp-" + i + "#cancelled"));
    }
  }

  private List<String> dutiesOf(String org) {
    return stored.notes(Cleanup.PARTITION, org, 100_000, clock.instant()).stream().map(Note::sort)
        .filter(sort -> sort.startsWith(org + "#")).toList();
  }

  @Test
  void repairsAndRemovesForOthersWhileOneOrganizationCancelsThousandsOfExports() {
    orderAndCancel(FLOODER, 3_000);
    for (String other : List.of("org-0001", "org-2001", "org-3001")) {
      orderAndCancel(other, 3);
      processing(other, "exp-of-" + other);
      executions.statuses.put("exp-of-" + other, ExecutionStatus.ABORTED);
    }
    clock.pass(Duration.ofSeconds(60));

    sweep();

    for (String other : List.of("org-0001", "org-2001", "org-3001")) {
      assertThat(attempt("exp-of-" + other)).as(other).isEqualTo(2);
      assertThat(dutiesOf(other)).as("first removals of " + other + " are done")
          .allMatch(duty -> duty.startsWith(other + "#2026-"));
    }
    int sweeps = 1;
    while (dutiesOf(FLOODER).stream().anyMatch(duty -> duty.startsWith(FLOODER + "#0#"))) {
      clock.pass(Duration.ofSeconds(60));
      sweep();
      sweeps++;
    }
    assertThat(sweeps).as("sweeps that 3,000 removals of 5 calls take").isBetween(6, 9);
  }

  @Test
  void doesNotReadRemovalsThatAreNotDue() {
    orderAndCancel(FLOODER, 400);
    sweep();
    clock.pass(Duration.ofSeconds(60));
    assertThat(sweep()).containsEntry("cleanups", 1);
    assertThat(calls).doesNotContainKeys("listObjectsV2", "commit");
    clock.pass(ExportRequests.MAX_TASK_DURATION);
    sweep();
    assertThat(dutiesOf(FLOODER)).isEmpty();
  }

  @Test
  void repairsEveryOrganizationWithinTwoSweepsWhenOneHasHundredsOfDeadJobs() {
    for (int i = 0; i < 400; i++) {
      processing(FLOODER, "exp-" + i);
      executions.statuses.put("exp-" + i, ExecutionStatus.ABORTED);
    }
    for (int org = 0; org < 20; org++) {
      processing("org-%04d".formatted(2_000 + org), "exp-of-" + org);
      executions.statuses.put("exp-of-" + org, ExecutionStatus.ABORTED);
    }
    clock.pass(Duration.ofSeconds(60));
    sweep();
    for (int org = 0; org < 20; org++) {
      assertThat(attempt("exp-of-" + org)).isEqualTo(2);
    }
    assertThat(dutiesOf("org-2000")).as("removals in the rest of the time").isNotEmpty()
        .allMatch(duty -> duty.startsWith("org-2000#2026-"));
  }

  @Test
  void describesNoExecutionOfARunningOrQueuedJob() {
    for (int i = 0; i < 30; i++) {
      processing("org-%04d".formatted(i), "exp-" + i);
      executions.statuses.put("exp-" + i, ExecutionStatus.RUNNING);
      workflow.jobs().accept(ExportJob.accepted(ExportKind.BUFDIR_EXPORT, "exp-waits-" + i, FLOODER, clock.instant(), "key-1",
          ExportOrder.of(new Period(LocalDate.of(2025, 1, 1), LocalDate.of(2025, 12, 31)), List.of(), "csv", ReportLocale.NB)));
    }
    for (int i = 0; i < 10; i++) {
      processing(FLOODER, "exp-full-" + i);
      executions.statuses.put("exp-full-" + i, ExecutionStatus.RUNNING);
    }
    clock.pass(Duration.ofSeconds(60));
    sweep();
    assertThat(calls).doesNotContainKeys("describeExecution", "find").containsEntry("listExecutions", 2);
  }

  @Test
  void continuesWhereTheLastSweepEnded() {
    for (int org = 0; org < 2_000; org++) {
      orderAndCancel("org-%04d".formatted(org), 1);
    }
    sweep();
    int left = (int) stored.notes(Cleanup.PARTITION, "", 10_000, clock.instant()).stream()
        .filter(note -> note.sort().contains("#0#")).count();
    assertThat(left).isBetween(1_000, 1_700);
    sweep();
    int next = (int) stored.notes(Cleanup.PARTITION, "", 10_000, clock.instant()).stream()
        .filter(note -> note.sort().contains("#0#")).count();
    assertThat(left - next).as("removals in the next sweep, which does not repeat finished ones").isGreaterThan(400);
  }
}
