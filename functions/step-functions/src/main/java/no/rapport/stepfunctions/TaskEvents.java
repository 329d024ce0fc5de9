package no.rapport.stepfunctions;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Writes one attempt of a task into the history: with Lambda events if the resource is a function, otherwise with Task
/// events.
final class TaskEvents {

  private final Visit visit;
  private final TaskResource resource;

  TaskEvents(Visit visit, TaskResource resource) {
    this.visit = visit;
    this.resource = resource;
  }

  /// Returns the name of the task in the service's messages: the function's ARN, or the integration's service.
  String task() {
    return switch (resource) {
      case TaskResource.Function(var arn) -> arn;
      case TaskResource.Integration integration -> integration.service();
    };
  }

  void scheduled(String arguments, Optional<Long> timeoutInSeconds) {
    var details = new LinkedHashMap<String, Object>();
    switch (resource) {
      case TaskResource.Function(var arn) -> {
        details.put("resource", arn);
        details.put("input", arguments);
        details.put("inputDetails", Map.of("truncated", false));
      }
      case TaskResource.Integration integration -> {
        details.putAll(named(integration));
        details.put("region", Address.REGION);
        details.put("parameters", arguments);
      }
    }
    timeoutInSeconds.ifPresent(seconds -> details.put("timeoutInSeconds", seconds));
    record("Scheduled", details);
  }

  void started() {
    record("Started", switch (resource) {
      case TaskResource.Function function -> Map.of();
      case TaskResource.Integration integration -> named(integration);
    });
  }

  /// Records that the integration started work and now waits for it.
  void submitted(String output) {
    record("Submitted", withOutput(output));
  }

  void succeeded(String output) {
    record("Succeeded", withOutput(output));
  }

  void failed(WorkflowFailure failure) {
    record("Failed", withFailure(failure));
  }

  void timedOut(WorkflowFailure failure) {
    record("TimedOut", withFailure(failure));
  }

  private Map<String, Object> withOutput(String output) {
    var details = identity();
    details.put("output", output);
    details.put("outputDetails", Map.of("truncated", false));
    return details;
  }

  private Map<String, Object> withFailure(WorkflowFailure failure) {
    var details = identity();
    failure.error().ifPresent(error -> details.put("error", error));
    failure.cause().ifPresent(cause -> details.put("cause", cause));
    return details;
  }

  private LinkedHashMap<String, Object> identity() {
    return resource instanceof TaskResource.Integration integration
        ? new LinkedHashMap<>(named(integration)) : new LinkedHashMap<>();
  }

  private static Map<String, Object> named(TaskResource.Integration integration) {
    var details = new LinkedHashMap<String, Object>();
    details.put("resourceType", integration.service());
    details.put("resource", integration.action());
    return details;
  }

  private void record(String what, Map<String, Object> details) {
    visit.branch().record((resource instanceof TaskResource.Function ? "LambdaFunction" : "Task") + what, details);
  }
}
