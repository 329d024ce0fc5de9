package no.rapport.exportworkflow;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.core.type.TypeReference;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import no.rapport.api.Log;
import no.rapport.api.TransientFailure;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportState;
import no.rapport.records.Documents;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/// Reads the inputs and creates the outputs of the workflow's tasks: ids and keys, never rows.
final class Tasks {

  private Tasks() {}

  /// Runs a task's work, adds the job to its log lines, and converts transient errors to one type that the state
  /// machine retries.
  ///
  /// @throws TransientFailure for throttling, network failures and server errors of services
  static <T> T run(Map<String, Object> input, Context context, Supplier<T> work) {
    try {
      return Log.about(Map.of("request_id", context == null ? "" : context.getAwsRequestId(),
          "organization", String.valueOf(input.get("org_id")), "job_id", String.valueOf(input.get("export_id"))), work);
    } catch (SdkClientException | UncheckedIOException | TransactionCanceledException e) {
      throw new TransientFailure(e);
    } catch (AwsServiceException e) {
      throw e.isThrottlingException() || e.statusCode() >= 500 || e.statusCode() == 429 ? new TransientFailure(e) : e;
    }
  }

  static AttemptRef attemptRef(Map<String, Object> input) {
    return Documents.mapper().convertValue(input, AttemptRef.class);
  }

  /// Returns a unique name for one run of a task. No other run writes objects with this name.
  static String newRun() {
    return UUID.randomUUID().toString().substring(24);
  }

  static RowSource.Part part(Map<String, Object> input) {
    return Documents.mapper().convertValue(input.get("part"), RowSource.Part.class);
  }

  /// Returns the rendered parts that the workflow selected, in order.
  static List<RenderPart.PartObjects> rendered(Map<String, Object> input, ExportJob job) {
    var parts = new ArrayList<RenderPart.PartObjects>();
    for (Object part : (List<?>) input.get("rendered")) {
      var members = (Map<?, ?>) part;
      parts.add(new RenderPart.PartObjects(job, ((Number) members.get("index")).intValue(),
          String.valueOf(members.get("run"))));
    }
    parts.sort(Comparator.comparingInt(RenderPart.PartObjects::index));
    return parts;
  }

  /// Returns the outcome and the due follow-ups of a completed or failed job.
  static Map<String, Object> ended(ExportJob job) {
    return Map.of(
        "outcome", job.state() == ExportState.COMPLETED ? "completed" : "failed",
        "submit", job.isSubmissionDue(),
        "notify", job.isNotificationDue(),
        "notification", Map.of("organization", job.orgId(), "kind", job.kind().collection(), "id", job.id(),
            "status", job.kind().statusOf(job)));
  }

  static Map<String, Object> map(Object value) {
    return Documents.mapper().convertValue(value, new TypeReference<Map<String, Object>>() {});
  }

  static Map<String, Object> output(AttemptRef ref, Map<String, ?> more) {
    var output = new HashMap<String, Object>(more);
    output.put("kind", ref.kind());
    output.put("export_id", ref.exportId());
    output.put("org_id", ref.orgId());
    output.put("attempt", ref.attempt());
    return output;
  }
}
