package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;
import no.rapport.api.Log;
import no.rapport.exportjobs.Submission;

/// Task `FailSubmission`: records that the submission to Bufdir failed after the workflow's own retries. The export
/// stays completed.
public final class FailSubmission implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final ExportWorkflow workflow;

  public FailSubmission() {
    this(ExportWorkflow.fromEnvironment());
  }

  FailSubmission(ExportWorkflow workflow) {
    this.workflow = workflow;
  }

  /// @param input the attempt and `error`
  /// @return the attempt, `outcome` and the due follow-ups
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    return Tasks.run(input, context, () -> {
      var ref = Tasks.attemptRef(input);
      var failure = new Failure("SubmitToBufdir", String.valueOf(input.getOrDefault("error", "")));
      Log.warn("submission_given_up", Map.of("job_id", ref.exportId(), "organization", ref.orgId(),
          "error", failure.error()));
      SubmitToBufdir.record(workflow, ref, Submission.failed(failure.message()));
      return SubmitToBufdir.followed(workflow, ref);
    });
  }
}
