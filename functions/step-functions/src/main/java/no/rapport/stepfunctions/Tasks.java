package no.rapport.stepfunctions;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Runs Task states: calls functions, runs other state machines, publishes to topics.
final class Tasks {

  /// Starts an execution of another state machine.
  @FunctionalInterface
  interface Starter {

    /// @throws StepFunctionsException as the service's StartExecution
    Execution start(String stateMachineArn, Optional<String> name, String input, Optional<String> startedBy);
  }

  /// The targets outside of the workflows.
  record Integrations(FunctionInvoker functions, TopicPublisher topics) {}

  private final FunctionInvoker functions;
  private final TopicPublisher topics;
  private final Starter starter;
  private final WorkflowTime time;

  Tasks(Integrations integrations, Starter starter, WorkflowTime time) {
    this.functions = integrations.functions();
    this.topics = integrations.topics();
    this.starter = starter;
    this.time = time;
  }

  /// The work of an attempt, on its own thread.
  @FunctionalInterface
  private interface Call {
    Object run() throws WorkflowFailure;
  }

  /// Runs one attempt of a task and waits for its end.
  Object perform(Visit visit, State.Task task) throws WorkflowFailure {
    var arguments = arguments(visit, task);
    var timeout = task.timeoutSeconds().isPresent()
        ? Optional.of(visit.wholeNumber("TimeoutSeconds", task.timeoutSeconds().get())) : Optional.<Long>empty();
    var events = new TaskEvents(visit, task.resource());
    events.scheduled(visit.requireSize(arguments, "was given arguments"), timeout);
    var deadline = timeout.map(seconds -> time.now().plusSeconds(seconds));
    return switch (task.resource()) {
      case TaskResource.Function(var arn) -> {
        events.started();
        yield settle(visit, events, deadline, call(() -> invoke(events, arn, JsonValues.write(arguments))));
      }
      case TaskResource.Integration integration -> {
        var given = new Arguments(integration, arguments);
        yield switch (integration) {
          case INVOKE_FUNCTION -> {
            var function = functionArn(given.text("FunctionName"), given.optionalText("Qualifier"));
            var payload = payload(given.given("Payload").orElse(Map.of()));
            events.started();
            yield settle(visit, events, deadline, call(() -> invocation(invoke(events, function, payload))));
          }
          case PUBLISH -> {
            var message = message(given);
            events.started();
            yield settle(visit, events, deadline, call(() -> publish(message)));
          }
          case RUN_EXECUTION -> run(visit, events, deadline, given);
        };
      }
    };
  }

  /// Returns the arguments of a task.
  static Object arguments(Visit visit, State.Task task) throws WorkflowFailure {
    return visit.evaluate("Arguments", task.arguments()).orElse(visit.input());
  }

  private Outcome<Answer> call(Call call) {
    var outcome = new Outcome<Answer>(time);
    Threads.start(time, "task", () -> {
      Answer answer;
      try {
        answer = new Answer.Done(call.run());
      } catch (WorkflowFailure failure) {
        answer = new Answer.Failed(failure);
      } catch (RuntimeException | Error e) {
        answer = new Answer.Failed(new WorkflowFailure(WorkflowFailure.RUNTIME, "The emulator failed: " + e));
      }
      outcome.complete(answer);
    });
    return outcome;
  }

  /// Waits for an attempt's end and writes it into the history.
  private static Object settle(
      Visit visit, TaskEvents events, Optional<Instant> deadline, Outcome<Answer> outcome) throws WorkflowFailure {
    return switch (visit.branch().await(outcome, deadline)) {
      case Answer.Done(var result) -> {
        var json = JsonValues.write(result);
        if (JsonValues.size(json) > Visit.MAX_PAYLOAD_BYTES) {
          var failure = WorkflowFailure.resultTooLarge(events.task());
          events.failed(failure);
          throw failure;
        }
        events.succeeded(json);
        yield result;
      }
      case Answer.Failed(var failure) -> {
        events.failed(failure);
        throw failure;
      }
      case Answer.Signal signal -> {
        var failure = new WorkflowFailure(Optional.of(WorkflowFailure.TIMEOUT), Optional.empty());
        events.timedOut(failure);
        throw failure;
      }
    };
  }

  /// Returns the payload: text as it is, every other value as JSON.
  private static String payload(Object value) {
    return value instanceof String text ? text : JsonValues.write(value);
  }

  private Object invoke(TaskEvents events, String functionArn, String payload) throws WorkflowFailure {
    byte[] answer;
    try {
      answer = functions.invoke(functionArn, payload.getBytes(StandardCharsets.UTF_8));
    } catch (FunctionError e) {
      throw new WorkflowFailure(e.error(), e.details());
    } catch (RuntimeException e) {
      throw new WorkflowFailure("Lambda.AWSLambdaException", e.toString());
    }
    var text = answer == null || answer.length == 0 ? "null" : new String(answer, StandardCharsets.UTF_8);
    try {
      return JsonValues.parse(text);
    } catch (IllegalArgumentException e) {
      if (answer.length > Visit.MAX_PAYLOAD_BYTES) { // the service checks the size first
        throw WorkflowFailure.resultTooLarge(events.task());
      }
      throw new WorkflowFailure(WorkflowFailure.RUNTIME, functionArn + " did not return JSON: " + e.getMessage());
    }
  }

  /// Returns the result of `lambda:invoke`, which wraps the function's response.
  private static Object invocation(Object payload) {
    var requestId = UUID.randomUUID().toString();
    var headers = new LinkedHashMap<String, Object>();
    headers.put("Content-Type", "application/json");
    headers.put("x-amzn-RequestId", requestId);
    var http = new LinkedHashMap<String, Object>();
    http.put("HttpHeaders", headers);
    http.put("HttpStatusCode", 200);
    var result = new LinkedHashMap<String, Object>();
    result.put("ExecutedVersion", "$LATEST");
    result.put("Payload", payload);
    result.put("SdkHttpMetadata", http);
    result.put("SdkResponseMetadata", new LinkedHashMap<>(Map.of("RequestId", requestId)));
    result.put("StatusCode", 200);
    return result;
  }

