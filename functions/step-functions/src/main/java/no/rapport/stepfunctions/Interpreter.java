package no.rapport.stepfunctions;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/// Runs an execution, state by state. Every branch has its own virtual thread and runs sequential code.
final class Interpreter {

  /// The service's limit of concurrent iterations of an inline Map.
  private static final int MAX_CONCURRENT_ITERATIONS = 40;

  /// The service's limit: a signed 32-bit number of seconds.
  private static final Duration MAX_WAIT = Duration.ofSeconds(Integer.MAX_VALUE);

  private final Execution execution;
  private final Tasks tasks;
  private final WorkflowTime time;
  private final RandomGenerator random;

  Interpreter(Execution execution, Tasks tasks, RandomGenerator random) {
    this.execution = execution;
    this.tasks = tasks;
    this.time = execution.time();
    this.random = random;
  }

  /// Starts the execution on its own thread and returns at once.
  void start(Definition definition) {
    var identity = execution.identity();
    var details = new LinkedHashMap<String, Object>();
    details.put("input", identity.input());
    details.put("inputDetails", Map.of("truncated", false));
    details.put("roleArn", identity.machine().roleArn());
    var root = Branch.root(execution);
    try {
      root.recordAside("ExecutionStarted", details);
    } catch (Branch.Cancelled stopped) {
      return; // ended before its start
    }
    var alarm = definition.timeout().map(timeout -> time.at(identity.startDate().plus(timeout),
        () -> onThread("timeout of " + identity.name(), this::timeOut)));
    alarm.ifPresent(timeout -> execution.whenEnded(timeout::cancel));
    onThread(identity.name(), () -> {
      var answer = answer(() -> run(definition.flow(), execution.input(), root, Map.of()));
      switch (answer) {
        case Answer.Done(var output) -> execution.end(
            ExecutionStatus.SUCCEEDED, Optional.of(JsonValues.write(output)), Optional.empty(), Optional.empty());
        case Answer.Failed(var failure) -> {
          root.leave();
          execution.end(ExecutionStatus.FAILED, Optional.empty(), failure.error(), failure.cause());
        }
        case Answer.Signal signal -> { } // it was ended from outside
      }
    });
  }

  private void timeOut() {
    execution.end(ExecutionStatus.TIMED_OUT, Optional.empty(), Optional.empty(), Optional.empty());
  }

  private void onThread(String name, Runnable work) {
    Threads.start(time, "execution " + name, work);
  }

  /// The work of a branch.
  @FunctionalInterface
  private interface Work {
    Object run() throws WorkflowFailure;
  }

  private Answer answer(Work work) {
    try {
      return new Answer.Done(work.run());
    } catch (WorkflowFailure failure) {
      return new Answer.Failed(failure);
    } catch (Branch.Cancelled cancelled) {
      return Answer.Signal.CANCELLED;
    } catch (RuntimeException | Error e) {
      // The execution must end even then, or threads that wait for it would wait forever.
      return new Answer.Failed(new WorkflowFailure(WorkflowFailure.RUNTIME, "The emulator failed: " + e));
    }
  }

  private Object run(State.Flow flow, Object input, Branch branch, Map<String, Object> map) throws WorkflowFailure {
    var next = Optional.of(flow.startAt());
    var data = input;
    while (next.isPresent()) {
      var visit = Visit.enter(branch, flow.states().get(next.get()), data, map);
      var step = step(visit);
      branch.leave();
      data = step.output();
      next = step.next();
    }
    return data;
  }

  private Visit.Step step(Visit visit) throws WorkflowFailure {
    return switch (visit.state()) {
      case State.Pass pass -> visit.leave(pass.exit(), Map.of(), visit.input());
      case State.Succeed succeed -> visit.leave(succeed.exit(), Map.of(), visit.input());
      case State.Fail fail -> throw failure(visit, fail);
      case State.Choice choice -> choose(visit, choice);
      case State.Wait wait -> pause(visit, wait);
      case State.Task task -> attempt(visit, task.recovery(), task.exit(), () -> tasks.perform(visit, task));
      case State.Parallel parallel ->
          attempt(visit, parallel.recovery(), parallel.exit(), () -> branches(visit, parallel));
      case State.MapOver map -> attempt(visit, map.recovery(), map.exit(), () -> iterations(visit, map));
    };
  }

  /// Returns the failure that a Fail state defines.
  static WorkflowFailure failure(Visit visit, State.Fail fail) throws WorkflowFailure {
    return new WorkflowFailure(text(visit, "Error", fail.error()), text(visit, "Cause", fail.cause()));
  }

  private static Optional<String> text(Visit visit, String field, Optional<Template> template) throws WorkflowFailure {
    var value = visit.evaluate(field, template);
    if (value.isPresent() && !(value.get() instanceof String)) {
      throw visit.unexpectedType(field, template.orElseThrow(), "string", value.get());
    }
    return value.map(String.class::cast);
  }

