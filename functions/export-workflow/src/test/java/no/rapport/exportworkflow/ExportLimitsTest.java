package no.rapport.exportworkflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import no.rapport.api.TransientFailure;
import no.rapport.emulator.HeapS3;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportObjects;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportjobs.ExportQuota;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.exportjobs.ExportState;
import no.rapport.records.Change;
import no.rapport.records.Cleanup;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Note;
import no.rapport.records.Records;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.paginators.ListObjectsV2Iterable;

/// Tests the limits of exports: running jobs, queue, orders within an hour, and attempts.
class ExportLimitsTest {

  private static final Instant NOON = Instant.parse("2026-03-26T12:00:00Z");
  private static final String BUCKET = "limits";

  private final S3Client s3 = HeapS3.newClient();
  private final RecordedExecutions executions = new RecordedExecutions();
  private final List<String> started = executions.started;
  private final ExportWorkflow workflow;

  ExportLimitsTest() {
    s3.createBucket(create -> create.bucket(BUCKET));
    var clock = Clock.fixed(NOON, ZoneOffset.UTC);
    workflow = new ExportWorkflow(new InMemoryRecords(clock), s3, null, executions, BUCKET,
        "arn:aws:states:eu-north-1:1:stateMachine:export", "arn:aws:states:eu-north-1:1:stateMachine:retry", (_, _) -> null, clock);
  }

  private ExportJob ordered(String orgId, String id, int second) {
    var job = ExportJob.accepted(ExportKind.BUFDIR_EXPORT, id, orgId, NOON.plusSeconds(second), "key-1",
        new ExportOrder(new Period(LocalDate.of(2025, 1, 1), LocalDate.of(2025, 12, 31)), List.of(), "csv",
            ReportLocale.NB, true, false, Suppression.NONE, false, false, false, Optional.empty(), Optional.empty(),
            Optional.empty(), Optional.empty()));
    return workflow.services().requests().begin(job).orElseThrow().job();
  }

  private void works(String id) {
    workflow.jobs().move(ExportKind.BUFDIR_EXPORT, id, job -> job.started(job.attempt(), 1, Optional.empty()))
        .orElseThrow();
  }

  private void fails(String id, String error) {
    ExportJob job = job(id);
    FailExport.end(workflow, AttemptRef.of(job), new Failure("RenderParts", error));
  }

  private ExportJob job(String id) {
    return workflow.jobs().find(ExportKind.BUFDIR_EXPORT, id).orElseThrow().job();
  }

  @Test
  void queuesTheEleventhExportAndStartsTheOldestWhenASlotIsFree() {
    for (int i = 0; i < 13; i++) {
      ordered("org-1042", "exp-%02d".formatted(i), i);
    }
    assertThat(started).containsExactlyElementsOf(
        IntStream.range(0, ExportQuota.MAX_RUNNING).mapToObj("exp-%02d"::formatted).toList());
    IntStream.range(0, ExportQuota.MAX_RUNNING).forEach(i -> works("exp-%02d".formatted(i)));
    started.clear();

    fails("exp-03", "java.lang.IllegalStateException");
    assertThat(started).containsExactly("exp-10");
    works("exp-10");
    workflow.services().requests().cancel(ExportKind.BUFDIR_EXPORT, "exp-04", Optional.of("wrong"), _ -> true, NOON);

    assertThat(started).containsExactly("exp-10", "exp-11");
  }

  @Test
  void queueOfOneOrganisationDoesNotDelayAnother() {
    for (int i = 0; i < 60; i++) {
      ordered("org-1042", "exp-%02d".formatted(i), i);
    }
    started.clear();

    ordered("org-2001", "exp-other", 60);

    assertThat(started).containsExactly("exp-other");
    assertThat(workflow.services().requests().exceededQuota("org-2001", NOON)).isEmpty();
  }

  @Test
  void refusesAnOrderIfTheQueueIsFull() {
    int most = ExportQuota.MAX_RUNNING + ExportQuota.MAX_QUEUED;
    for (int i = 0; i < most; i++) {
      assertThat(workflow.services().requests().exceededQuota("org-1042", NOON)).as("order " + i).isEmpty();
      ordered("org-1042", "exp-%03d".formatted(i), i);
    }

    var exceeded = workflow.services().requests().exceededQuota("org-1042", NOON).orElseThrow();

    assertThat(exceeded.retryAfter()).hasSeconds(30);
    assertThat(exceeded.reason()).contains(String.valueOf(most));
  }

