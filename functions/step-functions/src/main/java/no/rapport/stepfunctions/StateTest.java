package no.rapport.stepfunctions;

import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Runs one state alone, once, without waiting, as `TestState` does.
final class StateTest {

  /// Replaces a state's call by a result or an error.
  sealed interface Mock {

    /// Parsed JSON.
    record Result(Object value) implements Mock {}

    /// An error.
    record Failure(WorkflowFailure failure) implements Mock {}
  }

  /// The state to test and its input.
  ///
  /// @param retries the number of times that the retrier of the error has already been used
  record Order(
      State state, Object input, Map<String, Object> variables, String roleArn, Optional<Mock> mock, int retries) {}

  /// The outcome, in the service's words.
  enum Status { SUCCEEDED, FAILED, RETRIABLE, CAUGHT_ERROR }

  /// The result of a test.
  ///
  /// @param inspection the service's `inspectionData`
  record Result(
      Status status, Optional<Object> output, Optional<WorkflowFailure> failure, Optional<String> nextState,
      Map<String, Object> inspection) {}

  private final Tasks tasks;
  private final WorkflowTime time;

  StateTest(Tasks tasks, WorkflowTime time) {
    this.tasks = tasks;
    this.time = time;
  }

  Result run(Order order) {
    requireFitting(order);
    var branch = Branch.root(execution(order));
    branch.variables().putAll(order.variables());
    var visit = Visit.enter(branch, order.state(), order.input(), Map.of());
    for (var retry = 0; retry < order.retries(); retry++) {
      visit.retried();
    }
    var inspection = new LinkedHashMap<String, Object>();
    inspection.put("input", JsonValues.write(order.input()));
    try {
      var step = step(visit, order, inspection);
      if (!branch.variables().isEmpty()) {
        inspection.put("variables", JsonValues.write(branch.variables()));
      }
      return new Result(Status.SUCCEEDED, Optional.of(step.output()), Optional.empty(), step.next(), inspection);
    } catch (WorkflowFailure failure) {
      return failed(visit, order, failure, inspection);
    }
  }

  private Execution execution(Order order) {
    var name = UUID.randomUUID().toString();
    var now = time.now().truncatedTo(ChronoUnit.MILLIS);
    var machine = new StateMachineDescription(
        Address.stateMachine(name), name, "{}", order.roleArn(), now, UUID.randomUUID().toString());
    return new Execution(new Execution.Identity(Address.execution(name, name), machine, name,
        JsonValues.write(order.input()), now, Optional.empty(), 0), time, (execution, event) -> { });
  }

  private static void requireFitting(Order order) {
    var state = order.state();
    var container = state instanceof State.MapOver || state instanceof State.Parallel;
    if (order.mock().isEmpty()) {
      if (container) {
        throw new StepFunctionsException("InvalidDefinition", "TestState API does not support Map or Parallel states. "
            + "Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]");
      }
      return;
    }
    if (!container && !(state instanceof State.Task)) {
      throw invalid("State type '" + state.type() + "' is not supported when a mock is specified");
    }
    if (order.mock().get() instanceof Mock.Result(var value) && container) {
      if (!(value instanceof List<?> results)) {
        throw invalid("Mocked result must be an array.");
      }
      if (state instanceof State.Parallel parallel && results.size() != parallel.branches().size()) {
        throw invalid("Mocked result must contain the same number of items as number of Parallel branches.");
      }
    }
  }

  private static StepFunctionsException invalid(String message) {
    return new StepFunctionsException("ValidationException", message);
  }

  private Visit.Step step(Visit visit, Order order, Map<String, Object> inspection) throws WorkflowFailure {
    return switch (visit.state()) {
      case State.Pass pass -> visit.leave(pass.exit(), Map.of(), visit.input());
      case State.Succeed succeed -> visit.leave(succeed.exit(), Map.of(), visit.input());
      case State.Fail fail -> throw Interpreter.failure(visit, fail);
      case State.Choice choice -> Interpreter.choose(visit, choice);
      case State.Wait wait -> {
        Interpreter.until(visit, wait, time);
        yield visit.leave(wait.exit(), Map.of(), visit.input());
      }
      case State.Task task -> {
        inspection.put("afterArguments", JsonValues.write(Tasks.arguments(visit, task)));
        yield leave(visit, task.exit(), order.mock().isPresent() ? mocked(order) : tasks.perform(visit, task));
      }
      case State.Parallel parallel -> {
        visit.evaluate("Arguments", parallel.arguments());
        yield leave(visit, parallel.exit(), mocked(order));
      }
      case State.MapOver map -> {
        Interpreter.items(visit, map);
        inspection.put("maxConcurrency", map.maxConcurrency().isEmpty() ? 0
            : visit.wholeNumber("MaxConcurrency", map.maxConcurrency().get()));
        yield leave(visit, map.exit(), mocked(order));
      }
    };
  }

  private static Object mocked(Order order) throws WorkflowFailure {
    return switch (order.mock().orElseThrow()) {
      case Mock.Result(var value) -> value;
      case Mock.Failure(var failure) -> throw failure;
    };
  }

  private static Visit.Step leave(Visit visit, State.Exit exit, Object result) throws WorkflowFailure {
    return visit.leave(exit, Map.of("result", result), result);
  }

  private static Result failed(
      Visit visit, Order order, WorkflowFailure failure, Map<String, Object> inspection) {
    var recovery = order.state().recovery();
    var error = new LinkedHashMap<String, Object>();
    var retrier = Interpreter.firstMatching(recovery.retriers(), failure);
    if (retrier >= 0) {
      error.put("retryIndex", retrier);
      inspection.put("errorDetails", error);
      if (order.retries() < recovery.retriers().get(retrier).maxAttempts()) {
        error.put("retryBackoffIntervalSeconds",
            Math.round(recovery.retriers().get(retrier).fullDelaySeconds(order.retries() + 1)));
        return new Result(Status.RETRIABLE, Optional.empty(), Optional.of(failure), Optional.empty(), inspection);
      }
    }
    for (var i = 0; i < recovery.catchers().size(); i++) {
      var catcher = recovery.catchers().get(i);
      if (catcher.matches(failure)) {
        error.put("catchIndex", i);
        inspection.put("errorDetails", error);
        return caught(visit, catcher, failure, inspection);
      }
    }
    return new Result(Status.FAILED, Optional.empty(), Optional.of(failure), Optional.empty(), inspection);
  }

  private static Result caught(
      Visit visit, State.Catcher catcher, WorkflowFailure failure, Map<String, Object> inspection) {
    try {
      var step = visit.leave(catcher.exit(), Map.of("errorOutput", failure.output()), failure.output());
      return new Result(
          Status.CAUGHT_ERROR, Optional.of(step.output()), Optional.of(failure), step.next(), inspection);
    } catch (WorkflowFailure second) {
      return new Result(Status.FAILED, Optional.empty(), Optional.of(second), Optional.empty(), inspection);
    }
  }
}
