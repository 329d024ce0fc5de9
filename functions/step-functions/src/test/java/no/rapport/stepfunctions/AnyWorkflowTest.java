package no.rapport.stepfunctions;

import static no.rapport.stepfunctions.Workflow.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests properties of all workflows on random workflows, which are also stopped at random times.
class AnyWorkflowTest {

  private static final Set<ExecutionStatus> ENDS_FROM_OUTSIDE =
      Set.of(ExecutionStatus.ABORTED, ExecutionStatus.TIMED_OUT);
  private static final List<String> ENDS =
      List.of("ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut");

  private final Random random;
  private int states;

  AnyWorkflowTest() {
    this.random = new Random();
  }

  private String flow(int depth) {
    var length = 1 + random.nextInt(3);
    var first = states;
    states += length;
    var body = IntStream.range(0, length).mapToObj(i -> {
      var next = i == length - 1 ? "'End': true" : "'Next': 'S" + (first + i + 1) + "'";
      return "'S" + (first + i) + "': {" + state(depth) + ", " + next + "}";
    }).collect(Collectors.joining(", "));
    return "'StartAt': 'S" + first + "', 'States': {" + body + "}";
  }

  private String state(int depth) {
    var retry = random.nextBoolean()
        ? ", 'Retry': [{'ErrorEquals': ['States.ALL'], 'MaxAttempts': 2, 'JitterStrategy': 'FULL'}]" : "";
    return switch (random.nextInt(depth == 0 ? 3 : 5)) {
      case 0 -> "'Type': 'Wait', 'Seconds': " + random.nextInt(20);
      case 1 -> "'Type': 'Pass', 'Output': '{% $states.input %}'";
      case 2 -> "'Type': 'Task', 'Resource': 'fn:any', 'TimeoutSeconds': 15" + retry;
      case 3 -> "'Type': 'Map', 'Items': [1, 2, 3, 4], 'MaxConcurrency': " + random.nextInt(4)
          + ", 'ItemProcessor': {" + flow(depth - 1) + "}" + retry;
      default -> "'Type': 'Parallel', 'Branches': [{" + flow(depth - 1) + "}, {" + flow(depth - 1) + "}]" + retry;
    };
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void endsOnceWithConsistentHistory(long seed) {
    random.setSeed(seed);
    for (var round = 0; round < 12; round++) {
      states = 0;
      var definition = "{'QueryLanguage': 'JSONata', 'TimeoutSeconds': 120, " + flow(2) + "}";
      var chances = new Random(seed * 100 + round);
      try (var workflow = new Workflow(VirtualTime.standing(Workflow.START))) {
        workflow.function("any", payload -> {
          int chance;
          synchronized (chances) {
            chance = chances.nextInt(10);
          }
          workflow.time.sleep(Duration.ofSeconds(chance * 2L));
          if (chance == 3) {
            throw new IllegalStateException("by chance");
          }
          return "7";
        });
        var arn = workflow.stepFunctions.start(workflow.deploy("any", definition), "job", "{}").executionArn();
        if (random.nextInt(3) == 0) {
          workflow.time.advance(Duration.ofSeconds(random.nextInt(30)));
          workflow.stepFunctions.stop(arn, Optional.empty(), Optional.empty());
        }
        workflow.time.advance(Duration.ofSeconds(200));
        var execution = workflow.stepFunctions.await(arn);
        var end = workflow.stepFunctions.history(arn);
        workflow.time.advance(Duration.ofSeconds(200));
        assertThat(workflow.stepFunctions.describe(arn)).isEqualTo(execution);
        assertThat(workflow.stepFunctions.history(arn)).describedAs("nothing follows the end").isEqualTo(end);
        assertConsistent(execution, end, json(definition));
      }
    }
  }

  private static void assertConsistent(ExecutionDescription execution, List<HistoryEvent> history, String definition) {
    var types = history.stream().map(HistoryEvent::type).toList();
    assertThat(types).describedAs(definition).startsWith("ExecutionStarted");
    assertThat(types.stream().filter(ENDS::contains)).describedAs(definition).containsExactly(types.getLast());
    assertThat(execution.status().isEnded()).isTrue();
    assertThat(history).extracting(HistoryEvent::id)
        .isEqualTo(IntStream.rangeClosed(1, history.size()).mapToObj(Long::valueOf).toList());
    var count = new HashMap<String, Integer>();
    for (var event : history) {
      assertThat(event.previousId()).describedAs("%s in %s", event, definition).isBetween(0L, event.id() - 1);
      if (event.previousId() > 0) {
        var previous = history.get((int) event.previousId() - 1);
        assertThat(previous.timestamp()).isBeforeOrEqualTo(event.timestamp());
        if (event.type().endsWith("Started") && !event.type().startsWith("M") && !event.type().startsWith("P")) {
          assertThat(previous.type()).isEqualTo(event.type().replace("Started", "Scheduled"));
        }
      }
      count.merge(event.type(), 1, Integer::sum);
    }
    // Everything that started has also ended.
    for (var type : List.of("Wait", "Task", "Map", "Parallel")) {
      var failedInside = count.getOrDefault("LambdaFunctionFailed", 0) + count.getOrDefault("LambdaFunctionTimedOut", 0)
          + count.getOrDefault("MapStateFailed", 0) + count.getOrDefault("ParallelStateFailed", 0);
      var entered = count.getOrDefault(type + "StateEntered", 0);
      var left = count.getOrDefault(type + "StateExited", 0) + count.getOrDefault(type + "StateAborted", 0);
      // A Wait that is interrupted from outside writes no event.
      var mayLackEnd = type.equals("Wait") && ENDS_FROM_OUTSIDE.contains(execution.status())
          ? entered : failedInside;
      assertThat(left).describedAs(definition).isBetween(entered - mayLackEnd, entered);
      if (execution.status() == ExecutionStatus.SUCCEEDED && failedInside == 0) {
        assertThat(left).isEqualTo(entered);
      }
    }
    assertThat(count.getOrDefault("MapIterationStarted", 0)).describedAs(definition).isEqualTo(
        count.getOrDefault("MapIterationSucceeded", 0) + count.getOrDefault("MapIterationFailed", 0)
            + count.getOrDefault("MapIterationAborted", 0));
  }
}
