package no.rapport.exportjobs;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import no.rapport.api.Environment;
import no.rapport.api.Ids;

/// A stored export job: its order, its progress and its result.
///
/// Immutable. Methods that change the state return the changed job, or empty if the current state does not allow the
/// change. Each attempt has a number; reports of an older attempt are refused. Times are UTC, whole seconds.
///
/// @param attempt 1 for the first run; each further run adds one
/// @param retryCount how often a caller requested a retry
/// @param automaticRetries how often the current run was restarted after a transient failure
/// @param restartDue when the sweeper starts the next attempt
/// @param leftOut key of the list of values that the file does not contain
/// @param attachmentsMissing number of attachments that rows name and the file does not contain
/// @param errorMessage a sentence for a person: the reason of the failure and whether a retry can help
/// @param fileExpiresAt when the file is deleted
/// @param dataAsOf when the rows were read; empty for sealed rows
public record ExportJob(
    ExportKind kind,
    String id,
    String orgId,
    Instant createdAt,
    String requestedBy,
    ExportOrder order,
    ExportState state,
    int attempt,
    int retryCount,
    int automaticRetries,
    Instant queuedAt,
    Optional<Instant> restartDue,
    Optional<Instant> completedAt,
    Optional<Instant> cancelledAt,
    Optional<String> cancellationReason,
    long rowsTotal,
    long rowCount,
    Optional<ExportFile> file,
    Optional<Instant> fileExpiresAt,
    Optional<String> leftOut,
    long attachmentsMissing,
    Optional<String> errorMessage,
    Optional<Instant> dataAsOf,
    boolean notified,
    Submission submission) {

  /// How long the files of an export are kept. Equals the expiration in the bucket's lifecycle rule for `exports/`.
  public static final Duration FILE_LIFETIME =
      Duration.ofDays(Long.parseLong(Environment.optional("EXPORT_FILE_DAYS", "31")));
  /// How often a caller may retry one export.
  public static final int MAX_RETRIES = 5;
  /// How often a run is restarted automatically.
  public static final int MAX_AUTOMATIC_RETRIES = 3;

  /// Returns a new job in its first state.
  public static ExportJob accepted(ExportKind kind, String id, String orgId, Instant now, String requestedBy,
      ExportOrder order) {
    ExportState first = kind == ExportKind.EXPORT_FILE ? ExportState.INITIALIZING : ExportState.QUEUED;
    return new ExportJob(kind, id, orgId, now, requestedBy, order, first, 1, 0, 0, now,
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 0, 0, Optional.empty(),
        Optional.empty(), Optional.empty(), 0, Optional.empty(), Optional.empty(), false,
        order.submitToBufdir() ? Submission.pending() : Submission.none());
  }

  /// Returns the name of the current attempt's execution. It starts with the job's id, so that the console finds it.
  @JsonIgnore
  public String executionName() {
    return attempt == 1 ? id : id + "-r" + (attempt - 1);
  }

  /// Returns whether the job is unfinished and `claimed` is its current attempt.
  public boolean isAt(int claimed) {
    return state.isUnfinished() && attempt == claimed;
  }

  /// Returns the prefix of all objects that the job's attempts write, except those of the report history.
  @JsonIgnore
  public String workPrefix() {
    return "exports/" + orgId + "/" + id + "/";
  }

  @JsonIgnore
  public String attemptPrefix() {
    return workPrefix() + attempt + "/";
  }

  @JsonIgnore
  public String partsPrefix() {
    return attemptPrefix() + "parts/";
  }

  /// Returns the prefix of the sealed rows of all attempts. After completion they belong to the report.
  @JsonIgnore
  public String sealedPrefix() {
    return "sealed/" + orgId + "/" + id + "/";
  }

  @JsonIgnore
  public String sealedAttemptPrefix() {
    return sealedPrefix() + attempt + "/";
  }

  /// Returns the report id that this attempt uses in the report history, or empty if the job adds no report. Each
  /// attempt has its own, so that no two attempts write the same file.
  @JsonIgnore
  public Optional<String> historyReportId() {
    return historyReportId(attempt);
  }

  private Optional<String> historyReportId(int number) {
    return isSealed() ? Optional.of("rpt_" + Ids.derived(id + "/" + number).ulid(createdAt)) : Optional.empty();
  }

  /// Returns the key prefixes of all objects that one attempt may have written.
  public List<String> leftovers(int number) {
    List<String> prefixes = new ArrayList<>(List.of(workPrefix() + number + "/", sealedPrefix() + number + "/"));
    if (kind == ExportKind.REPORT_REEXPORT) {
      prefixes.add("reports/" + orgId + "/reexports/" + order.reportId().orElseThrow() + "_" + id + "_" + number + ".");
    }
    historyReportId(number).ifPresent(report ->
        prefixes.add("reports/" + orgId + "/" + order.period().folder() + "/" + report + "."));
    return prefixes;
  }

  /// Returns the key prefixes of all objects that any attempt may have written. Only for jobs that have not completed.
  @JsonIgnore
  public List<String> leftovers() {
    return IntStream.rangeClosed(1, attempt).boxed().flatMap(number -> leftovers(number).stream()).toList();
  }

  /// Returns the key of this attempt's file. No other attempt or job writes it.
  @JsonIgnore
  public String fileKey() {
    String extension = extension();
    return kind == ExportKind.REPORT_REEXPORT
        ? "reports/" + orgId + "/reexports/" + order.reportId().orElseThrow() + "_" + id + "_" + attempt + "." + extension
        : attemptPrefix() + fileName();
  }

  /// Returns the file name for the download.
  @JsonIgnore
  public String fileName() {
    return "rapport_" + orgId + "_" + order.period().folder() + "_" + id + "_" + attempt + "." + extension();
  }

  @JsonIgnore
  public String extension() {
    return order.includeAttachments() ? "zip" : order.format().extension();
  }

  @JsonIgnore
  public String contentType() {
    return order.includeAttachments() ? "application/zip" : order.format().contentType();
  }

  /// Returns the key of the list of values that this attempt's file does not contain.
  @JsonIgnore
  public String leftOutKey() {
    return attemptPrefix() + "left-out.json";
  }

  /// Returns whether the rows are sealed: only Bufdir exports add a report to the history.
  @JsonIgnore
  public boolean isSealed() {
    return kind == ExportKind.BUFDIR_EXPORT;
  }

  /// Records that the execution was started. Returns empty if the job is past that state.
  public Optional<ExportJob> queued() {
    return state == ExportState.INITIALIZING ? Optional.of(with(ExportState.QUEUED).build()) : Optional.empty();
  }

  /// Records that the attempt is processing. A repeated task may record it again.
  public Optional<ExportJob> started(int claimed, long rows, Optional<Instant> asOf) {
    return isAt(claimed)
        ? Optional.of(with(ExportState.PROCESSING).rowsTotal(rows).dataAsOf(asOf).restartDue(null).build())
        : Optional.empty();
  }

  public Optional<ExportJob> completed(int claimed, ExportFile done, long rows, Optional<String> leftOutKey,
      long missing, Instant now) {
    return isAt(claimed)
        ? Optional.of(with(ExportState.COMPLETED).file(done).rowCount(rows).leftOut(leftOutKey).attachmentsMissing(missing)
            .completedAt(now)
            .fileExpiresAt(kind == ExportKind.REPORT_REEXPORT ? null : createdAt.plus(FILE_LIFETIME))
            .errorMessage(null).restartDue(null).build())
        : Optional.empty();
  }

  public Optional<ExportJob> failed(int claimed, String message, Instant now) {
    return isAt(claimed)
        ? Optional.of(with(ExportState.FAILED).errorMessage(message).completedAt(now).restartDue(null).build())
        : Optional.empty();
  }

  /// Returns the job in the same state with a new attempt, which the sweeper starts at `due`.
  public Optional<ExportJob> restarted(int claimed, Instant due) {
    return isAt(claimed) && automaticRetries < MAX_AUTOMATIC_RETRIES
        ? Optional.of(with(state).attempt(attempt + 1).automaticRetries(automaticRetries + 1).restartDue(due).build())
        : Optional.empty();
  }

  public Optional<ExportJob> cancelled(Optional<String> reason, Instant now) {
    return state.mayBecome(ExportState.CANCELLED)
        ? Optional.of(with(ExportState.CANCELLED).cancellationReason(reason.orElse(null)).cancelledAt(now).restartDue(null)
            .submission(Submission.none()).build())
        : Optional.empty();
  }

  /// Returns the job queued for a new attempt. Returns it unchanged if the same request has already queued it.
  public Optional<ExportJob> retried(Instant now) {
    if (state.isUnfinished() && retryCount > 0 && queuedAt.equals(now)) {
      return Optional.of(this);
    }
    return state == ExportState.FAILED && retryCount < MAX_RETRIES
        ? Optional.of(with(ExportState.QUEUED).attempt(attempt + 1).retryCount(retryCount + 1).automaticRetries(0)
            .queuedAt(now).errorMessage(null).completedAt(null).notified(false).build())
        : Optional.empty();
  }

  public ExportJob withNotified(boolean value) {
    return with(state).notified(value).build();
  }

  /// Returns whether the completed file must still be submitted to Bufdir.
  @JsonIgnore
  public boolean isSubmissionDue() {
    return state == ExportState.COMPLETED && submission.isPending();
  }

  @JsonIgnore
  public boolean isNotificationDue() {
    return order.notifyOnCompletion() && !notified && (state == ExportState.COMPLETED || state == ExportState.FAILED);
  }

  /// Returns whether neither a submission nor a notification is due.
  @JsonIgnore
  public boolean isFollowedUp() {
    return !isSubmissionDue() && !isNotificationDue();
  }

  /// Records the outcome of the submission to Bufdir. Only completed jobs are submitted. The outcome is final, except
  /// that a late acceptance replaces `failed`.
  public Optional<ExportJob> submitted(int claimed, Submission outcome) {
    boolean open = state == ExportState.COMPLETED
        && (submission.isPending() || submission.isFailed() && outcome.receiptId().isPresent());
    return open && attempt == claimed ? Optional.of(with(state).submission(outcome).build()) : Optional.empty();
  }

  /// Returns the job as a worker reported it through the re-export contract. The caller has checked that the current
  /// state allows it.
  ///
  /// @param completed when the worker says it ended; empty means now
  public ExportJob reported(ExportState next, Optional<ExportFile> reportedFile, Optional<Instant> completed,
      Optional<Boolean> notification, Instant now) {
    Builder builder = with(next).notified(notification.orElse(notified));
    reportedFile.ifPresent(builder::file);
    completed.ifPresent(builder::completedAt);
    if (state.isUnfinished() && !next.isUnfinished()) {
      builder.restartDue(null);
      switch (next) {
        case CANCELLED -> builder.cancelledAt(now).cancellationReason("Cancelled by a worker");
        case FAILED -> builder.completedAt(completed.orElse(now))
            .errorMessage("The worker reported that it could not make the file; a new re-export may help.");
        default -> builder.completedAt(completed.orElse(now)).errorMessage(null);
      }
    }
    return builder.build();
  }

  private Builder with(ExportState next) {
    return new Builder(this, next);
  }

  /// Builds a changed copy. Members that are not set keep their value.
  private static final class Builder {
    private final ExportJob job;
    private final ExportState state;
    private int attempt;
    private int retryCount;
    private int automaticRetries;
    private Instant queuedAt;
    private Optional<Instant> restartDue;
    private Optional<Instant> completedAt;
    private Optional<Instant> cancelledAt;
    private Optional<String> cancellationReason;
    private long rowsTotal;
    private long rowCount;
    private Optional<ExportFile> file;
    private Optional<Instant> fileExpiresAt;
    private Optional<String> leftOut;
    private long attachmentsMissing;
    private Optional<String> errorMessage;
    private Optional<Instant> dataAsOf;
    private boolean notified;
    private Submission submission;

    Builder(ExportJob job, ExportState state) {
      this.job = job;
      this.state = state;
      attempt = job.attempt;
      retryCount = job.retryCount;
      automaticRetries = job.automaticRetries;
      queuedAt = job.queuedAt;
      restartDue = job.restartDue;
      completedAt = job.completedAt;
      cancelledAt = job.cancelledAt;
      cancellationReason = job.cancellationReason;
      rowsTotal = job.rowsTotal;
      rowCount = job.rowCount;
      file = job.file;
      fileExpiresAt = job.fileExpiresAt;
      leftOut = job.leftOut;
      attachmentsMissing = job.attachmentsMissing;
      errorMessage = job.errorMessage;
      dataAsOf = job.dataAsOf;
      notified = job.notified;
      submission = job.submission;
    }

    Builder attempt(int value) {
      attempt = value;
      return this;
    }

    Builder retryCount(int value) {
      retryCount = value;
      return this;
    }

    Builder automaticRetries(int value) {
      automaticRetries = value;
      return this;
    }

    Builder queuedAt(Instant value) {
      queuedAt = value;
      return this;
    }

    Builder restartDue(Instant value) {
      restartDue = Optional.ofNullable(value);
      return this;
    }

    Builder completedAt(Instant value) {
      completedAt = Optional.ofNullable(value);
      return this;
    }

    Builder cancelledAt(Instant value) {
      cancelledAt = Optional.ofNullable(value);
      return this;
    }

    Builder cancellationReason(String value) {
      cancellationReason = Optional.ofNullable(value);
      return this;
    }

    Builder rowsTotal(long value) {
      rowsTotal = value;
      return this;
    }

    Builder rowCount(long value) {
      rowCount = value;
      return this;
    }

    Builder file(ExportFile value) {
      file = Optional.ofNullable(value);
      return this;
    }

    Builder fileExpiresAt(Instant value) {
      fileExpiresAt = Optional.ofNullable(value);
      return this;
    }

    Builder leftOut(Optional<String> value) {
      leftOut = value;
      return this;
    }

    Builder attachmentsMissing(long value) {
      attachmentsMissing = value;
      return this;
    }

    Builder errorMessage(String value) {
      errorMessage = Optional.ofNullable(value);
      return this;
    }

    Builder dataAsOf(Optional<Instant> value) {
      dataAsOf = value;
      return this;
    }

    Builder notified(boolean value) {
      notified = value;
      return this;
    }

    Builder submission(Submission value) {
      submission = value;
      return this;
    }

    ExportJob build() {
      return new ExportJob(job.kind, job.id, job.orgId, job.createdAt, job.requestedBy, job.order, state,
          attempt, retryCount, automaticRetries, queuedAt, restartDue, completedAt, cancelledAt, cancellationReason,
          rowsTotal, rowCount, file, fileExpiresAt, leftOut, attachmentsMissing, errorMessage, dataAsOf, notified, submission);
    }
  }
}