  private static String functionArn(String name, Optional<String> qualifier) {
    return Address.function(name) + qualifier.map(text -> ":" + text).orElse("");
  }

  private static TopicMessage message(Arguments given) throws WorkflowFailure {
    var attributes = new LinkedHashMap<String, String>();
    if (given.value("MessageAttributes").orElse(Map.of()) instanceof Map<?, ?> described) {
      described.forEach((name, attribute) -> {
        if (attribute instanceof Map<?, ?> fields && fields.get("StringValue") instanceof String value) {
          attributes.put(name.toString(), value);
        }
      });
    }
    var body = given.value("Message").orElseThrow(() -> given.missing("Message"));
    return new TopicMessage(given.text("TopicArn"), given.optionalText("Subject"),
        body instanceof String text ? text : JsonValues.write(body), attributes);
  }

  private Object publish(TopicMessage message) throws WorkflowFailure {
    try {
      var result = new LinkedHashMap<String, Object>();
      result.put("MessageId", topics.publish(message));
      return result;
    } catch (RuntimeException e) {
      throw new WorkflowFailure("SNS." + e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
    }
  }

  /// Runs `startExecution.sync:2`: the task ends when the child ends, and cancelling the task stops the child.
  private Object run(Visit visit, TaskEvents events, Optional<Instant> deadline, Arguments given)
      throws WorkflowFailure {
    events.started();
    Execution child;
    try {
      child = starter.start(given.text("StateMachineArn"), given.optionalText("Name"),
          JsonValues.write(given.given("Input").orElse(Map.of())),
          Optional.of(visit.branch().execution().identity().arn()));
    } catch (StepFunctionsException e) {
      var failure = new WorkflowFailure("StepFunctions." + e.code() + "Exception", e.getMessage());
      events.failed(failure);
      throw failure;
    }
    Runnable stop = () -> child.end(ExecutionStatus.ABORTED, Optional.empty(), Optional.empty(),
        Optional.of("The execution that started this one ended or gave up waiting"));
    Runnable forget;
    try {
      var submitted = new LinkedHashMap<String, Object>();
      submitted.put("ExecutionArn", child.identity().arn());
      submitted.put("StartDate", child.identity().startDate().toEpochMilli());
      events.submitted(JsonValues.write(submitted));
      forget = visit.branch().onCancel(stop);
    } catch (Branch.Cancelled cancelled) {
      stop.run();
      throw cancelled;
    }
    var outcome = new Outcome<Answer>(time);
    child.whenEnded(() -> outcome.complete(answer(child.describe())));
    try {
      return settle(visit, events, deadline, outcome);
    } catch (WorkflowFailure failure) {
      stop.run(); // has an effect only after a timeout
      throw failure;
    } finally {
      forget.run();
    }
  }

  private static Answer answer(ExecutionDescription child) {
    if (child.status() == ExecutionStatus.SUCCEEDED) {
      return new Answer.Done(envelope(child));
    }
    return new Answer.Failed(new WorkflowFailure(WorkflowFailure.TASK_FAILED, JsonValues.write(envelope(child))));
  }

  /// Returns the response of DescribeExecution in this integration's form: input and output are JSON, not text.
  private static Map<String, Object> envelope(ExecutionDescription child) {
    var result = new TreeMap<String, Object>();
    result.put("ExecutionArn", child.executionArn());
    result.put("Input", JsonValues.parse(child.input()));
    result.put("InputDetails", new LinkedHashMap<>(Map.of("Included", true)));
    result.put("Name", child.name());
    child.output().ifPresent(output -> {
      result.put("Output", JsonValues.parse(output));
      result.put("OutputDetails", new LinkedHashMap<>(Map.of("Included", true)));
    });
    child.error().ifPresent(error -> result.put("Error", error));
    child.cause().ifPresent(cause -> result.put("Cause", cause));
    result.put("RedriveCount", 0);
    result.put("RedriveStatus", "NOT_REDRIVABLE");
    result.put("StartDate", child.startDate().toEpochMilli());
    result.put("StateMachineArn", child.stateMachineArn());
    result.put("Status", child.status().name());
    child.stopDate().ifPresent(stop -> result.put("StopDate", stop.toEpochMilli()));
    return result;
  }

  /// The arguments of an integration, read by name.
  private record Arguments(TaskResource.Integration integration, Object value) {

    Optional<Object> value(String name) {
      return value instanceof Map<?, ?> fields ? Optional.ofNullable(fields.get(name)) : Optional.empty();
    }

    /// Returns an argument; null counts as absent.
    Optional<Object> given(String name) {
      return value(name).filter(found -> found != JsonValues.NULL);
    }

    String text(String name) throws WorkflowFailure {
      return optionalText(name).orElseThrow(() -> missing(name));
    }

    Optional<String> optionalText(String name) throws WorkflowFailure {
      var found = value(name);
      if (found.isPresent() && !(found.get() instanceof String)) {
        throw unfit("The value for the field '" + name + "' must be a STRING");
      }
      return found.map(String.class::cast);
    }

    WorkflowFailure missing(String name) {
      return unfit("The field '" + name + "' is required but was missing");
    }

    private WorkflowFailure unfit(String problem) {
      return new WorkflowFailure(WorkflowFailure.RUNTIME, "The Parameters '" + JsonValues.write(value)
          + "' could not be used to start the Task: [" + problem + "]");
    }
  }
}
