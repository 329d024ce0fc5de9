package no.rapport.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionListItem;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;

/// Converts an execution's history to the data of the trace page: the runs of each state with input, output, times,
/// retries and errors. Uses only the API of Step Functions.
final class Trace {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_EXECUTIONS = 200;
  private static final Pattern RETRY = Pattern.compile("-r\\d+$");

  private final SfnClient sfn;

  Trace(SfnClient sfn) {
    this.sfn = sfn;
  }

  /// Returns the newest executions of all state machines.
  ///
  /// @param id text that the execution's name contains; empty for any
  /// @param status such as `FAILED`; empty for any
  ArrayNode executions(String id, String status) {
    var all = new ArrayList<ExecutionListItem>();
    for (var machine : sfn.listStateMachines(list -> { }).stateMachines()) {
      sfn.listExecutionsPaginator(list -> list.stateMachineArn(machine.stateMachineArn()).maxResults(MAX_EXECUTIONS)
          .statusFilter(status.isEmpty() ? null : status))
          .executions().stream().filter(execution -> execution.name().contains(id)).limit(MAX_EXECUTIONS)
          .forEach(all::add);
    }
    all.sort((a, b) -> b.startDate().compareTo(a.startDate()));
    var list = JSON.createArrayNode();
    all.stream().limit(MAX_EXECUTIONS).forEach(execution -> {
      var item = list.addObject();
      item.put("arn", execution.executionArn());
      item.put("name", execution.name());
      item.put("machine", lastPart(execution.stateMachineArn()));
      item.put("status", execution.statusAsString());
      put(item, "started", execution.startDate());
      put(item, "stopped", execution.stopDate());
    });
    return list;
  }

  /// Returns an execution with its definition and the runs of its states.
  ObjectNode execution(String arn) {
    var execution = sfn.describeExecution(describe -> describe.executionArn(arn));
    var machine = sfn.describeStateMachine(describe -> describe.stateMachineArn(execution.stateMachineArn()));
    var shown = JSON.createObjectNode();
    shown.put("arn", arn);
    shown.put("name", execution.name());
    shown.put("machine", lastPart(execution.stateMachineArn()));
    shown.put("status", execution.statusAsString());
    put(shown, "started", execution.startDate());
    put(shown, "stopped", execution.stopDate());
    shown.set("input", json(execution.input()));
    shown.set("output", json(execution.output()));
    shown.put("error", execution.error());
    shown.put("cause", execution.cause());
    shown.set("definition", json(machine.definition()));
    var events = new ArrayList<HistoryEvent>();
    sfn.getExecutionHistoryPaginator(history -> history.executionArn(arn).maxResults(1000)
        .includeExecutionData(true)).events().forEach(events::add);
    var over = !execution.statusAsString().equals("RUNNING");
    shown.set("runs", runs(events, over, execution.stopDate()));
    shown.put("events", events.size());
    var related = shown.putArray("related");
    for (var other : executions(RETRY.matcher(execution.name()).replaceFirst(""), "")) {
      if (!other.path("arn").asText().equals(arn)) {
        related.add(other);
      }
    }
    return shown;
  }

  /// Returns the ARN of a job's newest execution, of any attempt.
  Optional<String> newestOf(String job) {
    for (var execution : executions(job, "")) {
      var name = execution.path("name").asText();
      if (name.equals(job) || RETRY.matcher(name).replaceFirst("").equals(job)) {
        return Optional.of(execution.path("arn").asText());
      }
    }
    return Optional.empty();
  }

  // --- the runs of states ----------------------------------------------------------------------------------------

  private static final class Run {
    final String state;
    final Run before;
    final Instant entered;
    final String input;
    final Integer iteration;
    Instant exited;
    String output;
    int attempts;
    int iterations;
    final List<String[]> errors = new ArrayList<>();
    boolean broken;
    boolean container;

    Run(String state, Run before, Instant entered, String input, Integer iteration) {
      this.state = state;
      this.before = before;
      this.entered = entered;
      this.input = input;
      this.iteration = iteration;
    }
  }

