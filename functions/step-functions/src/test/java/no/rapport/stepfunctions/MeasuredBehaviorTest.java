package no.rapport.stepfunctions;

import static no.rapport.stepfunctions.Workflow.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests behaviour that was measured on the service and is unexpected or differs from its documentation.
class MeasuredBehaviorTest {

  private final Workflow workflow = new Workflow();

  @AfterEach
  void close() {
    workflow.close();
  }

  private List<HistoryEvent> history(ExecutionDescription execution) {
    return workflow.stepFunctions.history(execution.executionArn());
  }

  private HistoryEvent event(ExecutionDescription execution, String type) {
    return history(execution).stream().filter(event -> event.type().equals(type)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"fn:big, arn:aws:lambda:eu-north-1:000000000000:function:big, LambdaFunctionFailed, '\"'",
      "arn:aws:states:::lambda:invoke, lambda, TaskFailed, '\"'",
      "fn:big, arn:aws:lambda:eu-north-1:000000000000:function:big, LambdaFunctionFailed, ''",
      "arn:aws:states:::lambda:invoke, lambda, TaskFailed, ''"})
  void catchesResultOverLimitWithStatesAll(String resource, String name, String type, String quote) {
    workflow.function("big", payload -> quote + "x".repeat(257 * 1024) + quote);
    var execution = workflow.run("""
        'A': {'Type': 'Task', 'Resource': '%s', 'Arguments': {'FunctionName': 'big', 'Payload': {}}, 'Next': 'B',
          'Catch': [{'ErrorEquals': ['States.ALL'], 'Next': 'B'}]},
        'B': {'Type': 'Succeed'}
        """.formatted(resource), "{}");
    var cause = "The state/task '" + name
        + "' returned a result with a size exceeding the maximum number of bytes service limit.";
    assertThat(execution.output()).contains(json("{'Error':'States.DataLimitExceeded','Cause':'"
        + cause.replace('\'', '´') + "'}"));
    assertThat(event(execution, type).details())
        .containsEntry("error", "States.DataLimitExceeded").containsEntry("cause", cause);
  }