  /// Leaves a Choice state by the first rule whose condition is true.
  static Visit.Step choose(Visit visit, State.Choice choice) throws WorkflowFailure {
    for (var rule : choice.rules()) {
      var field = rule.exit().place() + "Condition";
      var value = visit.evaluate(field, rule.condition());
      if (!(value instanceof Boolean holds)) {
        throw visit.unexpectedType(field, rule.condition(), "boolean", value);
      }
      if (holds) {
        return visit.leave(rule.exit(), Map.of(), visit.input());
      }
    }
    if (choice.otherwise().isEmpty()) {
      throw visit.runtimeFailure(
          "Failed to transition out of the state. The state does not point to a next state.");
    }
    return visit.leave(choice.otherwise().get(), Map.of(), visit.input());
  }

  private Visit.Step pause(Visit visit, State.Wait wait) throws WorkflowFailure {
    sleep(visit.branch(), until(visit, wait, time));
    return visit.leave(wait.exit(), Map.of(), visit.input());
  }

  /// Returns the time at which a Wait state ends.
  static Instant until(Visit visit, State.Wait wait, WorkflowTime time) throws WorkflowFailure {
    Instant until;
    if (wait.seconds().isPresent()) {
      until = time.now().plusSeconds(visit.wholeNumber("Seconds", wait.seconds().get()));
    } else {
      var value = visit.evaluate("Timestamp", wait.timestamp()).orElse("");
      var moment = value instanceof String text ? DateTimes.read(text) : Optional.<Instant>empty();
      until = moment.orElseThrow(() -> visit.evaluationFailure("Timestamp",
          "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: "
          + (value instanceof String text ? text : JsonValues.write(value))));
    }
    if (until.isAfter(time.now().plus(MAX_WAIT))) {
      throw visit.runtimeFailure("Wait state delay is too long.");
    }
    return until;
  }

  private void sleep(Branch branch, Instant until) {
    if (until.isAfter(time.now())) {
      branch.await(new Outcome<>(time), Optional.of(until));
    }
  }

  /// Runs a state's work, with its retriers and then its catchers.
  private Visit.Step attempt(Visit visit, State.Recovery recovery, State.Exit exit, Work work) throws WorkflowFailure {
    var used = new int[recovery.retriers().size()];
    while (true) {
      var worked = false;
      try {
        var result = work.run();
        worked = true;
        return visit.leave(exit, Map.of("result", result), result);
      } catch (WorkflowFailure failure) {
        var retrier = firstMatching(recovery.retriers(), failure);
        if (retrier >= 0 && used[retrier] < recovery.retriers().get(retrier).maxAttempts()) {
          used[retrier]++;
          visit.retried();
          sleep(visit.branch(), time.now().plus(recovery.retriers().get(retrier).delay(used[retrier], random)));
          continue;
        }
        if (!worked && !(visit.state() instanceof State.Task)) {
          visit.branch().record(visit.state().type() + "StateFailed", Map.of());
        }
        for (var catcher : recovery.catchers()) {
          if (catcher.matches(failure)) {
            return visit.leave(catcher.exit(), Map.of("errorOutput", failure.output()), failure.output());
          }
        }
        throw failure;
      }
    }
  }

  /// Returns the index of the first retrier for a failure; -1 if there is none.
  static int firstMatching(List<Retrier> retriers, WorkflowFailure failure) {
    for (var i = 0; i < retriers.size(); i++) {
      if (retriers.get(i).matches(failure)) {
        return i;
      }
    }
    return -1;
  }

  private Object branches(Visit visit, State.Parallel parallel) throws WorkflowFailure {
    var input = visit.evaluate("Arguments", parallel.arguments()).orElse(visit.input());
    visit.requireSize(input, "was given arguments");
    var branch = visit.branch();
    branch.record("ParallelStateStarted", Map.of());
    var origin = branch.lastEvent();
    var results = new Object[parallel.branches().size()];
    fanOut(visit, results.length, results.length, index -> branch.child(origin), (index, child) -> {
      try {
        results[index] = run(parallel.branches().get(index), input, child, visit.map());
      } catch (WorkflowFailure failure) {
        child.fail();
        throw failure;
      }
      child.finish();
    });
    branch.record("ParallelStateSucceeded", Map.of());
    return new ArrayList<>(Arrays.asList(results));
  }

