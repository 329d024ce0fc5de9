package no.rapport.stepfunctions;

import static no.rapport.stepfunctions.Workflow.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Tests the rules of the States Language on a virtual clock.
class StatesLanguageTest {

  private final Workflow workflow = new Workflow();

  @AfterEach
  void close() {
    workflow.close();
  }

  private String output(String states, String input) {
    var execution = workflow.run(states, input);
    assertThat(execution.status()).describedAs("%s", execution).isEqualTo(ExecutionStatus.SUCCEEDED);
    return execution.output().orElseThrow();
  }

  private ExecutionDescription failure(String states, String input) {
    var execution = workflow.run(states, input);
    assertThat(execution.status()).describedAs("%s", execution).isEqualTo(ExecutionStatus.FAILED);
    return execution;
  }

  @Test
  void passesInputThroughEmptyState() {
    assertThat(output("'A': {'Type': 'Pass', 'End': true}", "{'a':[1,2.5,null,'x',{}],'b':true}"))
        .isEqualTo(json("{'a':[1,2.5,null,'x',{}],'b':true}"));
  }

  @Test
  void computesOutputFromInput() {
    assertThat(output("'A': {'Type': 'Pass', 'Output': {'sum': '{% $states.input.a + 1 %}', 'text': 'plain'},"
        + " 'End': true}", "{'a':1}")).isEqualTo(json("{'sum':2,'text':'plain'}"));
  }

  @Test
  void distinguishesNullFromUndefined() {
    assertThat(output("'A': {'Type': 'Pass', 'Output': {'given': '{% $states.input.n %}', 'literal': null,"
        + " 'list': '{% $states.input.l ~> $map(function($v) { $v }) %}', 'is': '{% $states.input.n = null %}'},"
        + " 'End': true}", "{'n':null,'l':[1,null]}"))
        .isEqualTo(json("{'given':null,'literal':null,'list':[1,null],'is':true}"));
    var nothing = failure("'A': {'Type': 'Pass', 'Output': '{% $states.input.missing %}', 'End': true}", "{'n':null}");
    assertThat(nothing.error()).contains("States.QueryEvaluationError");
    assertThat(nothing.cause().orElseThrow()).contains("$states.input.missing").contains("returned nothing");
  }

  @Test
  void assignsVariablesFromOldValuesOnly() {
    assertThat(output("""
        'A': {'Type': 'Pass', 'Assign': {'x': 1, 'y': 2}, 'Next': 'B'},
        'B': {'Type': 'Pass', 'Assign': {'x': '{% $y %}', 'y': '{% $x %}'}, 'Output': '{% $x * 10 + $y %}',
          'Next': 'C'},
        'C': {'Type': 'Pass', 'Output': ['{% $states.input %}', '{% $x %}', '{% $y %}'], 'End': true}
        """, "{}")).isEqualTo("[12,2,1]");
  }

  @Test
  void choosesFirstTrueRule() {
    var states = """
        'A': {'Type': 'Choice', 'Output': 'none', 'Assign': {'by': 'default'}, 'Choices': [
          {'Condition': '{% $states.input.n > 10 %}', 'Next': 'Big', 'Output': 'big', 'Assign': {'by': 'first'}},
          {'Condition': '{% $states.input.n > 5 %}', 'Next': 'Big'}], 'Default': 'Small'},
        'Big': {'Type': 'Pass', 'Output': ['big', '{% $states.input %}', '{% $exists($by) ? $by : ´-´ %}'],
          'End': true},
        'Small': {'Type': 'Pass', 'Output': ['small', '{% $states.input %}', '{% $by %}'], 'End': true}
        """;
    assertThat(output(states, "{'n':11}")).isEqualTo(json("['big','big','first']"));
    assertThat(output(states, "{'n':6}")).isEqualTo(json("['big',{'n':6},'-']"));
    assertThat(output(states, "{'n':5}")).isEqualTo(json("['small','none','default']"));
  }