  @Test
  void refusesMoreThanThreeHundredOrdersInAnHourIncludingCancelledOnes() {
    for (int i = 0; i < 300; i++) {
      assertThat(workflow.services().requests().exceededQuota("org-1042", NOON.plusSeconds(i))).as("order " + i).isEmpty();
    }

    var exceeded = workflow.services().requests().exceededQuota("org-1042", NOON.plusSeconds(300)).orElseThrow();

    assertThat(exceeded.reason()).contains("300");
    assertThat(workflow.services().requests().exceededQuota("org-2001", NOON.plusSeconds(300))).as("another").isEmpty();
    Instant free = NOON.plusSeconds(300).plus(exceeded.retryAfter());
    assertThat(free).isBetween(NOON.plus(Duration.ofHours(1)), NOON.plus(Duration.ofMinutes(66)));
    assertThat(workflow.services().requests().exceededQuota("org-1042", free.minusSeconds(2))).isPresent();
    assertThat(workflow.services().requests().exceededQuota("org-1042", free)).isEmpty();
  }

  @Test
  void restartsAfterTransientFailuresAndThenFails() {
    ordered("org-1042", "exp-1", 0);
    works("exp-1");
    long pause = 15;
    for (int attempt = 2; attempt <= 4; attempt++) {
      fails("exp-1", TransientFailure.class.getName());
      assertThat(job("exp-1").state()).isEqualTo(ExportState.PROCESSING);
      assertThat(job("exp-1").attempt()).isEqualTo(attempt);
      assertThat(job("exp-1").restartDue()).contains(NOON.plusSeconds(pause));
      pause *= 2;
    }

    fails("exp-1", TransientFailure.class.getName());

    assertThat(job("exp-1").state()).isEqualTo(ExportState.FAILED);
    assertThat(job("exp-1").errorMessage().orElseThrow()).contains("a later retry may succeed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"States.Timeout", "Sandbox.Timedout"})
  void restartsPlanningThatTimedOutOnlyOnce(String error) {
    ordered("org-1042", "exp-1", 0);
    FailExport.end(workflow, AttemptRef.of(job("exp-1")), new Failure("PlanExport", error));
    assertThat(job("exp-1").attempt()).isEqualTo(2);
    FailExport.end(workflow, AttemptRef.of(job("exp-1")), new Failure("PlanExport", error));
    assertThat(job("exp-1").state()).isEqualTo(ExportState.FAILED);
  }

  @Test
  void retriesFiveTimesAtMost() {
    ordered("org-1042", "exp-1", 0);
    for (int retry = 1; retry <= 5; retry++) {
      fails("exp-1", "java.lang.IllegalStateException");
      assertThat(workflow.services().requests().retry(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, NOON))
          .isInstanceOf(ExportRequests.Done.class);
      assertThat(job("exp-1").retryCount()).isEqualTo(retry);
      assertThat(started.getLast()).isEqualTo("exp-1-r" + retry);
    }
    fails("exp-1", "java.lang.IllegalStateException");

    assertThat(workflow.services().requests().retry(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, NOON))
        .isInstanceOf(ExportRequests.Exhausted.class);
    assertThat(job("exp-1").state()).isEqualTo(ExportState.FAILED);
  }

  @Test
  void deletesOnlyEndedJobs() {
    ordered("org-1042", "exp-1", 0);
    assertThat(workflow.services().requests().delete(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, NOON))
        .isEqualTo(new ExportRequests.Refused("queued"));
    works("exp-1");
    assertThat(workflow.services().requests().delete(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, NOON))
        .isEqualTo(new ExportRequests.Refused("processing"));
    fails("exp-1", "java.lang.IllegalStateException");

    assertThat(workflow.services().requests().delete(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, NOON))
        .isInstanceOf(ExportRequests.Done.class);
    assertThat(workflow.services().requests().delete(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, NOON))
        .isEqualTo(new ExportRequests.Absent());
  }

  @Test
  void changesNothingIfTheVersionDiffers() {
    ordered("org-1042", "exp-1", 0);

    assertThat(workflow.services().requests().cancel(ExportKind.BUFDIR_EXPORT, "exp-1", Optional.of("wrong"), _ -> false, NOON))
        .isEqualTo(new ExportRequests.Changed());
    assertThat(workflow.services().requests().delete(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> false, NOON))
        .isEqualTo(new ExportRequests.Changed());
    assertThat(job("exp-1").state()).isEqualTo(ExportState.QUEUED);
  }

  @Test
  void doesNotRecreateADeletedJobWhenItsOrderIsRepeated() {
    ExportJob first = ordered("org-1042", "exp-1", 0);
    works("exp-1");
    fails("exp-1", "java.lang.IllegalStateException");
    workflow.services().requests().delete(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, NOON);

    assertThat(ordered("org-1042", "exp-1", 0)).as("the first answer").isEqualTo(first);
    assertThat(workflow.jobs().find(ExportKind.BUFDIR_EXPORT, "exp-1")).isEmpty();
    assertThat(workflow.records().countInStatus("bufdir-exports", "org-1042", "queued")).isZero();
  }

  @Test
  void repeatedRetryIsTheSameRetry() {
    ordered("org-1042", "exp-1", 0);
    works("exp-1");
    fails("exp-1", "java.lang.IllegalStateException");
    workflow.services().requests().retry(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, NOON.plusSeconds(60));
    works("exp-1");

    assertThat(workflow.services().requests().retry(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, NOON.plusSeconds(60)))
        .isInstanceOf(ExportRequests.Done.class);
    assertThat(job("exp-1").retryCount()).isEqualTo(1);
    assertThat(job("exp-1").attempt()).isEqualTo(2);
    assertThat(workflow.services().requests().retry(ExportKind.BUFDIR_EXPORT, "exp-1", _ -> true, NOON.plusSeconds(61)))
        .isEqualTo(new ExportRequests.Refused("processing"));
  }

  @Test
  void continuesAfterAnUnreadableDuty() {
    s3.putObject(put -> put.bucket(BUCKET).key("exports/org-1042/exp-9/1/a"), RequestBody.fromString("left"));
    workflow.records().commit(new Change.AddNote(Note.first("cleanup", "a", "no duty", null)),
        new Change.AddNote(Note.first("follow-ups", "a", "[]", null)),
        new Cleanup(List.of("exports/org-1042/exp-9/"), NOON).duty("b"));

    new SweepExports(workflow).handleRequest(Map.of(), null);

    assertThat(s3.listObjectsV2(list -> list.bucket(BUCKET).prefix("exports/org-1042/exp-9/")).contents()).isEmpty();
    assertThat(Cleanup.open(workflow.records(), "", 10, NOON)).extracting(Note::sort).containsExactly("a");
  }

  @Test
  void removesFilesAndReportsTheErrorIfJobsCannotBeRead() {
    s3.putObject(put -> put.bucket(BUCKET).key("exports/org-1042/exp-9/1/a"), RequestBody.fromString("left"));
    var stored = new InMemoryRecords(Clock.fixed(NOON, ZoneOffset.UTC));
    var records = (Records) Proxy.newProxyInstance(Records.class.getClassLoader(), new Class<?>[] {Records.class},
        (_, method, arguments) -> {
          if (method.getName().equals("inStatus")) {
            throw SdkClientException.create("The index cannot be read");
          }
          return method.invoke(stored, arguments);
        });
    records.commit(new Cleanup(List.of("exports/org-1042/exp-9/"), NOON).duty("b"));
    var blind = new ExportWorkflow(records, s3, null, executions, BUCKET, "arn:export", "arn:retry", (_, _) -> null,
        Clock.fixed(NOON, ZoneOffset.UTC));

    assertThatThrownBy(() -> new SweepExports(blind).handleRequest(Map.of(), null))
        .isInstanceOf(SdkClientException.class);

    assertThat(s3.listObjectsV2(list -> list.bucket(BUCKET).prefix("exports/org-1042/exp-9/")).contents()).isEmpty();
  }

  @Test
  void keepsTheDutyIfTheBucketDidNotDeleteAFile() {
    var keeping = new S3Client() {
      @Override
      public String serviceName() {
        return "s3";
      }

      @Override
      public void close() {}

      @Override
      public ListObjectsV2Response listObjectsV2(ListObjectsV2Request request) {
        return ListObjectsV2Response.builder().isTruncated(false).contents(S3Object.builder().key("k").build()).build();
      }

      @Override
      public ListObjectsV2Iterable listObjectsV2Paginator(ListObjectsV2Request request) {
        return new ListObjectsV2Iterable(this, request);
      }

      @Override
      public DeleteObjectsResponse deleteObjects(DeleteObjectsRequest request) {
        return DeleteObjectsResponse.builder()
            .errors(S3Error.builder().key("k").code("InternalError").build()).build();
      }
    };

    assertThatThrownBy(() -> new ExportObjects(keeping, BUCKET).removeBelow("exports/org-1042/"))
        .isInstanceOf(SdkClientException.class).hasMessageContaining("InternalError");
  }
}