  private Object iterations(Visit visit, State.MapOver map) throws WorkflowFailure {
    var items = items(visit, map);
    var width = map.maxConcurrency().isPresent()
        ? visit.wholeNumber("MaxConcurrency", map.maxConcurrency().get()) : 0;
    var concurrent = (int) (width == 0 ? MAX_CONCURRENT_ITERATIONS : Math.min(width, MAX_CONCURRENT_ITERATIONS));
    var tolerance = Tolerance.of(visit, map, items.size());
    var branch = visit.branch();
    branch.record("MapStateStarted", Map.of("length", items.size()));
    var origin = branch.lastEvent();
    var results = new Object[items.size()];
    fanOut(visit, results.length, concurrent, index -> {
      var child = branch.iteration(origin, map.name(), index);
      child.record("MapIterationStarted", iterationDetails(map, index));
      return child;
    }, (index, child) -> {
      var shown = Map.<String, Object>of("Item", item(index, items.get(index)));
      try {
        var input = map.itemSelector().isPresent()
            ? visit.evaluate("ItemSelector", map.itemSelector().get(), Map.of("context", visit.context(shown)))
            : items.get(index);
        visit.requireSize(input, "selected an item");
        results[index] = run(map.processor(), input, child, shown);
        child.recordAside("MapIterationSucceeded", iterationDetails(map, index));
      } catch (WorkflowFailure failure) {
        var fatal = tolerance.failed(failure);
        if (fatal.isPresent()) {
          child.fail();
          throw fatal.get();
        }
        child.recordAside("MapIterationFailed", iterationDetails(map, index));
        results[index] = failure.output();
      }
      child.finish();
    });
    branch.record("MapStateSucceeded", Map.of());
    var list = new ArrayList<>(Arrays.asList(results));
    visit.requireSize(list, "returned a result");
    return list;
  }

  /// Returns the items of a Map state.
  static List<Object> items(Visit visit, State.MapOver map) throws WorkflowFailure {
    var value = visit.evaluate("Items", map.items()).orElse(visit.input());
    if (value instanceof List<?> list) {
      return new ArrayList<>(list);
    }
    throw map.items().isPresent() ? visit.unexpectedType("Items", map.items().get(), "array", value)
        : visit.inputFailure("Map state input must be an array but was: " + JsonValues.write(value));
  }

  private static Map<String, Object> item(int index, Object value) {
    var item = new LinkedHashMap<String, Object>();
    item.put("Index", index);
    item.put("Value", value);
    return item;
  }

  private static Map<String, Object> iterationDetails(State.MapOver map, int index) {
    var details = new LinkedHashMap<String, Object>();
    details.put("name", map.name());
    details.put("index", index);
    return details;
  }

  /// The number of iterations that may fail before the Map state fails: 0 by default.
  private record Tolerance(long most, boolean given, AtomicInteger failures) {

    static Tolerance of(Visit visit, State.MapOver map, int items) throws WorkflowFailure {
      var most = Long.MAX_VALUE;
      if (map.toleratedFailureCount().isPresent()) {
        most = visit.wholeNumber("ToleratedFailureCount", map.toleratedFailureCount().get());
      }
      if (map.toleratedFailurePercentage().isPresent()) {
        var percentage = visit.wholeNumber("ToleratedFailurePercentage", map.toleratedFailurePercentage().get());
        most = Math.min(most, percentage * items / 100);
      }
      var given = most != Long.MAX_VALUE;
      return new Tolerance(given ? most : 0, given, new AtomicInteger());
    }

    /// Counts a failure.
    ///
    /// @return the failure of the whole state, if this failure exceeds the tolerance
    Optional<WorkflowFailure> failed(WorkflowFailure failure) {
      if (failures.incrementAndGet() <= most) {
        return Optional.empty();
      }
      return Optional.of(given
          ? new WorkflowFailure(WorkflowFailure.TOLERANCE_EXCEEDED,
              "The specified tolerated failure threshold was exceeded")
          : failure);
    }
  }

  @FunctionalInterface
  private interface Part {
    void run(int index, Branch branch) throws WorkflowFailure;
  }

  /// Runs parts on their own threads, at most `concurrent` at a time, started in order. The first failure ends the
  /// others and fails the state.
  private void fanOut(Visit visit, int parts, int concurrent, IntFunction<Branch> begin, Part part)
      throws WorkflowFailure {
    if (parts == 0) {
      return;
    }
    var branch = visit.branch();
    var outcome = new Outcome<Answer>(time);
    var begun = new AtomicInteger();
    var done = new AtomicInteger();
    for (var worker = 0; worker < Math.min(parts, concurrent); worker++) {
      onThread(execution.identity().name() + " " + visit.state().name() + " " + worker, () -> {
        var answer = answer(() -> {
          work(parts, begun, begin, (index, child) -> {
            part.run(index, child);
            done.incrementAndGet();
          });
          return JsonValues.NULL;
        });
        switch (answer) {
          case Answer.Done finished when done.get() == parts -> outcome.complete(finished);
          case Answer.Failed failed -> {
            begun.set(parts);
            outcome.complete(failed);
          }
          default -> { } // other parts still run, or all were cancelled
        }
      });
    }
    if (branch.await(outcome, Optional.empty()) instanceof Answer.Failed(var failure)) {
      branch.cancelChildren();
      throw failure;
    }
  }

  private void work(int parts, AtomicInteger begun, IntFunction<Branch> begin, Part part) throws WorkflowFailure {
    while (true) {
      int index;
      Branch child;
      execution.lock().lock(); // the history must show the parts in order of their start
      try {
        index = begun.getAndIncrement();
        if (index >= parts) {
          return;
        }
        child = begin.apply(index);
      } finally {
        execution.lock().unlock();
      }
      part.run(index, child);
    }
  }
}
