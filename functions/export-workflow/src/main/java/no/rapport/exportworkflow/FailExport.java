package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Duration;
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
import no.rapport.exportjobs.ExportRequests;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportjobs.FollowUps;
import no.rapport.records.Change;
import no.rapport.records.Cleanup;

/// Task `FailExport`: handles an error after the workflow's own retries. After a transient failure the job gets a new
/// attempt, which the sweeper starts. Any other failure ends the job, with an error message for a person.
public final class FailExport implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final ExportWorkflow workflow;

  public FailExport() {
    this(ExportWorkflow.fromEnvironment());
  }

  FailExport(ExportWorkflow workflow) {
    this.workflow = workflow;
  }

  /// @param input the attempt, `step` (name of the failed state) and `error`
  /// @return the attempt, `outcome` (`failed`, `restarted` or `superseded`) and the due notification
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Tasks.run(input, context, () -> fail(input));
  }

  private Map<String, Object> fail(Map<String, Object> input) {
    var ref = Tasks.attemptRef(input);
    String step = String.valueOf(input.getOrDefault("step", ""));
    String error = String.valueOf(input.getOrDefault("error", ""));
    return Tasks.output(ref, end(workflow, ref, new Failure(step, error)));
  }

  /// Ends a failed attempt. The sweeper also calls it if an execution ended without running this task.
  static Map<String, Object> end(ExportWorkflow workflow, AttemptRef ref, Failure failure) {
    Instant now = workflow.now();
    Optional<ExportJobs.Stored> ended = workflow.jobs().move(ref.exportKind(), ref.exportId(),
        job -> Optional.of(job).filter(_ -> failure.isRestartable(job.automaticRetries()))
            .flatMap(passing -> passing.restarted(ref.attempt(), now.plus(pause(passing))))
            .or(() -> job.failed(ref.attempt(), failure.message(), now)),
        job -> companions(job, ref, now));
    if (ended.isEmpty()) {
      return Map.of("outcome", "superseded", "notify", false);
    }
    ExportJob job = ended.get().job();
    job.leftovers(ref.attempt()).forEach(workflow.objects()::removeBelow);
    boolean failed = job.state() == ExportState.FAILED;
    Metrics.put(job.kind().collection(), Map.of(failed ? "Failed" : "Restarted", 1L));
    Log.warn(failed ? "export_failed" : "export_restarted", Map.of("job_id", job.id(), "organization", job.orgId(),
        "by", job.requestedBy(), "step", failure.step(), "error", failure.error(), "attempt", ref.attempt()));
    if (failed) {
      workflow.quota().startQueuedAfterwards(job.orgId());
    }
    return failed ? Tasks.ended(job) : Map.of("outcome", "restarted", "notify", false);
  }

  private static List<Change> companions(ExportJob job, AttemptRef ref, Instant now) {
    List<Change> changes = new ArrayList<>();
    changes.add(new Cleanup(job.leftovers(ref.attempt()), now.plus(ExportRequests.MAX_TASK_DURATION))
        .duty(ref.exportId() + "#attempt#" + ref.attempt()));
    changes.addAll(FollowUps.owe(job, now));
    return changes;
  }

  /// Returns the delay before the next attempt: 15 s, 30 s, 60 s.
  private static Duration pause(ExportJob job) {
    return Duration.ofSeconds(15L << job.automaticRetries());
  }
}
