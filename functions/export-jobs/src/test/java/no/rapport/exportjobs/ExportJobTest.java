package no.rapport.exportjobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;
import org.junit.jupiter.api.Test;

/// Tests which state changes an export job allows, and that only its current attempt may make them.
class ExportJobTest {

  private static final Instant NOON = Instant.parse("2026-03-26T12:00:00Z");
  private static final ExportFile FILE = new ExportFile("exports/org-1042/exp-1/1/f.csv", "f.csv", "text/csv", 3, "c0ffee");

  private static ExportJob accepted(ExportKind kind, boolean notify, boolean submit) {
    boolean reexport = kind == ExportKind.REPORT_REEXPORT;
    return ExportJob.accepted(kind, "exp-1", "org-1042", NOON, "key-1",
        new ExportOrder(new Period(LocalDate.of(2025, 1, 1), LocalDate.of(2025, 12, 31)), List.of(), "csv",
            ReportLocale.NB, true, false, Suppression.NONE, submit, false, notify,
            reexport ? Optional.of("rpt_1") : Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private static ExportJob atWork() {
    return accepted(ExportKind.BUFDIR_EXPORT, true, false).started(1, 7, Optional.of(NOON)).orElseThrow();
  }

  private static ExportJob completed() {
    return atWork().completed(1, FILE, 7, Optional.empty(), 0, NOON.plusSeconds(9)).orElseThrow();
  }

  private static ExportJob failed() {
    return atWork().failed(1, "It failed.", NOON.plusSeconds(9)).orElseThrow();
  }

  @Test
  void refusesReportsOfAnOlderAttempt() {
    ExportJob second = atWork().restarted(1, NOON.plusSeconds(15)).orElseThrow();

    assertThat(second.isAt(1)).isFalse();
    assertThat(second.isAt(2)).isTrue();
    assertThat(second.started(1, 7, Optional.empty())).isEmpty();
    assertThat(second.completed(1, FILE, 7, Optional.empty(), 0, NOON)).isEmpty();
    assertThat(second.failed(1, "No.", NOON)).isEmpty();
    assertThat(second.restarted(1, NOON)).isEmpty();
    assertThat(second.completed(2, FILE, 7, Optional.empty(), 0, NOON)).isPresent();
  }

  @Test
  void allowsNoStateChangeAfterTheEnd() {
    ExportJob cancelled = atWork().cancelled(Optional.of("wrong dates"), NOON).orElseThrow();

    for (ExportJob ended : List.of(completed(), failed(), cancelled)) {
      assertThat(ended.started(1, 7, Optional.empty())).isEmpty();
      assertThat(ended.completed(1, FILE, 7, Optional.empty(), 0, NOON)).isEmpty();
      assertThat(ended.failed(1, "No.", NOON)).isEmpty();
      assertThat(ended.restarted(1, NOON)).isEmpty();
      assertThat(ended.cancelled(Optional.of("again"), NOON)).isEmpty();
      assertThat(ended.queued()).isEmpty();
    }
    assertThat(completed().retried(NOON)).isEmpty();
    assertThat(cancelled.retried(NOON)).isEmpty();
    assertThat(accepted(ExportKind.BUFDIR_EXPORT, true, false).retried(NOON)).as("queued by its order, not by a retry")
        .isEmpty();
  }

  @Test
  void allowsExactlyTheStateChangesOfTheContract() {
    var moves = new TreeSet<String>();
    for (ExportState from : ExportState.values()) {
      EnumSet.allOf(ExportState.class).stream().filter(from::mayBecome).forEach(to -> moves.add(from + "-" + to));
    }

    assertThat(moves).containsExactlyInAnyOrder("INITIALIZING-QUEUED", "INITIALIZING-PROCESSING",
        "INITIALIZING-COMPLETED", "INITIALIZING-FAILED", "INITIALIZING-CANCELLED", "QUEUED-PROCESSING",
        "QUEUED-COMPLETED", "QUEUED-FAILED", "QUEUED-CANCELLED", "PROCESSING-COMPLETED", "PROCESSING-FAILED",
        "PROCESSING-CANCELLED", "FAILED-QUEUED");
  }

  @Test
  void storesFileRowsAndTimesOnCompletion() {
    ExportJob done = atWork().restarted(1, NOON).flatMap(job -> job.completed(2, FILE, 7, Optional.of("left"), 2,
        NOON.plusSeconds(9))).orElseThrow();

    assertThat(done.state()).isEqualTo(ExportState.COMPLETED);
    assertThat(done.file()).contains(FILE);
    assertThat(done.rowCount()).isEqualTo(7);
    assertThat(done.rowsTotal()).isEqualTo(7);
    assertThat(done.leftOut()).contains("left");
    assertThat(done.completedAt()).contains(NOON.plusSeconds(9));
    assertThat(done.fileExpiresAt()).contains(NOON.plus(ExportJob.FILE_LIFETIME));
    assertThat(done.restartDue()).isEmpty();
    assertThat(done.dataAsOf()).contains(NOON);
    assertThat(accepted(ExportKind.REPORT_REEXPORT, false, false).completed(1, FILE, 7, Optional.empty(), 0, NOON)
        .orElseThrow().fileExpiresAt()).as("kept like the report").isEmpty();
  }

  @Test
  void retryStartsANewAttemptAndClearsTheFailure() {
    ExportJob retried = failed().withNotified(true).retried(NOON.plusSeconds(60)).orElseThrow();

    assertThat(retried.state()).isEqualTo(ExportState.QUEUED);
    assertThat(retried.attempt()).isEqualTo(2);
    assertThat(retried.retryCount()).isEqualTo(1);
    assertThat(retried.automaticRetries()).isZero();
    assertThat(retried.errorMessage()).isEmpty();
    assertThat(retried.completedAt()).isEmpty();
    assertThat(retried.notified()).isFalse();
    assertThat(retried.queuedAt()).isEqualTo(NOON.plusSeconds(60));
    assertThat(retried.executionName()).isEqualTo("exp-1-r1");
    assertThat(atWork().executionName()).isEqualTo("exp-1");
  }

  @Test
  void restartsAutomaticallyAtMostThreeTimes() {
    ExportJob job = atWork();
    for (int attempt = 1; attempt <= 3; attempt++) {
      job = job.restarted(attempt, NOON.plusSeconds(attempt)).orElseThrow();
      assertThat(job.state()).isEqualTo(ExportState.PROCESSING);
      assertThat(job.restartDue()).contains(NOON.plusSeconds(attempt));
      assertThat(job.automaticRetries()).isEqualTo(attempt);
    }
    assertThat(job.restarted(4, NOON)).isEmpty();
    assertThat(job.failed(4, "It failed.", NOON).orElseThrow().restartDue()).isEmpty();
    assertThat(job.failed(4, "It failed.", NOON).orElseThrow().errorMessage()).contains("It failed.");
  }

  @Test
  void notificationIsDueOnceAndOnlyForCompletedOrFailedJobs() {
    assertThat(completed().isNotificationDue()).isTrue();
    assertThat(failed().isNotificationDue()).isTrue();
    assertThat(completed().withNotified(true).isNotificationDue()).isFalse();
    assertThat(atWork().isNotificationDue()).isFalse();
    assertThat(atWork().cancelled(Optional.of("wrong"), NOON).orElseThrow().isNotificationDue()).isFalse();
    assertThat(accepted(ExportKind.BUFDIR_EXPORT, false, false).completed(1, FILE, 7, Optional.empty(), 0, NOON)
        .orElseThrow().isNotificationDue()).isFalse();
    assertThat(completed().isFollowedUp()).isFalse();
    assertThat(completed().withNotified(true).isFollowedUp()).isTrue();
  }

  @Test
  void submitsOnlyCompletedJobsAndOnlyOnce() {
    ExportJob ordered = accepted(ExportKind.BUFDIR_EXPORT, false, true);
    ExportJob done = ordered.completed(1, FILE, 7, Optional.empty(), 0, NOON).orElseThrow();
    Submission accepted = Submission.accepted("r-1", NOON);

    assertThat(ordered.isSubmissionDue()).isFalse();
    assertThat(done.isSubmissionDue()).isTrue();
    assertThat(ordered.submitted(1, accepted)).isEmpty();
    assertThat(done.submitted(2, accepted)).isEmpty();
    ExportJob submitted = done.submitted(1, accepted).orElseThrow();
    assertThat(submitted.submission().receiptId()).contains("r-1");
    assertThat(submitted.submitted(1, Submission.failed("no"))).isEmpty();
    ExportJob failed = done.submitted(1, Submission.failed("no")).orElseThrow();
    assertThat(failed.submitted(1, accepted)).as("late acceptance").isPresent();
    assertThat(failed.submitted(1, Submission.rejected("no", NOON))).isEmpty();
    assertThat(ordered.cancelled(Optional.of("wrong"), NOON).orElseThrow().submission()).isEqualTo(Submission.none());
  }

  @Test
  void givesEachAttemptItsOwnKeys() {
    for (ExportKind kind : ExportKind.values()) {
      ExportJob first = accepted(kind, false, false);
      ExportJob second = first.restarted(1, NOON).orElseThrow();

      assertThat(first.fileKey()).isNotEqualTo(second.fileKey());
      assertThat(first.partsPrefix()).isNotEqualTo(second.partsPrefix());
      assertThat(first.sealedAttemptPrefix()).isNotEqualTo(second.sealedAttemptPrefix());
      assertThat(first.leftovers(1)).anyMatch(first.fileKey()::startsWith).noneMatch(second.fileKey()::startsWith);
      assertThat(second.leftovers()).containsAll(first.leftovers(1)).containsAll(first.leftovers(2))
          .doesNotContainAnyElementsOf(first.leftovers(3));
    }
    assertThat(accepted(ExportKind.BUFDIR_EXPORT, false, false).historyReportId())
        .isNotEqualTo(atWork().restarted(1, NOON).orElseThrow().historyReportId());
    assertThat(accepted(ExportKind.REPORT_REEXPORT, false, false).historyReportId()).isEmpty();
    assertThat(accepted(ExportKind.BUFDIR_EXPORT, false, false).fileKey())
        .isEqualTo("exports/org-1042/exp-1/1/rapport_org-1042_2025_exp-1_1.csv");
    assertThat(accepted(ExportKind.REPORT_REEXPORT, false, false).fileKey())
        .isEqualTo("reports/org-1042/reexports/rpt_1_exp-1_1.csv");
    ExportJob sealed = accepted(ExportKind.BUFDIR_EXPORT, false, false);
    assertThat(sealed.leftovers(1)).contains("reports/org-1042/2025/" + sealed.historyReportId().orElseThrow() + ".");
  }

  @Test
  void isAZipIfItIncludesAttachments() {
    ExportJob plain = accepted(ExportKind.EXPORT_FILE, false, false);
    assertThat(plain.extension()).isEqualTo("csv");
    assertThat(plain.contentType()).startsWith("text/csv");
    ExportJob archive = ExportJob.accepted(ExportKind.EXPORT_FILE, "exp-1", "org-1042", NOON, "key-1",
        new ExportOrder(new Period(LocalDate.of(2025, 1, 1), LocalDate.of(2025, 12, 31)), List.of(), "csv", ReportLocale.NB,
            true, true, Suppression.NONE, false, false, false, Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty()));
    assertThat(archive.extension()).isEqualTo("zip");
    assertThat(archive.contentType()).isEqualTo("application/zip");
  }

  @Test
  void acceptsTheEndThatAWorkerReports() {
    ExportJob job = accepted(ExportKind.REPORT_REEXPORT, true, false);
    ExportFile file = ExportFile.reported("reports/org-1042/w.csv", "text/csv", Optional.of(9L));

    ExportJob done = job.reported(ExportState.COMPLETED, Optional.of(file), Optional.empty(), Optional.of(true), NOON);
    ExportJob lost = job.reported(ExportState.FAILED, Optional.empty(), Optional.of(NOON.plusSeconds(5)),
        Optional.empty(), NOON);
    ExportJob gone = job.reported(ExportState.CANCELLED, Optional.empty(), Optional.empty(), Optional.empty(), NOON);

    assertThat(done.file()).contains(file);
    assertThat(done.completedAt()).contains(NOON);
    assertThat(done.notified()).isTrue();
    assertThat(lost.completedAt()).contains(NOON.plusSeconds(5));
    assertThat(lost.errorMessage().orElseThrow()).contains("worker");
    assertThat(lost.notified()).isFalse();
    assertThat(gone.cancelledAt()).contains(NOON);
    assertThat(gone.cancellationReason()).contains("Cancelled by a worker");
    assertThat(done.reported(ExportState.COMPLETED, Optional.empty(), Optional.empty(), Optional.of(false), NOON)
        .notified()).isFalse();
    assertThat(done.reported(ExportState.COMPLETED, Optional.empty(), Optional.of(NOON.plusSeconds(5)), Optional.empty(), NOON)
        .completedAt()).as("corrected by a later report").contains(NOON.plusSeconds(5));
  }
}
