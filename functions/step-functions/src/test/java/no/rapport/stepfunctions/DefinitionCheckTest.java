package no.rapport.stepfunctions;

import static no.rapport.stepfunctions.Workflow.json;
import static no.rapport.stepfunctions.Workflow.machine;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests which definitions are rejected when they are read.
class DefinitionCheckTest {

  private static java.util.List<String> problems(String states) {
    return DefinitionReader.problems(json(machine(states)));
  }

  private static String pass(String expression) {
    return "'A': {'Type': 'Pass', 'Output': '{% " + expression + " %}', 'End': true}";
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "$states.input.a = b", "b", "`b c`", "[b]", "{´k´: b}", "$f(b)", "function($x) { b }", "$a and b", "b.c",
      "$states.input.a + b.c", "($x := b; $x)", "$map($a, function($v) { $v = b })", "$a ? b : 1", "-b", "$a in b"})
  void rejectsNameOutsideOfAnyValue(String expression) {
    assertThat(problems(pass(expression))).singleElement().asString().contains("the name").contains("/States/A/Output");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "$states.input.a = ´b´", "$states.input.and.or.in", "$states.input.a[b = 1].c", "$states.input.a.(b + c)",
      "$states.input.a.{´k´: b}", "$states.input.a{b: c}", "$states.input.a^(>b, c)", "$states.input.a.[b, c]",
      "$states.input.a.function($x) { b }", "$states.input.`b c`", "$states.input ~> |a|{´b´: c, ´d´: e}|",
      "$states.input ~> |a|{´b´: c}, [´d´]|", "$states.input.a#$i.b", "$states.input.a@$v.($v.b)",
      "$map($a, function($v) { $v.b })", "true and null or false in [true]", "$replace($a, /b(c)/, ´d´)",
      "$states.input.a /* b */", "$states.input.a[][b > c][0]", "$states.input.**.b", "*", "$states.input.a.%.b",
      "λ($a, $b)<ss?:s>{ $a & $b }(´x´)", "function($a)<a<s>s?:s>{ $a }(´x´)", "$a < $b ? 1 : 2",
      "$states.input.a.($b < 3 and c > 4)", "1 * 2 % 3", "$sum($states.input.a.(b * c))",
      "$states.input.a[$states.input.b]", "´a?:b??c´", "[1..3].($ * 2)", "$states.input.a ~> $map(?, $b)"})
  void acceptsNameThatIsMemberOfAValue(String expression) {
    assertThat(problems(pass(expression))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "$$                          | $$",
      "$$.a                        | $$",
      "$a ?: 1                     | the operator ?:",
      "$a ?? 1                     | the operator ??",
      "$states.result              | $states.result",
      "$states.errorOutput.Error   | $states.errorOutput",
      "$formatNumber(1, ´0´)       | $formatNumber",
      "$parseInteger(´1´, ´0´)     | $parseInteger",
      "1 /*                        | does not parse",
      "1 +                         | does not parse"})
  void rejectsUnsupportedExpressionsByName(String expression, String named) {
    assertThat(problems(pass(expression))).singleElement().asString().contains(named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10 %}", "{% 10", "{%}"})
  void rejectsExpressionWithOnlyOneDelimiter(String text) {
    assertThat(problems("'A': {'Type': 'Pass', 'Output': '" + text + "', 'End': true}")).singleElement().asString()
        .contains("{%").contains("/States/A/Output");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "'Output': '{% $states.result %}', 'End': true                                                              | 0",
      "'Assign': {'x': '{% $states.result %}'}, 'End': true                                                       | 0",
      "'Arguments': '{% $states.result %}', 'End': true                                                           | 1",
      "'Output': '{% $states.errorOutput %}', 'End': true                                                         | 1",
      "'End': true, 'Catch': [{'ErrorEquals': ['E'], 'Next': 'Z', 'Output': '{% $states.errorOutput %}'}]         | 0",
      "'End': true, 'Catch': [{'ErrorEquals': ['E'], 'Next': 'Z', 'Assign': {'x': '{% $states.errorOutput %}'}}]  | 0",
      "'End': true, 'Catch': [{'ErrorEquals': ['E'], 'Next': 'Z', 'Output': '{% $states.result %}'}]              | 1"})
  void allowsResultAndErrorOutputOnlyWhereTheyExist(String fields, int problems) {
    assertThat(problems("'A': {'Type': 'Task', 'Resource': 'fn:f', " + fields + "}"
        + (fields.contains("'Z'") ? ", 'Z': {'Type': 'Succeed'}" : ""))).hasSize(problems);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "'A': {'Type': 'Pass', 'Next': 'B'}, 'B': {'Type': 'Pass', 'Next': 'A'}                                    | 1",
      "'A': {'Type': 'Pass', 'Next': 'B'}, 'B': {'Type': 'Wait', 'Seconds': 1, 'End': true}                      | 0",
      "'A': {'Type': 'Pass', 'Next': 'B'}, 'B': {'Type': 'Fail'}                                                 | 0",
      "'A': {'Type': 'Choice', 'Choices': [{'Condition': true, 'Next': 'A'}]}                                    | 1"})
  void rejectsFlowWithoutEndState(String states, int problems) {
    assertThat(problems(states)).hasSize(problems).allMatch(problem -> problem.startsWith("MISSING_END_STATE"));
  }

  private static String parallel(String fields, String branchAssigns) {
    return "'P': {'Type': 'Parallel', " + fields + " 'End': true, 'Branches': [{'StartAt': 'B', 'States': {'B': "
        + "{'Type': 'Pass', 'Assign': {'" + branchAssigns + "': 1}, 'End': true}}}],"
        + " 'Catch': [{'ErrorEquals': ['States.ALL'], 'Assign': {'x': 1}, 'Next': 'Z'}]},"
        + " 'Z': {'Type': 'Pass', 'Assign': {'y': 1}, 'End': true}";
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "x |                    | 0",
      "y |                    | 1",
      "x | 'Assign': {'x': 1} | 1",
      "z |                    | 0"})
  void allowsBranchToAssignVariablesOfItsStatesCatcher(String name, String fields, int problems) {
    assertThat(problems(parallel(fields == null ? "" : fields + ",", name))).hasSize(problems);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "100, 0", "101, 1", "-1, 1"})
  void acceptsPercentagesFrom0To100(int percentage, int problems) {
    assertThat(problems("'A': {'Type': 'Map', 'ToleratedFailurePercentage': " + percentage + ", 'End': true, "
        + "'ItemProcessor': {'StartAt': 'B', 'States': {'B': {'Type': 'Succeed'}}}}")).hasSize(problems);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-01-31 12:00:00Z", "2026-01-31T12:00:00", "2026-13-31T12:00:00Z", "2026-01-31"})
  void rejectsInvalidTimestampInTheServicesWords(String timestamp) {
    assertThat(problems("'A': {'Type': 'Wait', 'Timestamp': '" + timestamp + "', 'End': true}")).containsExactly(
        "SCHEMA_VALIDATION_FAILED: String does not match RFC3339 timestamp at /States/A/Timestamp");
  }
}
