package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import no.rapport.api.TransientFailure;
import no.rapport.emulator.BufdirStub;
import no.rapport.emulator.BufdirStub.Fault;
import no.rapport.emulator.Loopback;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportjobs.FollowUps;
import no.rapport.exportjobs.Submission;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

class SubmitToBufdirTest {

  private final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
  private final InstantSource clock = time::get;
  private final BufdirStub bufdir = BufdirStub.start(0, clock);
  private final TaskRun run = new TaskRun().row("act-1").row("act-2");
  private final BufdirConnector connector = connector(Duration.ofSeconds(20), bufdir.secret());
  private final SubmitToBufdir submit = new SubmitToBufdir(run.workflow, Optional.of(connector));

  @AfterEach
  void closeTheStub() {
    bufdir.close();
  }

  @Test
  void recordsTheReceiptOfAnAcceptedFile() {
    ExportJob job = completed();
    assertThat(job.submission()).isEqualTo(Submission.pending());
    assertThat(dues()).isEqualTo(1);
    var after = attempted(job);

    ExportJob done = run.job(job);
    assertThat(done.state()).isEqualTo(ExportState.COMPLETED);
    assertThat(done.submission().status()).isEqualTo("accepted");
    assertThat(done.submission().submittedAt()).contains(TaskRun.NOW);
    assertThat(bufdir.receipts()).singleElement().satisfies(receipt -> {
      ExportFile file = done.file().orElseThrow();
      assertThat(done.submission().receiptId()).contains(receipt.receiptId());
      assertThat(receipt.idempotencyKey()).isEqualTo(job.id() + "-" + file.sha256());
      assertThat(receipt.sha256()).isEqualTo(file.sha256());
      assertThat(receipt.sizeBytes()).isEqualTo(file.sizeBytes());
      assertThat(receipt.contentType()).isEqualTo(file.contentType());
      assertThat(receipt.organization()).isEqualTo(TaskRun.ORG);
      assertThat(receipt.period()).isEqualTo("2025-01-01/2025-12-31");
    });
    assertThat(after).containsEntry("outcome", "completed").containsEntry("submit", false);
    assertThat(dues()).isZero();
  }

  @Test
  void sendsAFileOfManyMegabytesAsAStream() {
    for (int i = 0; i < 4; i++) {
      byte[] noise = new byte[5 << 20];
      new java.util.Random(i).nextBytes(noise);
      run.row("act-large-" + i, "opptak.bin").attachment("act-large-" + i, "opptak.bin", noise);
    }
    ExportJob job = run.run(run.accept(ExportKind.BUFDIR_EXPORT, TaskRun.anOrder("xlsx", true, true)));
    attempted(job);
    assertThat(bufdir.receipts()).singleElement().satisfies(receipt -> {
      assertThat(receipt.sizeBytes()).isGreaterThan(20 << 20);
      assertThat(receipt.contentType()).isEqualTo("application/zip");
    });
  }

  @Test
  void recordsARejectionAsASentenceAndKeepsTheFile() {
    ExportJob job = completed();
    bufdir.fail(Fault.BAD_REQUEST);
    attempted(job);
    ExportJob done = run.job(job);
    assertThat(done.state()).isEqualTo(ExportState.COMPLETED);
    assertThat(done.submission().status()).isEqualTo("rejected");
    assertThat(done.submission().receiptId()).isEmpty();
    assertThat(done.submission().detail()).contains("Bufdir rejected the file (HTTP status 400). The export itself is "
        + "complete. Give support the export's id.");
    assertThat(run.read(done.file().orElseThrow().key())).hasSize((int) done.file().orElseThrow().sizeBytes());
    assertThat(bufdir.receipts()).isEmpty();
    assertThat(dues()).isZero();
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, names = {"TOO_MANY_REQUESTS", "SERVER_ERROR", "NO_TOKEN"})
  void isRetriedWhileServicesFail(Fault trouble) {
    ExportJob job = completed();
    bufdir.fail(trouble, trouble);
    assertThatThrownBy(() -> attempted(job)).isInstanceOf(TransientFailure.class);
    assertThat(run.job(job).submission().isPending()).isTrue();
    assertThatThrownBy(() -> attempted(job)).isInstanceOf(TransientFailure.class);
    attempted(job);
    assertThat(run.job(job).submission().status()).isEqualTo("accepted");
    assertThat(bufdir.receipts()).hasSize(1);
  }

