package no.rapport.audit;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.InstantSource;
import java.util.Map;
import no.rapport.api.Environment;
import no.rapport.api.Ids;
import no.rapport.api.Log;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;

/// Erases an organisation. Operators invoke it; no route leads to it.
///
/// | action | members | answer |
/// |---|---|---|
/// | `start` | `org_id`, and `confirm` with the same id | `erasure_id`, `execution_arn` |
/// | `status` | `erasure_id` | `status`, and the receipt once it has succeeded |
/// | `stop` | `erasure_id` | `status` |
///
/// An order that cannot be carried out is answered with `error`, a sentence. After a stop, start a new erasure: it
/// continues with the data that is left.
public final class EraseOrganization implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  private final SfnClient sfn;
  private final String machineArn;
  private final InstantSource clock;

  public EraseOrganization() {
    this(SfnClient.builder().httpClient(UrlConnectionHttpClient.create()).build(),
        Environment.required("ERASURE_STATE_MACHINE_ARN"), InstantSource.system());
  }

  EraseOrganization(SfnClient sfn, String machineArn, InstantSource clock) {
    this.sfn = sfn;
    this.machineArn = machineArn;
    this.clock = clock;
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> order, Context context) {
    try {
      return switch (text(order, "action")) {
        case "start" -> start(id(order, "org_id"), text(order, "confirm"));
        case "status" -> status(id(order, "erasure_id"));
        case "stop" -> stop(id(order, "erasure_id"));
        default -> throw new IllegalArgumentException("action must be start, status or stop");
      };
    } catch (IllegalArgumentException e) {
      return Map.of("error", e.getMessage());
    } catch (ExecutionDoesNotExistException e) {
      return Map.of("error", "There is no erasure of this erasure_id; start returns the id");
    }
  }

  private Map<String, Object> start(String orgId, String confirm) {
    if (!confirm.equals(orgId)) {
      throw new IllegalArgumentException("confirm must repeat org_id: an erasure cannot be undone");
    }
    String erasureId = "erase-" + Ids.random().ulid(clock.instant());
    sfn.startExecution(start -> start.stateMachineArn(machineArn).name(erasureId)
        .input("{\"org_id\":\"" + orgId + "\"}"));
    Log.info("erasure_started", Map.of("organization", orgId, "erasure", erasureId));
    return Map.of("erasure_id", erasureId, "execution_arn", arn(erasureId));
  }

  private Map<String, Object> status(String erasureId) {
    var execution = sfn.describeExecution(describe -> describe.executionArn(arn(erasureId)));
    return execution.output() == null ? Map.of("status", execution.statusAsString())
        : Map.of("status", execution.statusAsString(), "receipt", execution.output());
  }

  private Map<String, Object> stop(String erasureId) {
    sfn.stopExecution(stop -> stop.executionArn(arn(erasureId)).error("ErasureStopped").cause("Stopped by an operator"));
    Log.info("erasure_stopped", Map.of("erasure", erasureId));
    return status(erasureId);
  }

  private String arn(String erasureId) {
    return machineArn.replace(":stateMachine:", ":execution:") + ":" + erasureId;
  }

  private static String id(Map<String, Object> order, String name) {
    String id = text(order, name);
    if (!id.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException(name + " must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -");
    }
    return id;
  }

  private static String text(Map<String, Object> order, String name) {
    if (order != null && order.get(name) instanceof String text && !text.isBlank()) {
      return text;
    }
    throw new IllegalArgumentException(name + " is required");
  }
}
