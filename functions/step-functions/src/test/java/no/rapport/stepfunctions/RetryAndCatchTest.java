package no.rapport.stepfunctions;

import static no.rapport.stepfunctions.Workflow.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests retries and catchers: how often and when a failed state is retried, and which catcher handles the error.
class RetryAndCatchTest {

  private final Workflow workflow = new Workflow();

  @AfterEach
  void close() {
    workflow.close();
  }

  private ExecutionDescription retrying(String retry) {
    workflow.function("broken", payload -> {
      throw new FunctionError("Broken", "always");
    });
    return workflow.run(
        "'A': {'Type': 'Task', 'Resource': 'fn:broken', 'End': true, 'Retry': [" + retry + "]}", "{}");
  }

  @Test
  void retriesThreeTimesAfterOneTwoAndFourSecondsByDefault() {
    var execution = retrying("{'ErrorEquals': ['Broken']}");
    assertThat(execution.status()).isEqualTo(ExecutionStatus.FAILED);
    assertThat(execution.error()).contains("Broken");
    assertThat(workflow.secondsOf("broken")).containsExactly(0d, 1d, 3d, 7d);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "'IntervalSeconds': 3, 'BackoffRate': 1, 'MaxAttempts': 2                          | 0 3 6",
      "'IntervalSeconds': 2, 'BackoffRate': 3, 'MaxAttempts': 3                          | 0 2 8 26",
      "'IntervalSeconds': 1, 'BackoffRate': 1.5, 'MaxAttempts': 3                        | 0 1 2.5 4.75",
      "'IntervalSeconds': 10, 'BackoffRate': 2, 'MaxAttempts': 4, 'MaxDelaySeconds': 25  | 0 10 30 55 80",
      "'MaxAttempts': 0                                                                  | 0"})
  void waitsForExactDelayOfRetrier(String settings, String expected) {
    retrying("{'ErrorEquals': ['States.ALL'], " + settings + "}");
    assertThat(workflow.secondsOf("broken"))
        .containsExactly(Arrays.stream(expected.split(" ")).map(Double::valueOf).toArray(Double[]::new));
  }

  @Test
  void drawsEachDelayBetweenZeroAndFullDelayWithJitter() {
    retrying("{'ErrorEquals': ['States.ALL'], 'IntervalSeconds': 8, 'BackoffRate': 2, 'MaxDelaySeconds': 20,"
        + " 'MaxAttempts': 200, 'JitterStrategy': 'FULL'}");
    var at = workflow.secondsOf("broken");
    assertThat(at).hasSize(201);
    assertThat(at.get(1) - at.get(0)).isBetween(0d, 8d);
    assertThat(at.get(2) - at.get(1)).isBetween(0d, 16d);
    var sum = 0d;
    for (var i = 3; i < at.size(); i++) {
      assertThat(at.get(i) - at.get(i - 1)).isBetween(0d, 20.001);
      sum += at.get(i) - at.get(i - 1);
    }
    assertThat(sum / 198).isCloseTo(10, within(2d));
  }

  @Test
  void countsAttemptsOfEachRetrierSeparately() {
    var calls = new AtomicInteger();
    workflow.function("moody", payload -> {
      throw new FunctionError(calls.getAndIncrement() % 2 == 0 ? "Throttled" : "Locked", "");
    });
    workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'fn:moody', 'End': true, 'Retry': [
          {'ErrorEquals': ['Throttled'], 'IntervalSeconds': 1, 'BackoffRate': 1, 'MaxAttempts': 2},
          {'ErrorEquals': ['Locked', 'Other'], 'IntervalSeconds': 10, 'BackoffRate': 1, 'MaxAttempts': 2}]}
        """, "{}");
    assertThat(workflow.secondsOf("moody")).containsExactly(0d, 1d, 11d, 12d, 22d);
  }

  @Test
  void showsRetryCountInContextAndEndsAtFirstSuccess() {
    workflow.function("third", payload -> {
      if (!payload.equals("2")) {
        throw new IllegalStateException("not yet");
      }
      return "\"done\"";
    });
    var execution = workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'fn:third', 'Arguments': '{% $states.context.State.RetryCount %}',
          'Retry': [{'ErrorEquals': ['java.lang.IllegalStateException']}], 'End': true}
        """, "{}");
    assertThat(execution.output()).contains("\"done\"");
    assertThat(workflow.types(execution)).containsExactly("ExecutionStarted", "TaskStateEntered",
        "LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionFailed",
        "LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionFailed",
        "LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded",
        "TaskStateExited", "ExecutionSucceeded");
  }

  @Test
  void reportsJavaExceptionByClassNameWithCause() {
    workflow.function("broken", payload -> {
      throw new IllegalArgumentException("no such period");
    });
    var execution = workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'arn:aws:states:::lambda:invoke', 'End': true,
          'Arguments': {'FunctionName': 'broken', 'Payload': {'a': 1}}}
        """, "{}");
    assertThat(execution.error()).contains("java.lang.IllegalArgumentException");
    var cause = (Map<?, ?>) JsonValues.parse(execution.cause().orElseThrow());
    assertThat(cause.get("errorMessage")).isEqualTo("no such period");
    assertThat(cause.get("errorType")).isEqualTo("java.lang.IllegalArgumentException");
    assertThat((List<?>) cause.get("stackTrace")).isNotEmpty();
    assertThat(workflow.calls.getFirst().payload()).isEqualTo("{\"a\":1}");
  }

  @Test
  void catchesWithFirstMatchingCatcherAfterRetries() {
    workflow.function("broken", payload -> {
      throw new FunctionError("Broken", "why");
    });
    var execution = workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'fn:broken', 'End': true,
          'Retry': [{'ErrorEquals': ['Broken'], 'MaxAttempts': 1}],
          'Catch': [
            {'ErrorEquals': ['Other'], 'Next': 'Wrong'},
            {'ErrorEquals': ['Broken'], 'Next': 'Right', 'Assign': {'error': '{% $states.errorOutput %}'},
              'Output': {'was': '{% $states.input %}', 'error': '{% $states.errorOutput.Error %}'}},
            {'ErrorEquals': ['States.ALL'], 'Next': 'Wrong'}]},
        'Wrong': {'Type': 'Fail'},
        'Right': {'Type': 'Pass', 'Output': ['{% $states.input %}', '{% $error %}'], 'End': true}
        """, "{'job':'j'}");
    assertThat(execution.output()).contains(json(
        "[{'was':{'job':'j'},'error':'Broken'},{'Error':'Broken','Cause':'why'}]"));
    assertThat(workflow.calls).hasSize(2);
  }

  @Test
  void outputsErrorIfCatcherHasNoOutput() {
    workflow.function("broken", payload -> {
      throw new FunctionError("Broken", "why");
    });
    assertThat(workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'fn:broken', 'End': true,
          'Catch': [{'ErrorEquals': ['States.TaskFailed'], 'Next': 'B'}]},
        'B': {'Type': 'Succeed'}
        """, "{}").output()).contains(json("{'Error':'Broken','Cause':'why'}"));
  }

  @ParameterizedTest
  @CsvSource({
      "Broken, States.ALL, true", "Broken, States.TaskFailed, true", "Broken, Brok, false",
      "States.Timeout, States.ALL, true", "States.Timeout, States.TaskFailed, false",
      "States.QueryEvaluationError, States.ALL, true",
      "States.DataLimitExceeded, States.ALL, false", "States.DataLimitExceeded, States.TaskFailed, false",
      "States.DataLimitExceeded, States.DataLimitExceeded, true",
      "States.Runtime, States.ALL, false", "States.Runtime, States.TaskFailed, false"})
  void matchesErrorsByWildcard(String error, String errorEquals, boolean taken) {
    assertThat(new WorkflowFailure(error, "").is(errorEquals)).isEqualTo(taken);
  }

  @Test
  void timesOutTaskAndDiscardsItsResult() {
    workflow.function("slow", payload -> {
      workflow.time.sleep(Duration.ofSeconds(31));
      return "1";
    });
    var execution = workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'fn:slow', 'TimeoutSeconds': 30, 'End': true, 'Retry': [
          {'ErrorEquals': ['States.Timeout'], 'MaxAttempts': 1, 'IntervalSeconds': 5}]}
        """, "{}");
    assertThat(execution.status()).isEqualTo(ExecutionStatus.FAILED);
    assertThat(execution.error()).contains("States.Timeout");
    assertThat(workflow.secondsOf("slow")).containsExactly(0d, 35d);
    assertThat(execution.stopDate()).contains(Workflow.START.plusSeconds(65));
    assertThat(workflow.types(execution)).filteredOn("LambdaFunctionTimedOut"::equals).hasSize(2);
  }

  @Test
  void completesTaskBeforeItsTimeout() {
    workflow.function("quick", payload -> {
      workflow.time.sleep(Duration.ofSeconds(29));
      return "1";
    });
    assertThat(workflow.run(
        "'A': {'Type': 'Task', 'Resource': 'fn:quick', 'TimeoutSeconds': '{% $states.input %}', 'End': true}", "30")
        .output()).contains("1");
  }

  @Test
  void namesLambdaTimeoutLikeTheService() {
    workflow.function("slow", payload -> {
      throw FunctionError.timedOut(Duration.ofSeconds(3));
    });
    var execution = workflow.run("'A': {'Type': 'Task', 'Resource': 'fn:slow', 'End': true}", "{}");
    assertThat(execution.error()).contains("Sandbox.Timedout");
    assertThat(execution.cause().orElseThrow()).contains("Task timed out after 3.00 seconds");
  }

  @Test
  void retriesAndCatchesWholeMap() {
    var calls = new AtomicInteger();
    workflow.function("f", payload -> {
      if (calls.incrementAndGet() < 3) {
        throw new FunctionError("Broken", "");
      }
      return payload;
    });
    var execution = workflow.run("""
        'A': {'Type': 'Map', 'Items': [1, 2], 'MaxConcurrency': 1, 'End': true,
          'Retry': [{'ErrorEquals': ['Broken'], 'MaxAttempts': 2, 'IntervalSeconds': 60}],
          'ItemProcessor': {'StartAt': 'B', 'States': {'B': {'Type': 'Task', 'Resource': 'fn:f', 'End': true}}}}
        """, "{}");
    assertThat(execution.output()).contains("[1,2]");
    assertThat(workflow.secondsOf("f")).containsExactly(0d, 60d, 180d, 180d);
    assertThat(workflow.types(execution)).doesNotContain("MapStateFailed")
        .filteredOn("MapStateStarted"::equals).hasSize(3);
  }

  @Test
  void catchesFailedBranchAndFailedExpression() {
    assertThat(workflow.run("""
        'A': {'Type': 'Parallel', 'End': true, 'Branches': [
            {'StartAt': 'B', 'States': {'B': {'Type': 'Fail', 'Error': 'E', 'Cause': 'c'}}},
            {'StartAt': 'C', 'States': {'C': {'Type': 'Wait', 'Seconds': 100, 'End': true}}}],
          'Catch': [{'ErrorEquals': ['E'], 'Next': 'D'}]},
        'D': {'Type': 'Pass', 'End': true}
        """, "{}").output()).contains(json("{'Error':'E','Cause':'c'}"));
    workflow.function("f", payload -> "{}");
    assertThat(workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'fn:f', 'Output': '{% $states.result.missing %}', 'End': true,
          'Catch': [{'ErrorEquals': ['States.QueryEvaluationError'], 'Output': 'caught', 'Next': 'D'}]},
        'D': {'Type': 'Pass', 'End': true}
        """, "{}").output()).contains("\"caught\"");
  }
}
