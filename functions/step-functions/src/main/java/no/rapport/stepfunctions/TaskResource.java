package no.rapport.stepfunctions;

import java.util.Set;

/// The target of a Task state.
sealed interface TaskResource {

  /// A function, named by its ARN; it writes Lambda events.
  record Function(String arn) implements TaskResource {}

  /// An optimised integration, `arn:aws:states:::{service}:{action}`; it writes Task events.
  enum Integration implements TaskResource {
    INVOKE_FUNCTION("lambda", "invoke", Set.of("FunctionName"), Set.of("Payload", "Qualifier")),
    RUN_EXECUTION("states", "startExecution.sync:2", Set.of("StateMachineArn"), Set.of("Input", "Name")),
    PUBLISH("sns", "publish", Set.of("TopicArn", "Message"), Set.of("Subject", "MessageAttributes"));

    private final String service;
    private final String action;
    private final Set<String> required;
    private final Set<String> optional;

    Integration(String service, String action, Set<String> required, Set<String> optional) {
      this.service = service;
      this.action = action;
      this.required = required;
      this.optional = optional;
    }

    /// Returns the required fields of its `Arguments`.
    Set<String> required() {
      return required;
    }

    /// Returns whether its `Arguments` may hold a field.
    boolean isAllowed(String field) {
      return required.contains(field) || optional.contains(field);
    }

    /// Returns the `resourceType` in events.
    String service() {
      return service;
    }

    /// Returns the `resource` in events.
    String action() {
      return action;
    }

    private String arn() {
      return "arn:aws:states:::" + service + ":" + action;
    }
  }

  /// Reads a `Resource`.
  ///
  /// @throws IllegalArgumentException naming the resource, if this emulator does not support it
  static TaskResource of(String resource) {
    if (resource.startsWith("arn:aws:lambda:")) {
      if (!resource.matches("arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?")) {
        throw new IllegalArgumentException("The Resource '" + resource + "' is not the ARN of a Lambda function");
      }
      return new Function(resource);
    }
    for (var integration : Integration.values()) {
      if (integration.arn().equals(resource)) {
        return integration;
      }
    }
    if (resource.endsWith(".waitForTaskToken")) {
      throw new IllegalArgumentException(
          "waitForTaskToken (Resource '" + resource + "') is not supported by this emulator");
    }
    if (resource.contains(":activity:")) {
      throw new IllegalArgumentException("Activities (Resource '" + resource + "') are not supported by this emulator");
    }
    throw new IllegalArgumentException("The Resource '" + resource + "' is not supported by this emulator");
  }
}
