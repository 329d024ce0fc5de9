package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import no.rapport.emulator.BufdirStub;
import no.rapport.emulator.BufdirStub.Fault;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportjobs.FollowUps;
import no.rapport.records.Documents;
import no.rapport.stepfunctions.ExecutionDescription;
import no.rapport.stepfunctions.ExecutionStatus;
import no.rapport.stepfunctions.FunctionError;
import no.rapport.stepfunctions.StepFunctions;
import no.rapport.stepfunctions.VirtualTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Runs the deployed state machines with the real tasks, a bucket and the stub of Bufdir, without delays.
class SubmissionWorkflowTest {

  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{([A-Za-z]+)}");
  private static final String ROLE = "arn:aws:iam::000000000000:role/states";

  private final BufdirStub bufdir = BufdirStub.start();
  private final TaskRun run = new TaskRun().row("act-1", "referat.txt").attachment("act-1", "referat.txt", new byte[9]);
  private final Map<String, RequestHandler<Map<String, Object>, Map<String, Object>>> tasks = tasks();
  private final ConcurrentLinkedQueue<String> called = new ConcurrentLinkedQueue<>();
  private final StepFunctions machines = StepFunctions.builder().time(VirtualTime.leaping(TaskRun.NOW))
      .functions(this::invoke).start();
  private final String export = machine("export");
  private final String retry = machine("retry");

  @AfterEach
  void stop() {
    machines.close();
    bufdir.close();
  }

