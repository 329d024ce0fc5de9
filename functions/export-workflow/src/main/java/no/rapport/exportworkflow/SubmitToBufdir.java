package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import no.rapport.api.Ids;
import no.rapport.api.Log;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportjobs.FollowUps;
import no.rapport.exportjobs.Submission;
import no.rapport.records.AuditEvent;
import no.rapport.records.Change;

/// Task `SubmitToBufdir`: submits a completed export's file to Bufdir and records the answer. It runs after the export
/// is completed, so its failure loses nothing, and a cancelled export is never submitted.
public final class SubmitToBufdir implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// The caller in audit events. The export's `created` event names the key and the acting user.
  private static final String CALLER = "rapport";

  private final ExportWorkflow workflow;
  private final Optional<BufdirConnector> connector;

  public SubmitToBufdir() {
    this(ExportWorkflow.fromEnvironment(), BufdirConnector.fromEnvironment());
  }

  /// @param connector empty if it is off; the function is deployed in any case and must start
  SubmitToBufdir(ExportWorkflow workflow, Optional<BufdirConnector> connector) {
    this.workflow = workflow;
    this.connector = connector;
  }

  /// @param input the attempt
  /// @return the attempt, `outcome` and the due follow-ups
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Tasks.run(input, context, () -> submit(Tasks.attemptRef(input)));
  }

  private Map<String, Object> submit(AttemptRef ref) {
    Optional<ExportJob> due = workflow.jobs().find(ref.exportKind(), ref.exportId()).map(ExportJobs.Stored::job)
        .filter(job -> job.isSubmissionDue() && job.attempt() == ref.attempt());
    if (due.isPresent()) {
      ExportFile file = due.get().file().orElseThrow();
      var answer = connector.orElseThrow(() -> new ConnectorRefused("The connector is off"))
          .submit(due.get(), file, () -> workflow.files().open(file.key()));
      record(workflow, ref, switch (answer) {
        case BufdirConnector.Accepted(String receiptId) -> Submission.accepted(receiptId, workflow.now());
        case BufdirConnector.Rejected(int status) -> Submission.rejected(("Bufdir rejected the file (HTTP status %d)."
            + " The export itself is complete. Give support the export's id.").formatted(status), workflow.now());
      });
    }
    return followed(workflow, ref);
  }

  /// Records the outcome with its audit event, unless an outcome is recorded already.
  static void record(ExportWorkflow workflow, AttemptRef ref, Submission outcome) {
    workflow.jobs().move(ref.exportKind(), ref.exportId(), job -> job.submitted(ref.attempt(), outcome),
        job -> Stream.concat(FollowUps.settle(workflow.records(), job, workflow.now()).stream(),
            Stream.of(auditEvent(job, workflow.now()))).toList());
    Log.info("submission_" + outcome.status(), Map.of("job_id", ref.exportId(), "organization", ref.orgId(),
        "receipt_id", outcome.receiptId().orElse("")));
  }

  private static Change auditEvent(ExportJob job, Instant now) {
    return AuditEvent.of("evt_" + Ids.random().ulid(now), now, AuditEvent.SUBMITTED,
        job.kind().collection() + "/" + job.id(), CALLER, Optional.empty(), job.orgId(),
        Map.of("status", job.submission().status())).written();
  }

  /// Returns the job's outcome and its due follow-ups.
  static Map<String, Object> followed(ExportWorkflow workflow, AttemptRef ref) {
    return Tasks.output(ref, workflow.jobs().find(ref.exportKind(), ref.exportId()).map(ExportJobs.Stored::job)
        .filter(job -> job.state() == ExportState.COMPLETED && job.attempt() == ref.attempt())
        .map(Tasks::ended)
        .orElse(Map.of("outcome", "superseded", "submit", false, "notify", false)));
  }
}