  @Test
  void failsIfNoRuleIsTrueOrConditionIsNotBoolean() {
    assertThat(failure("'A': {'Type': 'Choice', 'Choices': [{'Condition': false, 'Next': 'B'}]}, "
        + "'B': {'Type': 'Succeed'}", "{}").error()).contains("States.Runtime");
    assertThat(failure("'A': {'Type': 'Choice', 'Choices': [{'Condition': '{% 1 %}', 'Next': 'B'}]}, "
        + "'B': {'Type': 'Succeed'}", "{}").error()).contains("States.QueryEvaluationError");
  }

  @Test
  void waitsForSecondsAndUntilTimestamp() {
    var execution = workflow.run("""
        'A': {'Type': 'Wait', 'Seconds': '{% $states.input.s %}', 'Next': 'B'},
        'B': {'Type': 'Wait', 'Timestamp': '2026-01-01T03:00:00+01:00', 'Next': 'C'},
        'C': {'Type': 'Wait', 'Timestamp': '2025-01-01T00:00:00Z', 'End': true}
        """, "{'s':3600}");
    assertThat(execution.stopDate()).contains(Workflow.START.plus(Duration.ofHours(2)));
    assertThat(workflow.types(execution)).containsExactly("ExecutionStarted", "WaitStateEntered", "WaitStateExited",
        "WaitStateEntered", "WaitStateExited", "WaitStateEntered", "WaitStateExited", "ExecutionSucceeded");
  }

  @Test
  void failsWithComputedErrorAndCause() {
    var execution = failure(
        "'A': {'Type': 'Fail', 'Error': 'Export.Failed', 'Cause': '{% ´at row ´ & $states.input.row %}'}",
        "{'row':7}");
    assertThat(execution.error()).contains("Export.Failed");
    assertThat(execution.cause()).contains("at row 7");
  }

  @Test
  void keepsOrderOfItemsForAnyOrderOfEnds() {
    workflow.function("slow", payload -> {
      workflow.time.sleep(Duration.ofSeconds(100 - Integer.parseInt(payload)));
      return payload;
    });
    var items = IntStream.range(0, 100).boxed().toList().toString();
    assertThat(output("""
        'A': {'Type': 'Map', 'Items': '{% $states.input %}', 'End': true, 'ItemProcessor': {
          'StartAt': 'B', 'States': {'B': {'Type': 'Task', 'Resource': 'fn:slow', 'End': true}}}}
        """, items)).isEqualTo(items.replace(" ", ""));
  }

  @Test
  void runsAtMostMaxConcurrencyIterations() {
    workflow.function("second", payload -> {
      workflow.time.sleep(Duration.ofSeconds(1));
      return payload;
    });
    output("""
        'A': {'Type': 'Map', 'Items': '{% [1..10] %}', 'MaxConcurrency': 3, 'End': true, 'ItemProcessor': {
          'StartAt': 'B', 'States': {'B': {'Type': 'Task', 'Resource': 'fn:second', 'End': true}}}}
        """, "{}");
    assertThat(workflow.secondsOf("second")).containsExactly(0d, 0d, 0d, 1d, 1d, 1d, 2d, 2d, 2d, 3d);
  }

  @Test
  void selectsInputOfIterationFromItemAndContext() {
    assertThat(output("""
        'A': {'Type': 'Map', 'Items': '{% $states.input.rows %}', 'End': true,
          'ItemSelector': {'row': '{% $states.context.Map.Item.Value %}', 'at': '{% $states.context.Map.Item.Index %}',
            'job': '{% $states.input.job %}'},
          'ItemProcessor': {'StartAt': 'B', 'States': {'B': {'Type': 'Pass', 'End': true}}}}
        """, "{'job':'j','rows':['a','b']}"))
        .isEqualTo(json("[{'row':'a','at':0,'job':'j'},{'row':'b','at':1,'job':'j'}]"));
  }

