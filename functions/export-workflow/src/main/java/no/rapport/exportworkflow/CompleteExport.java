package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.api.Log;
import no.rapport.api.Metrics;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportjobs.FollowUps;
import no.rapport.records.Change;
import no.rapport.records.Cleanup;
import no.rapport.records.Documents;
import no.rapport.reportrecords.CompletedExport;
import no.rapport.reportrecords.ReportParameters;
import no.rapport.reportrecords.ReportRecords;
import no.rapport.reportrecords.SealedData;

/// Task `CompleteExport`: completes the job, adds a Bufdir export with its own copy of the file to the report history,
/// and adds the duties for the follow-ups, all in one transaction.
public final class CompleteExport implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final ExportWorkflow workflow;

  public CompleteExport() {
    this(ExportWorkflow.fromEnvironment());
  }

  CompleteExport(ExportWorkflow workflow) {
    this.workflow = workflow;
  }

  /// @param input the attempt and `assembled`
  /// @return the attempt, `outcome` and the due follow-ups
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Tasks.run(input, context, () -> complete(input));
  }

  private Map<String, Object> complete(Map<String, Object> input) {
    var ref = Tasks.attemptRef(input);
    var assembled = Documents.mapper().convertValue(input.get("assembled"), AssembleFile.Assembled.class);
    Optional<ExportJob> done = alreadyCompleted(ref, assembled);
    if (done.isPresent()) {
      return Tasks.output(ref, Tasks.ended(done.get()));
    }
    ExportJob job = workflow.currentJob(ref);
    Instant now = workflow.now();
    Optional<CompletedExport> history = job.historyReportId().map(id -> history(job, id, assembled, now));
    Optional<String> leftOut = Optional.ofNullable(assembled.leftOut()).map(_ -> job.leftOutKey());
    leftOut.ifPresent(key -> workflow.files().copy(assembled.leftOut(), key));
    workflow.files().copy(assembled.source(), assembled.file().key());
    history.ifPresent(entered -> workflow.files().copy(assembled.source(), entered.fileRef()));
    Optional<ExportJobs.Stored> completed = workflow.jobs().move(ref.exportKind(), ref.exportId(),
        current -> current.completed(ref.attempt(), assembled.file(), assembled.rows(),
            leftOut, assembled.attachmentsMissing(), now),
        next -> companions(next, history, now));
    if (completed.isEmpty()) {
      // If another run of the same attempt has completed the job, the files belong to the job.
      Optional<ExportJob> other = alreadyCompleted(ref, assembled);
      if (other.isEmpty()) {
        workflow.removeAbandoned(ref);
        throw new StaleAttempt(ref);
      }
      return Tasks.output(ref, Tasks.ended(other.get()));
    }
    workflow.quota().startQueuedAfterwards(job.orgId());
    workflow.objects().removeBelow(job.partsPrefix());
    Metrics.put(job.kind().collection(), Map.of("Completed", 1L, "Rows", assembled.rows(),
        "FileBytes", assembled.file().sizeBytes(), "Attempts", (long) job.attempt(),
        "DurationSeconds", now.getEpochSecond() - job.queuedAt().getEpochSecond()));
    Log.info("export_completed", Map.of("job_id", job.id(), "organization", job.orgId(), "by", job.requestedBy(), "rows", assembled.rows(),
        "bytes", assembled.file().sizeBytes(), "attempt", job.attempt()));
    return Tasks.output(ref, Tasks.ended(completed.get().job()));
  }

  /// Returns whether an earlier run of this task, whose answer was lost, has completed the job.
  private Optional<ExportJob> alreadyCompleted(AttemptRef ref, AssembleFile.Assembled assembled) {
    return workflow.jobs().find(ref.exportKind(), ref.exportId()).map(ExportJobs.Stored::job)
        .filter(job -> job.state() == ExportState.COMPLETED && job.attempt() == ref.attempt()
            && job.file().equals(Optional.of(assembled.file())));
  }

  private static List<Change> companions(ExportJob job, Optional<CompletedExport> history, Instant now) {
    List<Change> changes = new ArrayList<>();
    history.map(ReportRecords::enter).ifPresent(changes::add);
    // A repeated task may still write parts. They are removed after the time limit of all tasks.
    changes.add(new Cleanup(List.of(job.partsPrefix()), now.plus(ExportRequests.MAX_TASK_DURATION))
        .duty(job.id() + "#completed#" + job.attempt()));
    changes.addAll(FollowUps.owe(job, now));
    return changes;
  }

  private static CompletedExport history(ExportJob job, String reportId, AssembleFile.Assembled assembled, Instant now) {
    ExportOrder order = job.order();
    var parameters = new ReportParameters(order.format(), order.locale(), order.activityTypes(),
        order.includeAnnexes(), order.includeAttachments(), order.suppression());
    return new CompletedExport(reportId, job.id(), job.orgId(), order.period(), parameters,
        assembled.file().sizeBytes(), assembled.file().sha256(),
        new SealedData(job.sealedAttemptPrefix(), assembled.sealedManifest(), assembled.sealedSha256(),
            Optional.ofNullable(assembled.sealedFigures())),
        job.requestedBy(), now);
  }
}
