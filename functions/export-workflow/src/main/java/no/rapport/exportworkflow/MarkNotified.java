package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;
import java.util.Optional;
import no.rapport.exportjobs.FollowUps;

/// Task `MarkNotified`: records that the notification was published. It runs after the publication.
public final class MarkNotified implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final ExportWorkflow workflow;

  public MarkNotified() {
    this(ExportWorkflow.fromEnvironment());
  }

  MarkNotified(ExportWorkflow workflow) {
    this.workflow = workflow;
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Tasks.run(input, context, () -> mark(input));
  }

  private Map<String, Object> mark(Map<String, Object> input) {
    var ref = Tasks.attemptRef(input);
    workflow.jobs().move(ref.exportKind(), ref.exportId(),
        job -> job.attempt() != ref.attempt() || job.state().isUnfinished() || job.notified()
            ? Optional.empty() : Optional.of(job.withNotified(true)),
        job -> FollowUps.settle(workflow.records(), job, workflow.now()));
    return Tasks.output(ref, Map.of("outcome", input.getOrDefault("outcome", "completed")));
  }
}