  @Test
  void showsInnermostItemToEveryStateOfAnIteration() {
    assertThat(output("""
        'A': {'Type': 'Map', 'Items': ['x', 'y'], 'End': true, 'ItemProcessor': {'StartAt': 'B', 'States': {
          'B': {'Type': 'Map', 'Items': [1], 'Next': 'C',
            'Output': '{% [$states.result, $states.context.Map.Item.Value] %}', 'ItemProcessor': {
            'StartAt': 'D', 'States': {'D': {'Type': 'Pass', 'Output': '{% $states.context.Map.Item.Value %}',
              'End': true}}}},
          'C': {'Type': 'Pass', 'Output': '{% $states.input %}', 'End': true}}}}
        """, "{}")).isEqualTo(json("[[1,'x'],[1,'y']]"));
  }

  @Test
  void mapsEmptyListToEmptyList() {
    assertThat(output("""
        'A': {'Type': 'Map', 'End': true, 'ItemProcessor': {
          'StartAt': 'B', 'States': {'B': {'Type': 'Pass', 'End': true}}}}
        """, "[]")).isEqualTo("[]");
  }

  @Test
  void runsBranchesConcurrentlyAndListsTheirOutputs() {
    var execution = workflow.run("""
        'A': {'Type': 'Parallel', 'Arguments': '{% $states.input.n %}', 'Output': '{% $sum($states.result) %}',
          'End': true, 'Branches': [
            {'StartAt': 'B', 'States': {'B': {'Type': 'Wait', 'Seconds': 60, 'Next': 'B2'},
              'B2': {'Type': 'Pass', 'Output': '{% $states.input + 1 %}', 'End': true}}},
            {'StartAt': 'C', 'States': {'C': {'Type': 'Wait', 'Seconds': 50, 'End': true}}}]}
        """, "{'n':5}");
    assertThat(execution.output()).contains("11");
    assertThat(execution.stopDate()).contains(Workflow.START.plusSeconds(60));
  }

  @Test
  void letsInnerFlowsReadOuterVariablesButNotTheReverse() {
    assertThat(output("""
        'A': {'Type': 'Pass', 'Assign': {'outer': 'o'}, 'Next': 'M'},
        'M': {'Type': 'Map', 'Items': [1, 2], 'Next': 'Z', 'ItemProcessor': {'StartAt': 'B', 'States': {
          'B': {'Type': 'Pass', 'Assign': {'inner': '{% $outer & $states.input %}'}, 'Next': 'C'},
          'C': {'Type': 'Pass', 'Output': '{% $inner %}', 'End': true}}}},
        'Z': {'Type': 'Pass', 'Output': ['{% $states.input %}', '{% $exists($inner) %}'], 'End': true}
        """, "{}")).isEqualTo(json("[['o1','o2'],false]"));
  }

  @Test
  void endsOtherIterationsWhenOneFails() {
    workflow.function("work", payload -> {
      workflow.time.sleep(payload.equals("2") ? Duration.ofMinutes(1) : Duration.ofHours(1));
      if (payload.equals("2")) {
        throw new IllegalStateException("row 2");
      }
      return payload;
    });
    var execution = failure("""
        'A': {'Type': 'Map', 'Items': [1, 2, 3], 'End': true, 'ItemProcessor': {
          'StartAt': 'B', 'States': {'B': {'Type': 'Task', 'Resource': 'fn:work', 'End': true}}}}
        """, "{}");
    assertThat(execution.error()).contains("java.lang.IllegalStateException");
    assertThat(execution.stopDate()).contains(Workflow.START.plusSeconds(60));
    assertThat(workflow.types(execution))
        .contains("MapIterationFailed", "MapStateFailed")
        .endsWith("ExecutionFailed");
    assertThat(workflow.types(execution)).filteredOn("MapIterationAborted"::equals).hasSize(2);
    assertThat(workflow.types(execution)).filteredOn("TaskStateAborted"::equals).hasSize(3);
  }

  @Test
  void toleratesConfiguredNumberOfFailures() {
    workflow.function("odd", payload -> {
      if (Integer.parseInt(payload) % 2 == 0) {
        throw new IllegalStateException("even");
      }
      return payload;
    });
    var map = """
        'A': {'Type': 'Map', 'Items': [1, 2, 3, 4], 'ToleratedFailureCount': %d, 'End': true, 'MaxConcurrency': 1,
          'Output': '{%% $states.result[$type($) = ´number´] %%}', 'ItemProcessor': {
          'StartAt': 'B', 'States': {'B': {'Type': 'Task', 'Resource': 'fn:odd', 'End': true}}}}
        """;
    assertThat(output(map.formatted(2), "{}")).isEqualTo("[1,3]");
    assertThat(failure(map.formatted(1), "{}").error()).contains("States.ExceedToleratedFailureThreshold");
  }