  private static ObjectNode runs(List<HistoryEvent> events, boolean over, Instant end) {
    var byEvent = new HashMap<Long, Run>();
    var iterations = new HashMap<Long, Integer>();
    var byState = new LinkedHashMap<String, List<Run>>();
    for (var event : events) {
      var before = byEvent.get(event.previousEventId());
      var run = before;
      var type = event.typeAsString();
      var iteration = type.equals("MapIterationStarted") ? event.mapIterationStartedEventDetails().index()
          : type.startsWith("MapState") ? null : iterations.get(event.previousEventId());
      iterations.put(event.id(), iteration);
      if (event.stateEnteredEventDetails() != null) {
        var details = event.stateEnteredEventDetails();
        run = new Run(details.name(), before, event.timestamp(), details.input(), iteration);
        run.container = type.equals("MapStateEntered") || type.equals("ParallelStateEntered");
        run.broken = type.equals("FailStateEntered");
        byState.computeIfAbsent(details.name(), _ -> new ArrayList<>()).add(run);
      } else if (event.stateExitedEventDetails() != null) {
        run = open(before, event.stateExitedEventDetails().name(), byState);
        if (run != null) {
          run.exited = event.timestamp();
          run.output = event.stateExitedEventDetails().output();
        }
      } else if (event.evaluationFailedEventDetails() != null) {
        // Its previous event may be one before the state was entered.
        var details = event.evaluationFailedEventDetails();
        run = open(before, details.state(), byState);
        if (run != null) {
          failed(run, details.error(), details.cause());
        }
      } else if (type.equals("MapStateFailed") || type.equals("ParallelStateFailed")) {
        run = openContainer(run);
        if (run != null) {
          run.broken = true;
        }
      } else if (run != null) {
        note(run, event, type);
      }
      byEvent.put(event.id(), run);
    }
    var shown = JSON.createObjectNode();
    byState.forEach((state, runs) -> {
      var list = shown.putArray(state);
      runs.forEach(run -> list.add(shown(run, over, end)));
    });
    return shown;
  }

  /// Returns the run of an exit event: the nearest preceding run of that state, or else its last unfinished run.
  private static Run open(Run from, String state, Map<String, List<Run>> byState) {
    for (var run = from; run != null; run = run.before) {
      if (run.state.equals(state) && run.exited == null) {
        return run;
      }
    }
    return byState.getOrDefault(state, List.of()).reversed().stream()
        .filter(run -> run.exited == null).findFirst().orElse(null);
  }

  /// Returns the unfinished Map or Parallel state around a run, or null if there is none.
  private static Run openContainer(Run from) {
    for (var run = from; run != null; run = run.before) {
      if (run.container && run.exited == null) {
        return run;
      }
    }
    return null;
  }

  private static void note(Run run, HistoryEvent event, String type) {
    switch (type) {
      case "TaskScheduled", "LambdaFunctionScheduled" -> {
        run.attempts++;
        run.broken = false;
      }
      case "MapIterationStarted" -> run.iterations++;
      case "TaskFailed" -> failed(run, event.taskFailedEventDetails().error(), event.taskFailedEventDetails().cause());
      case "TaskTimedOut" ->
          failed(run, event.taskTimedOutEventDetails().error(), event.taskTimedOutEventDetails().cause());
      case "TaskStartFailed" ->
          failed(run, event.taskStartFailedEventDetails().error(), event.taskStartFailedEventDetails().cause());
      case "TaskSubmitFailed" ->
          failed(run, event.taskSubmitFailedEventDetails().error(), event.taskSubmitFailedEventDetails().cause());
      case "LambdaFunctionFailed" -> failed(run, event.lambdaFunctionFailedEventDetails().error(),
          event.lambdaFunctionFailedEventDetails().cause());
      case "LambdaFunctionTimedOut" -> failed(run, event.lambdaFunctionTimedOutEventDetails().error(),
          event.lambdaFunctionTimedOutEventDetails().cause());
      case "MapIterationFailed", "MapIterationAborted", "MapStateAborted", "ParallelStateAborted" -> run.broken = true;
      default -> { }
    }
  }

  private static void failed(Run run, String error, String cause) {
    run.errors.add(new String[] {error == null ? "States.TaskFailed" : error, cause == null ? "" : cause});
    run.broken = true;
  }

  private static ObjectNode shown(Run run, boolean over, Instant end) {
    var shown = JSON.createObjectNode();
    shown.put("status", run.exited != null ? run.broken ? "caught" : "succeeded"
        : !over ? run.broken && run.attempts > 0 ? "retrying" : "running"
        : run.broken ? "failed" : "aborted");
    put(shown, "entered", run.entered);
    put(shown, "exited", run.exited != null ? run.exited : over ? end : null);
    shown.put("retries", Math.max(0, run.attempts - 1));
    if (run.iterations > 0) {
      shown.put("iterations", run.iterations);
    }
    shown.put("from", run.before == null ? null : run.before.state);
    shown.put("iteration", run.iteration);
    shown.set("input", json(run.input));
    shown.set("output", json(run.output));
    var errors = shown.putArray("errors");
    run.errors.forEach(error -> errors.addObject().put("error", error[0]).put("cause", error[1]));
    return shown;
  }

  private static void put(ObjectNode node, String name, Instant instant) {
    node.put(name, instant == null ? null : instant.toString());
  }

  private static JsonNode json(String text) {
    try {
      return text == null ? JSON.nullNode() : JSON.readTree(text);
    } catch (IOException e) {
      return JSON.getNodeFactory().textNode(text);
    }
  }

  private static String lastPart(String arn) {
    return arn.substring(arn.lastIndexOf(':') + 1);
  }
}