  @Test
  void doesNotCatchOutputOverLimitWithStatesAll() {
    workflow.function("f", payload -> "\"" + "x".repeat(200_000) + "\"");
    var execution = workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'fn:f', 'Output': '{% $states.result & $states.result %}', 'Next': 'B',
          'Catch': [{'ErrorEquals': ['States.ALL'], 'Next': 'B'}]},
        'B': {'Type': 'Succeed'}
        """, "{}");
    assertThat(execution.error()).contains("States.DataLimitExceeded");
  }

  @Test
  void reportsTimeoutWithEmptyCause() {
    workflow.function("slow", payload -> {
      workflow.time.sleep(Duration.ofMinutes(1));
      return "{}";
    });
    assertThat(workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'fn:slow', 'TimeoutSeconds': 5, 'Next': 'B',
          'Catch': [{'ErrorEquals': ['States.Timeout'], 'Next': 'B',
            'Output': '{% $states.errorOutput.Cause & ´!´ %}'}]},
        'B': {'Type': 'Succeed'}
        """, "{}").output()).contains("\"!\"");
  }

  @Test
  void failsChoiceWithoutMatchUncatchably() {
    var execution = workflow.run("""
        'P': {'Type': 'Parallel', 'End': true, 'Catch': [{'ErrorEquals': ['States.ALL'], 'Next': 'B'}], 'Branches': [
          {'StartAt': 'C', 'States': {'C': {'Type': 'Choice', 'Choices': [{'Condition': false, 'Next': 'D'}]},
            'D': {'Type': 'Succeed'}}}]},
        'B': {'Type': 'Succeed'}
        """, "{}");
    assertThat(execution.error()).contains("States.Runtime");
    assertThat(execution.cause().orElseThrow()).endsWith("The state does not point to a next state.");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "null | {}", "'{\\'a\\': 1}' | {'a': 1}", "{'a': null} | {'a':null}", "7 | 7"})
  void sendsNullPayloadAsObjectAndTextUnchanged(String payload, String sent) {
    workflow.function("f", body -> "1");
    workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'arn:aws:states:::lambda:invoke', 'End': true,
          'Arguments': {'FunctionName': 'f', 'Payload': %s}}
        """.formatted(payload), "{}");
    assertThat(workflow.calls.getFirst().payload()).isEqualTo(json(sent));
  }

  @Test
  void startsNestedExecutionWithObjectForNullInput() {
    var child = workflow.deploy("child", Workflow.machine("'C': {'Type': 'Pass', 'End': true}"));
    assertThat(workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'arn:aws:states:::states:startExecution.sync:2', 'End': true,
          'Arguments': {'StateMachineArn': '%s', 'Input': null}, 'Output': '{%% $states.result.Output %%}'}
        """.formatted(child), "{}").output()).contains("{}");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "$range(1,9,9)                           | 1",
      "$range(1,9,4)                           | [1,5,9]",
      "$count([1..873782])                     | 873782",
      "$count($range(1, 499999, 1))            | 499999",
      "$exists($eval) ? 1 : 2                  | 1"})
  void evaluatesLikeTheService(String expression, String value) {
    assertThat(workflow.run("'A': {'Type': 'Pass', 'Output': '{% " + expression + " %}', 'End': true}", "{}").output())
        .contains(json(value));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "$count([1..873783])", "$count($range(1, 500000, 1))", "$eval(´1´)", "$range(3, 1, 1)"})
  void failsLikeTheService(String expression) {
    assertThat(workflow.run("'A': {'Type': 'Pass', 'Output': '{% " + expression + " %}', 'End': true}", "{}").error())
        .contains("States.QueryEvaluationError");
  }

  @ParameterizedTest
  @CsvSource({"199, SUCCEEDED", "200, FAILED"})
  void limitsNumberOfTermsOfSum(int terms, ExecutionStatus status) {
    var sum = "1" + "+1".repeat(terms - 1);
    assertThat(workflow.run("'A': {'Type': 'Pass', 'Output': '{% " + sum + " %}', 'End': true}", "{}").status())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({"2094-01-19T03:14:07Z, SUCCEEDED", "2094-01-19T03:14:08Z, FAILED"})
  void limitsWaitTo32BitNumberOfSeconds(String until, ExecutionStatus status) {
    var execution = workflow.run(
        "'A': {'Type': 'Wait', 'Timestamp': '{% $states.input %}', 'End': true}", "'" + until + "'");
    assertThat(execution.status()).isEqualTo(status);
    if (status == ExecutionStatus.FAILED) {
      assertThat(execution.error()).contains("States.Runtime");
      assertThat(execution.cause().orElseThrow())
          .endsWith("(entered at the event id #2). Wait state delay is too long.");
      assertThat(workflow.types(execution)).doesNotContain("EvaluationFailed");
    }
  }

  @Test
  void endsExecutionAtEvent25000() {
    var execution = workflow.run("""
        'A': {'Type': 'Pass', 'Next': 'B'}, 'B': {'Type': 'Pass', 'Next': 'C'},
        'C': {'Type': 'Choice', 'Choices': [{'Condition': false, 'Next': 'D'}], 'Default': 'A'},
        'D': {'Type': 'Succeed'}
        """, "{}");
    assertThat(execution.error()).contains("States.Runtime");
    assertThat(execution.cause()).contains("The execution reached the maximum number of history events (25000).");
    assertThat(history(execution)).hasSize(25_000);
    assertThat(history(execution).getLast().type()).isEqualTo("ExecutionFailed");
  }

  @Test
  void endsExecutionWhoseBranchesFillHistoryTogether() {
    var loop = "{'StartAt': 'A%1$d', 'States': {'A%1$d': {'Type': 'Pass', 'Next': 'B%1$d'}, "
        + "'B%1$d': {'Type': 'Choice', 'Choices': [{'Condition': false, 'Next': 'C%1$d'}], 'Default': 'A%1$d'}, "
        + "'C%1$d': {'Type': 'Succeed'}}}";
    var execution = workflow.run("'P': {'Type': 'Parallel', 'End': true, 'Branches': ["
        + loop.formatted(1) + ", " + loop.formatted(2) + "]}", "{}");
    assertThat(execution.status()).isEqualTo(ExecutionStatus.FAILED);
    assertThat(history(execution)).hasSize(25_000);
    assertThat(history(execution).getLast().type()).isEqualTo("ExecutionFailed");
  }

  @Test
  void showsRetryCountOnlyInStatesThatCanRetry() {
    workflow.function("f", payload -> payload);
    assertThat(workflow.run("""
        'A': {'Type': 'Pass', 'Output': '{% $exists($states.context.State.RetryCount) %}', 'Next': 'B'},
        'B': {'Type': 'Task', 'Resource': 'fn:f', 'Output': '{% [$states.input, $states.context.State.RetryCount] %}',
          'End': true}
        """, "{}").output()).contains("[false,0]");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "'Type': 'Pass', 'Output': {'v': '{% $missing %}'}, 'End': true                                | Output/v",
      "'Type': 'Pass', 'Output': [1, {'v': '{% $missing %}'}], 'End': true                           | Output[1]/v",
      "'Type': 'Pass', 'Assign': {'x': '{% $missing %}'}, 'End': true                                | Assign/x",
      "'Type': 'Choice', 'Choices': [{'Condition': false, 'Next': 'Z'}, {'Condition': '{% $missing %}', 'Next': 'Z'}]"
          + "| Choices[1]/Condition",
      "'Type': 'Choice', 'Choices': [{'Condition': true, 'Output': '{% $missing %}', 'Next': 'Z'}]| Choices[0]/Output",
      "'Type': 'Parallel', 'Branches': [{'StartAt': 'F', 'States': {'F': {'Type': 'Fail'}}}], 'End': true,"
          + "'Catch': [{'ErrorEquals': ['States.ALL'], 'Assign': {'x': '{% $missing %}'}, 'Next': 'Z'}]"
          + "| Catch[0]/Assign/x"})
  void namesFieldThatCannotBeEvaluated(String state, String location) {
    var execution = workflow.run("'A': {" + state + "}, 'Z': {'Type': 'Succeed'}"
        .replace(", 'Z'", state.contains("'Z'") ? ", 'Z'" : "").replace(": {'Type': 'Succeed'}",
            state.contains("'Z'") ? ": {'Type': 'Succeed'}" : ""), "{}");
    var failed = event(execution, "EvaluationFailed");
    assertThat(failed.details()).containsEntry("location", location).containsEntry("state", "A");
    assertThat(execution.cause()).contains(
        "An error occurred while executing the state 'A' (entered at the event id #2). "
            + "The JSONata expression '$missing' specified for the field '"
            + location + "' returned nothing (undefined).");
  }

  @Test
  void failsMapIfItemsAreNotAnArray() {
    var execution = workflow.run("""
        'A': {'Type': 'Map', 'Items': '{% $states.input %}', 'End': true, 'ItemProcessor': {
          'StartAt': 'B', 'States': {'B': {'Type': 'Succeed'}}}}
        """, "{'a':1}");
    assertThat(workflow.types(execution)).containsExactly(
        "ExecutionStarted", "MapStateEntered", "EvaluationFailed", "MapStateFailed", "ExecutionFailed");
    assertThat(execution.cause().orElseThrow()).endsWith(
        "The JSONata expression '$states.input' specified for the field 'Items' returned an unexpected "
            + "result type. Expected 'array', but was 'object' for value: {\"a\":1}");
  }

  @Test
  void failsMapWithoutItemsIfInputIsNotAnArray() {
    var execution = workflow.run("""
        'A': {'Type': 'Map', 'End': true, 'ItemProcessor': {'StartAt': 'B', 'States': {'B': {'Type': 'Succeed'}}}}
        """, "7");
    assertThat(execution.cause().orElseThrow()).endsWith("Map state input must be an array but was: 7");
    assertThat(event(execution, "EvaluationFailed").details()).doesNotContainKey("location");
  }

  @Test
  void failsRetriedMapOnlyAfterLastAttempt() {
    var execution = workflow.run("""
        'A': {'Type': 'Map', 'Items': [1], 'End': true, 'Retry': [{'ErrorEquals': ['E'], 'MaxAttempts': 1}],
          'ItemProcessor': {'StartAt': 'B', 'States': {'B': {'Type': 'Fail', 'Error': 'E'}}}}
        """, "{}");
    assertThat(workflow.types(execution)).containsExactly("ExecutionStarted", "MapStateEntered",
        "MapStateStarted", "MapIterationStarted", "FailStateEntered", "MapIterationFailed",
        "MapStateStarted", "MapIterationStarted", "FailStateEntered", "MapIterationFailed",
        "MapStateFailed", "ExecutionFailed");
    assertThat(history(execution)).extracting(HistoryEvent::previousId)
        .isEqualTo(List.of(0L, 0L, 2L, 3L, 4L, 5L, 5L, 7L, 8L, 9L, 9L, 11L));
  }

  @Test
  void abortsFailedTaskAndThenOtherIterationsWithTheirTasks() {
    workflow.function("work", payload -> {
      workflow.time.sleep(Duration.ofMinutes(payload.equals("2") ? 1 : 60));
      throw new FunctionError("E", "");
    });
    var execution = workflow.run("""
        'A': {'Type': 'Map', 'Items': [1, 2, 3], 'End': true, 'ItemProcessor': {
          'StartAt': 'B', 'States': {'B': {'Type': 'Task', 'Resource': 'fn:work', 'End': true}}}}
        """, "{}");
    assertThat(workflow.types(execution)).endsWith("LambdaFunctionFailed", "MapIterationFailed", "TaskStateAborted",
        "MapIterationAborted", "TaskStateAborted", "MapIterationAborted", "TaskStateAborted", "MapStateFailed",
        "ExecutionFailed");
    var failed = event(execution, "LambdaFunctionFailed").id();
    assertThat(history(execution).stream()
        .filter(event -> event.id() > failed && !event.type().startsWith("Execution")))
        .extracting(HistoryEvent::previousId).containsOnly(failed);
  }

  @Test
  void abortsTaskThatFailsInBranch() {
    workflow.function("work", payload -> {
      throw new FunctionError("E", "");
    });
    var execution = workflow.run("""
        'A': {'Type': 'Parallel', 'Branches': [{
          'StartAt': 'B', 'States': {'B': {'Type': 'Task', 'Resource': 'fn:work', 'End': true}}}],
          'Catch': [{'ErrorEquals': ['E'], 'Next': 'C'}], 'End': true}, 'C': {'Type': 'Succeed'}
        """, "{}");
    assertThat(workflow.types(execution)).containsSubsequence(
        "LambdaFunctionFailed", "TaskStateAborted", "ParallelStateFailed", "ParallelStateExited");
  }

  @Test
  void writesNoEventForStoppedWait() {
    try (var stage = new Workflow(VirtualTime.standing(Workflow.START))) {
      var arn = stage.deploy("waiting", Workflow.machine("'A': {'Type': 'Wait', 'Seconds': 9, 'End': true}"));
      var execution = stage.stepFunctions.start(arn, "{}");
      stage.time.awaitQuiet();
      stage.stepFunctions.stop(execution.executionArn(), Optional.empty(), Optional.empty());
      var history = stage.stepFunctions.history(execution.executionArn());
      assertThat(history).extracting(HistoryEvent::type)
          .containsExactly("ExecutionStarted", "WaitStateEntered", "ExecutionAborted");
      assertThat(history).extracting(HistoryEvent::previousId).containsExactly(0L, 0L, 0L);
    }
  }

  @Test
  void namesTimeoutInLastEventOfTimedOutMachine() {
    var arn = workflow.deploy("slow", "{'QueryLanguage': 'JSONata', 'TimeoutSeconds': 90, 'StartAt': 'A', 'States': {"
        + "'A': {'Type': 'Wait', 'Seconds': 91, 'End': true}}}");
    var execution = workflow.stepFunctions.await(workflow.stepFunctions.start(arn, "{}").executionArn());
    assertThat(history(execution).getLast().details()).containsEntry("error", "States.Timeout");
    assertThat(execution.error()).isEmpty();
  }
}