  @Test
  void showsContextObject() {
    var execution = workflow.run("""
        'First': {'Type': 'Pass', 'Output': '{% $states.context %}', 'End': true}
        """, "{'a':1}");
    assertThat(execution.output().orElseThrow()).isEqualTo(json(
        "{'Execution':{'Id':'" + execution.executionArn() + "','Input':{'a':1},'Name':'" + execution.name()
            + "','RoleArn':'" + Workflow.ROLE + "','StartTime':'2026-01-01T00:00:00.000Z','RedriveCount':0},"
            + "'StateMachine':{'Id':'arn:aws:states:eu-north-1:000000000000:stateMachine:test','Name':'test'},"
            + "'State':{'Name':'First','EnteredTime':'2026-01-01T00:00:00.000Z'}}"));
  }

  @Test
  void failsTaskWithResultOverLimit() {
    workflow.function("big", payload -> "\"" + "x".repeat(262_143 - Integer.parseInt(payload)) + "\"");
    var task = """
        'A': {'Type': 'Task', 'Resource': 'fn:big', 'Arguments': %d, 'Output': '{%% $length($states.result) %%}',
          'Next': 'B'},
        'B': {'Type': 'Succeed'}
        """;
    assertThat(output(task.formatted(1), "{}")).isEqualTo("262142");
    var execution = failure(task.formatted(0), "{}");
    assertThat(execution.error()).contains("States.DataLimitExceeded");
    assertThat(workflow.calls).hasSize(2);
  }

  @Test
  void timesOutWholeMachine() {
    var arn = workflow.deploy("slow", "{'QueryLanguage': 'JSONata', 'TimeoutSeconds': 90, 'StartAt': 'A', 'States': {"
        + "'A': {'Type': 'Wait', 'Seconds': 91, 'End': true}}}");
    var execution = workflow.stepFunctions.await(workflow.stepFunctions.start(arn, "{}").executionArn());
    assertThat(execution.status()).isEqualTo(ExecutionStatus.TIMED_OUT);
    assertThat(execution.stopDate()).contains(Workflow.START.plusSeconds(90));
    assertThat(workflow.types(execution)).containsExactly(
        "ExecutionStarted", "WaitStateEntered", "ExecutionTimedOut");
  }

  @Test
  void linksEveryEventToPreviousEventOfItsBranch() {
    workflow.function("f", payload -> payload);
    var execution = workflow.run("""
        'A': {'Type': 'Map', 'Items': [1, 2, 3], 'End': true, 'ItemProcessor': {'StartAt': 'B', 'States': {
          'B': {'Type': 'Task', 'Resource': 'fn:f', 'End': true}}}}
        """, "{}");
    var history = workflow.stepFunctions.history(execution.executionArn());
    assertThat(history).extracting(HistoryEvent::id)
        .isEqualTo(IntStream.rangeClosed(1, history.size()).mapToObj(Long::valueOf).toList());
    assertThat(history).allSatisfy(event -> assertThat(event.previousId()).isLessThan(event.id()));
    var started = history.stream().filter(event -> event.type().equals("MapStateStarted")).findFirst().orElseThrow();
    assertThat(history.stream().filter(event -> event.type().equals("MapIterationStarted")))
        .allSatisfy(event -> assertThat(event.previousId()).isEqualTo(started.id()))
        .extracting(event -> event.details().get("index")).isEqualTo(List.of(0, 1, 2));
    for (var event : history) {
      if (event.type().equals("LambdaFunctionSucceeded")) {
        assertThat(history.get((int) event.previousId() - 1).type()).isEqualTo("LambdaFunctionStarted");
      }
    }
  }
}