  @Test
  void asksForAReceiptBeforeItSendsAgainAfterATimeout() {
    ExportJob job = completed();
    bufdir.fail(Fault.SILENCE_AFTER_ACCEPT);
    var impatient = new SubmitToBufdir(run.workflow, Optional.of(connector(Duration.ofMillis(400), bufdir.secret())));
    // On a busy machine the timeout may pass before it has sent anything.
    do {
      assertThatThrownBy(() -> impatient.handleRequest(TaskRun.claim(job), null)).isInstanceOf(TransientFailure.class);
    } while (!bufdir.requests().contains("POST /api/submissions"));
    assertThat(run.job(job).submission().isPending()).isTrue();
    attempted(job);

    assertThat(bufdir.requests()).filteredOn(request -> request.equals("POST /api/submissions")).hasSize(1);
    assertThat(bufdir.receipts()).singleElement().satisfies(receipt ->
        assertThat(run.job(job).submission().receiptId()).contains(receipt.receiptId()));
  }

  @Test
  void sendsOnceInOverlappingRuns() throws Exception {
    ExportJob job = completed();
    List<Callable<Void>> runs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      runs.add(() -> {
        untilItPasses(job);
        return null;
      });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var done : threads.invokeAll(runs)) {
        done.get();
      }
    }
    assertThat(bufdir.receipts()).singleElement().satisfies(receipt ->
        assertThat(run.job(job).submission().receiptId()).contains(receipt.receiptId()));
  }

  @Test
  void sendsAFileOnlyOnce() {
    ExportJob job = completed();
    attempted(job);
    int requests = bufdir.requests().size();
    Submission first = run.job(job).submission();
    attempted(job);
    assertThat(bufdir.requests()).hasSize(requests);
    assertThat(run.job(job).submission()).isEqualTo(first);
  }

  @Test
  void sendsNoFileOfACancelledExport() {
    ExportJob job = submitting();
    var assembled = run.assembled(job);
    run.workflow.jobs().move(job.kind(), job.id(), current -> current.cancelled(Optional.of("Feil periode"), TaskRun.NOW));
    assertThatThrownBy(() -> new CompleteExport(run.workflow).handleRequest(assembled, null))
        .isInstanceOf(StaleAttempt.class);
    assertThat(attempted(job)).containsEntry("outcome", "superseded");
    assertThat(bufdir.requests()).isEmpty();
    assertThat(run.job(job).submission()).isEqualTo(Submission.none());
    assertThat(dues()).isZero();
  }

  @Test
  void sendsNothingBeforeTheExportIsCompleted() {
    ExportJob job = submitting();
    run.assembled(job);
    attempted(job);
    assertThat(bufdir.requests()).isEmpty();
    assertThat(run.job(job).submission().isPending()).isTrue();
  }

  @Test
  void sendsNoFileOfADeletedExport() {
    ExportJob job = completed();
    assertThat(run.workflow.services().requests().delete(job.kind(), job.id(), _ -> true, TaskRun.NOW))
        .isInstanceOf(ExportRequests.Done.class);
    assertThat(attempted(job)).containsEntry("outcome", "superseded");
    assertThat(bufdir.requests()).isEmpty();
  }

  @Test
  void sendsNothingIfNoSubmissionWasOrdered() {
    ExportJob job = run.run(run.accept(ExportKind.BUFDIR_EXPORT, TaskRun.anOrder("csv", false, false)));
    assertThat(attempted(job)).containsEntry("submit", false);
    assertThat(bufdir.requests()).isEmpty();
    assertThat(run.job(job).submission()).isEqualTo(Submission.none());
  }

  @Test
  void recordsAFailedSubmissionInTheCompletedJob() {
    ExportJob job = completed();
    bufdir.fail(Fault.CLIENT_UNKNOWN);
    assertThatThrownBy(() -> attempted(job)).isInstanceOf(ConnectorRefused.class);
    var after = new FailSubmission(run.workflow).handleRequest(
        TaskRun.with(TaskRun.claim(job), "error", ConnectorRefused.class.getName()), null);
    assertThat(after).containsEntry("outcome", "completed").containsEntry("submit", false);
    ExportJob done = run.job(job);
    assertThat(done.state()).isEqualTo(ExportState.COMPLETED);
    assertThat(done.submission().status()).isEqualTo("failed");
    assertThat(done.submission().detail().orElseThrow()).startsWith("The export is complete, but its file could not be "
        + "submitted to Bufdir. The connection to Bufdir is not configured");
    assertThat(dues()).isZero();
  }

  @Test
  void refusesAnAnswerWithoutAReceipt() {
    ExportJob job = completed();
    bufdir.fail(Fault.NO_RECEIPT);
    assertThatThrownBy(() -> attempted(job)).isInstanceOf(ConnectorRefused.class);
    assertThat(run.job(job).submission().isPending()).isTrue();
  }

  @Test
  void keepsAcceptedAfterALateFailure() {
    ExportJob job = completed();
    attempted(job);
    new FailSubmission(run.workflow).handleRequest(TaskRun.with(TaskRun.claim(job), "error", "States.Timeout"), null);
    assertThat(run.job(job).submission().status()).isEqualTo("accepted");
  }

  @Test
  void recordsAReceiptThatArrivesAfterFailed() {
    ExportJob job = completed();
    run.workflow.jobs().move(job.kind(), job.id(), current -> current.submitted(1, Submission.failed("Gitt opp")));
    SubmitToBufdir.record(run.workflow, AttemptRef.of(job), Submission.accepted("receipt-1", TaskRun.NOW));
    assertThat(run.job(job).submission().receiptId()).contains("receipt-1");
  }

  @Test
  void cachesATokenUntilShortlyBeforeItExpires() {
    attempted(completed());
    attempted(completed());
    assertThat(tokensAskedFor()).isEqualTo(1);
    time.updateAndGet(now -> now.plus(BufdirStub.TOKEN_LIFETIME).minusSeconds(16));
    attempted(completed());
    assertThat(tokensAskedFor()).isEqualTo(1);
    time.updateAndGet(now -> now.plusSeconds(1));
    attempted(completed());
    assertThat(tokensAskedFor()).isEqualTo(2);
    assertThat(bufdir.receipts()).hasSize(4);
  }

  @Test
  void fetchesANewTokenIfTheFirstWasRevoked() {
    ExportJob job = completed();
    bufdir.fail(Fault.TOKEN_WITHDRAWN);
    attempted(job);
    assertThat(tokensAskedFor()).isEqualTo(2);
    assertThat(run.job(job).submission().status()).isEqualTo("accepted");
  }

  @Test
  void isRefusedWithAnUnknownKey() {
    ExportJob job = completed();
    var forged = new SubmitToBufdir(run.workflow,
        Optional.of(connector(Duration.ofSeconds(20), BufdirStub.secretOfUnknownKey())));
    assertThatThrownBy(() -> forged.handleRequest(TaskRun.claim(job), null)).isInstanceOf(ConnectorRefused.class)
        .hasMessage("The token endpoint answered 400");
    assertThat(bufdir.receipts()).isEmpty();
  }

  @Test
  void readsTheKeyFromSecretsManager() {
    try (var client = SecretsManagerClient.builder().endpointOverride(bufdir.endpoint()).region(Loopback.REGION)
        .credentialsProvider(Loopback.CREDENTIALS).httpClient(UrlConnectionHttpClient.create()).build()) {
      SigningKey key = SigningKey.inSecretsManager(client, BufdirStub.SECRET_ID).read();
      assertThat(key.key().getAlgorithm()).isEqualTo("RSA");
      assertThat(key).hasToString("SigningKey[id=" + key.id() + "]");
    }
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, names = {"CLIENT_UNKNOWN", "SERVER_ERROR", "BAD_REQUEST"})
  void logsNoKeyTokenOrContent(Fault fault) throws Exception {
    ExportJob job = completed();
    bufdir.fail(fault);
    var log = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(log, true, StandardCharsets.UTF_8));
    var told = new StringBuilder();
    try {
      attempted(job);
    } catch (RuntimeException e) {
      for (Throwable at = e; at != null; at = at.getCause()) {
        told.append(at).append('\n');
      }
    } finally {
      System.setOut(before);
    }
    told.append(log.toString(StandardCharsets.UTF_8)).append(run.job(job));
    String key = Tasks.map(no.rapport.records.Documents.read(bufdir.secret(), Map.class)).get("private_key").toString();
    assertThat(told.toString()).isNotEmpty().doesNotContain("Bearer", "eyJ", "PRIVATE", "Samling",
        key.substring(100, 140));
  }

  @Test
  void revealsNothingOfAMalformedSecret() {
    for (String secret : List.of("hemmelig", "{\"private_key\":\"hemmelig\"}", "{\"key_id\":\"hemmelig\"}", "null",
        "{\"key_id\":\"k\",\"private_key\":\"aGVtbWVsaWc=\"}")) {
      assertThatThrownBy(() -> SigningKey.parse(secret)).isInstanceOf(ConnectorRefused.class).hasNoCause()
          .hasMessage("The secret with the signing key does not have the form in docs/bufdir-connector.md");
    }
  }

  @Test
  void allowsPlainHttpOnlyToThisMachine() {
    assertThat(ConnectorHttp.secure("BUFDIR_API_URL", "https://api.example.no/x").getHost()).isEqualTo("api.example.no");
    assertThat(ConnectorHttp.secure("BUFDIR_API_URL", "http://127.0.0.1:1/x").getPort()).isEqualTo(1);
    assertThatThrownBy(() -> ConnectorHttp.secure("BUFDIR_API_URL", "http://api.example.no/x"))
        .hasMessage("BUFDIR_API_URL must begin with https://");
  }

  private ExportJob submitting() {
    return run.accept(ExportKind.BUFDIR_EXPORT, TaskRun.anOrder("csv", false, true));
  }

  private ExportJob completed() {
    return run.run(submitting());
  }

  private Map<String, Object> attempted(ExportJob job) {
    return submit.handleRequest(TaskRun.claim(job), null);
  }

  private void untilItPasses(ExportJob job) {
    // Retries like the state machine, but without delays. While the file is arriving, Bufdir asks the others to retry.
    while (run.job(job).submission().isPending()) {
      try {
        attempted(job);
      } catch (TransientFailure e) {
        Thread.onSpinWait();
      }
    }
  }

  private int dues() {
    return FollowUps.open(run.workflow.records(), 100, TaskRun.NOW).size();
  }

  private long tokensAskedFor() {
    return bufdir.requests().stream().filter(request -> request.equals("POST /token")).count();
  }

  private BufdirConnector connector(Duration longest, String secret) {
    var exchange = new ConnectorHttp(longest);
    var client = new MaskinportenTokens.Client(bufdir.tokenUrl(), BufdirStub.AUDIENCE, BufdirStub.CLIENT_ID,
        BufdirStub.SCOPE);
    return new BufdirConnector(bufdir.apiUrl(),
        new MaskinportenTokens(client, () -> SigningKey.parse(secret), exchange, clock), exchange);
  }
}
