package no.rapport.stepfunctions;

import static no.rapport.stepfunctions.Workflow.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests behaviour that the service's developer guide documents and no other test covers.
class DocumentedBehaviorTest {

  private final Workflow workflow = new Workflow();

  @AfterEach
  void close() {
    workflow.close();
  }

  private String output(String states, String input) {
    return workflow.run(states, input).output().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "$partition([1..9], 4)                             | [[1,2,3,4],[5,6,7,8],[9]]",
      "$range(1, 9, 2)                                   | [1,3,5,7,9]",
      "$hash(´input data´, ´SHA-1´)                      | 'aaff4a450a104cd177d28d18d74485e8cae074b7'",
      "$parse(´{\\'a\\': [1, null]}´)                    | {'a':[1,null]}",
      "$random(7) = $random(7)                           | true",
      "$match($uuid(), /^.{14}4/)[0].index               | 0"})
  void evaluatesTheServicesOwnFunctions(String expression, String value) {
    assertThat(output("'A': {'Type': 'Pass', 'Output': '{% " + expression + " %}', 'End': true}", "{}"))
        .isEqualTo(json(value));
  }

  @Test
  void assignsAllVariablesOfAStateFromPreviousValues() {
    assertThat(output("""
        'A': {'Type': 'Pass', 'Assign': {'x': 3, 'y': 6}, 'Next': 'B'},
        'B': {'Type': 'Pass', 'Assign': {'x': '{% $y %}', 'y': '{% $x %}'}, 'Output': '{% $x %}', 'Next': 'C'},
        'C': {'Type': 'Pass', 'Output': '{% [$states.input, $x, $y] %}', 'End': true}
        """, "{}")).isEqualTo("[3,6,3]");
  }

  @Test
  void usesAssignAndOutputOfChosenRuleOrElseOfChoice() {
    var choice = """
        'A': {'Type': 'Choice', 'Assign': {'x': 'state'}, 'Output': 'state', 'Default': 'B', 'Choices': [
          {'Condition': '{% $states.input = 1 %}', 'Assign': {'x': 'rule'}, 'Output': 'rule', 'Next': 'B'}]},
        'B': {'Type': 'Pass', 'Output': '{% [$states.input, $x] %}', 'End': true}
        """;
    assertThat(output(choice, "1")).isEqualTo("[\"rule\",\"rule\"]");
    assertThat(output(choice, "2")).isEqualTo("[\"state\",\"state\"]");
  }

  @Test
  void isolatesVariablesOfAnIteration() {
    assertThat(output("""
        'A': {'Type': 'Pass', 'Assign': {'factor': 10}, 'Next': 'M'},
        'M': {'Type': 'Map', 'Items': [1, 2], 'Next': 'Z',
          'ItemSelector': '{% $states.context.Map.Item.Value + $states.context.Map.Item.Index %}',
          'ItemProcessor': {'StartAt': 'B', 'States': {
            'B': {'Type': 'Pass', 'Assign': {'own': '{% $states.input * $factor %}'}, 'Next': 'C'},
            'C': {'Type': 'Pass', 'Output': '{% $own %}', 'End': true}}}},
        'Z': {'Type': 'Pass', 'Output': '{% [$states.input, $exists($own)] %}', 'End': true}
        """, "{}")).isEqualTo("[10,30,false]");
  }

  @Test
  void capsDelayBetweenRetries() {
    workflow.function("f", payload -> {
      throw new FunctionError("E", "");
    });
    workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'fn:f', 'End': true, 'Retry': [{'ErrorEquals': ['E'], 'IntervalSeconds': 3,
          'MaxAttempts': 4, 'BackoffRate': 2, 'MaxDelaySeconds': 10}]}
        """, "{}");
    assertThat(workflow.secondsOf("f")).containsExactly(0d, 3d, 9d, 19d, 29d);
  }

  @Test
  void computesErrorAndCauseOfFail() {
    var execution = workflow.run(
        "'A': {'Type': 'Fail', 'Error': '{% $states.input.e %}', 'Cause': '{% ´No ´ & $states.input.c %}'}",
        "{'e':'E','c':1}");
    assertThat(execution.error()).contains("E");
    assertThat(execution.cause()).contains("No 1");
  }

  @Test
  void passesArgumentsOfParallelToEveryBranch() {
    assertThat(output("""
        'P': {'Type': 'Parallel', 'Arguments': {'a': '{% $states.input + 1 %}'}, 'End': true, 'Branches': [
          {'StartAt': 'B', 'States': {'B': {'Type': 'Pass', 'End': true}}},
          {'StartAt': 'C', 'States': {'C': {'Type': 'Pass', 'Output': '{% $states.input.a %}', 'End': true}}}]}
        """, "1")).isEqualTo(json("[{'a':2},2]"));
  }
}