  @Test
  void submitsTheArchiveOfACompletedExport() {
    ExportJob job = accepted(true);
    assertThat(run(export, job).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(run.job(job).submission().status()).isEqualTo("accepted");
    assertThat(bufdir.receipts()).singleElement().satisfies(receipt ->
        assertThat(receipt.sha256()).isEqualTo(run.job(job).file().orElseThrow().sha256()));
    assertThat(called).containsSubsequence("CompleteExport", "SubmitToBufdir").doesNotContain("FailSubmission");
  }

  @Test
  void retriesUntilBufdirAcceptsTheFile() {
    bufdir.fail(Fault.NO_TOKEN, Fault.TOO_MANY_REQUESTS, Fault.SERVER_ERROR, Fault.TOO_MANY_REQUESTS);
    ExportJob job = accepted(true);
    assertThat(run(export, job).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(run.job(job).submission().status()).isEqualTo("accepted");
    assertThat(called).filteredOn("SubmitToBufdir"::equals).hasSize(5);
    assertThat(bufdir.receipts()).hasSize(1);
  }

  @Test
  void doesNotRetryARejectedFile() {
    bufdir.fail(Fault.BAD_REQUEST);
    ExportJob job = accepted(true);
    assertThat(run(export, job).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(run.job(job).state()).isEqualTo(ExportState.COMPLETED);
    assertThat(run.job(job).submission().status()).isEqualTo("rejected");
    assertThat(called).filteredOn("SubmitToBufdir"::equals).hasSize(1);
  }

  @Test
  void completesTheExportEvenIfTheSubmissionFails() {
    Fault[] never = new Fault[6];
    java.util.Arrays.fill(never, Fault.SERVER_ERROR);
    bufdir.fail(never);
    ExportJob job = accepted(true);
    assertThat(run(export, job).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    ExportJob done = run.job(job);
    assertThat(done.state()).isEqualTo(ExportState.COMPLETED);
    assertThat(run.read(done.file().orElseThrow().key())).isNotEmpty();
    assertThat(done.submission().status()).isEqualTo("failed");
    assertThat(done.submission().detail().orElseThrow()).contains("the file may or may not have arrived");
    assertThat(called).filteredOn("SubmitToBufdir"::equals).hasSize(6);
    assertThat(bufdir.receipts()).isEmpty();
  }

  @Test
  void sendsOnceIfTheAnswerIsLost() {
    bufdir.fail(Fault.SILENCE_AFTER_ACCEPT);
    ExportJob job = accepted(true);
    assertThat(run(export, job).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(bufdir.receipts()).singleElement().satisfies(receipt ->
        assertThat(run.job(job).submission().receiptId()).contains(receipt.receiptId()));
    assertThat(bufdir.requests()).filteredOn("POST /api/submissions"::equals).hasSize(1);
  }

  @Test
  void continuesTheSubmissionIfTheExecutionFailedAfterCompletion() {
    ExportJob job = run.run(accepted(true));
    assertThat(FollowUps.open(run.workflow.records(), 10, TaskRun.NOW)).hasSize(1);
    assertThat(run(retry, job).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(run.job(job).submission().status()).isEqualTo("accepted");
    assertThat(called).containsExactly("PrepareRetry", "SubmitToBufdir");
    assertThat(FollowUps.open(run.workflow.records(), 10, TaskRun.NOW)).isEmpty();
  }

  @Test
  void sendsNothingWithoutAnOrderOrAfterCancellation() {
    ExportJob plain = accepted(false);
    assertThat(run(export, plain).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    ExportJob cancelled = accepted(true);
    run.workflow.jobs().move(cancelled.kind(), cancelled.id(), job -> job.cancelled(Optional.of("Feil periode"), TaskRun.NOW));
    assertThat(run(export, cancelled).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(called).doesNotContain("SubmitToBufdir");
    assertThat(bufdir.requests()).isEmpty();
  }

  private ExportJob accepted(boolean submit) {
    return run.accept(ExportKind.BUFDIR_EXPORT, TaskRun.anOrder("csv", true, submit));
  }

  private ExecutionDescription run(String machine, ExportJob job) {
    return machines.await(machines.start(machine, Documents.write(AttemptRef.of(job))).executionArn());
  }

  private String machine(String name) {
    try {
      String definition = java.nio.file.Files.readString(
          Path.of(System.getProperty("rapport.home"), "statemachines", name + ".asl.json"));
      return machines.createStateMachine(name, SUBSTITUTION.matcher(definition).replaceAll(match ->
          match.group(1).endsWith("Function") ? "arn:aws:lambda:eu-north-1:000000000000:function:" + match.group(1)
              : "arn:aws:states:eu-north-1:000000000000:stateMachine:" + match.group(1)), ROLE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] invoke(String arn, byte[] payload) throws FunctionError {
    String name = arn.substring(arn.lastIndexOf(':') + 1).replace("Function", "");
    called.add(name);
    try {
      var input = Tasks.map(Documents.read(new String(payload, StandardCharsets.UTF_8), Map.class));
      return Documents.write(tasks.get(name).handleRequest(input, null)).getBytes(StandardCharsets.UTF_8);
    } catch (RuntimeException e) {
      throw FunctionError.of(e);
    }
  }

  private Map<String, RequestHandler<Map<String, Object>, Map<String, Object>>> tasks() {
    var exchange = new ConnectorHttp(Duration.ofSeconds(2));
    var client = new MaskinportenTokens.Client(bufdir.tokenUrl(), BufdirStub.AUDIENCE, BufdirStub.CLIENT_ID,
        BufdirStub.SCOPE);
    var connector = new BufdirConnector(bufdir.apiUrl(), new MaskinportenTokens(client,
        () -> SigningKey.parse(bufdir.secret()), exchange, InstantSource.system()), exchange);
    var workflow = run.workflow;
    return Map.of(
        "PlanExport", new PlanExport(workflow),
        "RenderPart", new RenderPart(workflow),
        "AssembleFile", new AssembleFile(workflow, ReportArchive.Limits.DEFAULT),
        "CompleteExport", new CompleteExport(workflow),
        "SubmitToBufdir", new SubmitToBufdir(workflow, Optional.of(connector)),
        "FailSubmission", new FailSubmission(workflow),
        "FailExport", new FailExport(workflow),
        "PrepareRetry", new PrepareRetry(workflow));
  }
}
