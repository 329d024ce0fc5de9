package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;

/// Task `PrepareRetry`: removes the files of earlier attempts and decides the next action: the export, or only its
/// follow-ups.
public final class PrepareRetry implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final ExportWorkflow workflow;

  public PrepareRetry() {
    this(ExportWorkflow.fromEnvironment());
  }

  PrepareRetry(ExportWorkflow workflow) {
    this.workflow = workflow;
  }

  /// @return the attempt and `action`: `export`, `follow_up` (with the due follow-ups) or `none`
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Tasks.run(input, context, () -> prepare(input));
  }

  private Map<String, Object> prepare(Map<String, Object> input) {
    var ref = Tasks.attemptRef(input);
    Optional<ExportJob> found = workflow.jobs().find(ref.exportKind(), ref.exportId()).map(ExportJobs.Stored::job)
        .filter(job -> job.attempt() == ref.attempt());
    if (found.isEmpty()) {
      return Tasks.output(ref, Map.of("action", "none"));
    }
    ExportJob job = found.get();
    if (job.state().isUnfinished()) {
      for (int earlier = 1; earlier < job.attempt(); earlier++) {
        job.leftovers(earlier).forEach(workflow.objects()::removeBelow);
      }
      return Tasks.output(ref, Map.of("action", "export"));
    }
    var prepared = new HashMap<String, Object>(Tasks.ended(job));
    prepared.put("action", job.isFollowedUp() ? "none" : "follow_up");
    return Tasks.output(ref, prepared);
  }
}
