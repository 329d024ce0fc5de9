package no.rapport.stepfunctions;

import static no.rapport.stepfunctions.Workflow.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests `TestState`, which runs one state alone.
class StateTestProtocolTest {

  private final Workflow workflow = new Workflow();

  @AfterEach
  void close() {
    workflow.close();
  }

  private HttpReply call(String operation, Map<String, Object> request) {
    return workflow.stepFunctions.answer("POST", "AWSStepFunctions." + operation,
        JsonValues.write(request).getBytes(StandardCharsets.UTF_8));
  }

  private Map<?, ?> answer(String state, String more) {
    var request = JsonValues.parse(json("{" + more + "}"));
    var fields = new java.util.LinkedHashMap<String, Object>();
    ((Map<?, ?>) request).forEach((key, value) -> fields.put(key.toString(), value));
    fields.put("definition", json("{'QueryLanguage': 'JSONata', " + state + "}"));
    var reply = call("TestState", fields);
    return (Map<?, ?>) JsonValues.parse(new String(reply.body(), StandardCharsets.UTF_8));
  }

  private static final String TASK = "'Type': 'Task', 'Resource': 'arn:aws:states:::lambda:invoke',"
      + " 'Arguments': {'FunctionName': 'f', 'Payload': '{% $states.input.a %}'},"
      + " 'Output': '{% $states.result.Payload %}'";
  private static final String RECOVERY = ", 'Retry': [{'ErrorEquals': ['Slow'], 'MaxAttempts': 2, 'BackoffRate': 3}],"
      + " 'Catch': [{'ErrorEquals': ['Other'], 'Next': 'B'}, {'ErrorEquals': ['States.ALL'],"
      + " 'Output': '{% $states.errorOutput.Error %}', 'Next': 'C'}], 'Next': 'D'";

  @Test
  void callsFunctionOfTaskWithoutMock() {
    workflow.function("f", payload -> "[" + payload + "]");
    assertThat(answer(TASK + ", 'Next': 'B'", "'input': '{\\'a\\': 7}'"))
        .isEqualTo(Map.of("output", "[7]", "nextState", "B", "status", "SUCCEEDED"));
  }

  @Test
  void usesMockedResultInsteadOfCall() {
    assertThat(answer(TASK + ", 'End': true", "'input': '{\\'a\\': 7}', 'inspectionLevel': 'DEBUG',"
        + " 'mock': {'result': '{\\'Payload\\': \\'done\\'}'}")).isEqualTo(JsonValues.parse(json(
        "{'output': '\\'done\\'', 'inspectionData': {'input': '{\\'a\\':7}',"
            + " 'afterArguments': '{\\'FunctionName\\':\\'f\\',\\'Payload\\':7}'}, 'status': 'SUCCEEDED'}")));
    assertThat(workflow.calls).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "Slow  | 0 | RETRIABLE    |                | 'retryIndex': 0, 'retryBackoffIntervalSeconds': 1",
      "Slow  | 1 | RETRIABLE    |                | 'retryIndex': 0, 'retryBackoffIntervalSeconds': 3",
      "Slow  | 2 | CAUGHT_ERROR | 'Slow'         | 'retryIndex': 0, 'catchIndex': 1",
      "Other | 0 | CAUGHT_ERROR | {'Error':'Other','Cause':'why'} | 'catchIndex': 0"})
  void reportsOutcomeOfMockedError(String error, int retries, String status, String output, String details) {
    var answer = answer(TASK + RECOVERY, "'input': '{\\'a\\': 7}', 'inspectionLevel': 'TRACE',"
        + " 'stateConfiguration': {'retrierRetryCount': " + retries + "},"
        + " 'mock': {'errorOutput': {'error': '" + error + "', 'cause': 'why'}}");
    assertThat(answer.get("status")).isEqualTo(status);
    assertThat(answer.get("error")).isEqualTo(error);
    assertThat(answer.get("cause")).isEqualTo("why");
    assertThat(answer.get("output")).isEqualTo(output == null ? null : json(output));
    assertThat(((Map<?, ?>) answer.get("inspectionData")).get("errorDetails"))
        .isEqualTo(JsonValues.parse(json("{" + details + "}")));
  }

  @Test
  void failsIfNoCatcherMatches() {
    assertThat(answer(TASK + ", 'End': true",
        "'input': '{\\'a\\': 7}', 'mock': {'errorOutput': {'error': 'E', 'cause': 'why'}}"))
        .isEqualTo(Map.of("error", "E", "cause", "why", "status", "FAILED"));
  }

  @Test
  void runsStateOfMachineByNameWithVariables() {
    assertThat(answer("""
        'StartAt': 'A', 'States': {'A': {'Type': 'Map', 'Items': [1], 'End': true, 'ItemProcessor': {
          'StartAt': 'B', 'States': {'B': {'Type': 'Choice', 'Default': 'C',
            'Choices': [{'Condition': '{% $x > 1 %}', 'Next': 'D', 'Output': '{% $x %}'}]}}}}}
        """, "'stateName': 'B', 'variables': '{\\'x\\': 2}'"))
        .isEqualTo(Map.of("output", "2", "nextState", "D", "status", "SUCCEEDED"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "'Type': 'Pass', 'Assign': {'x': 1}, 'End': true                  | SUCCEEDED",
      "'Type': 'Succeed'                                                | SUCCEEDED",
      "'Type': 'Wait', 'Seconds': 1000, 'End': true                     | SUCCEEDED",
      "'Type': 'Fail', 'Error': 'E'                                     | FAILED",
      "'Type': 'Choice', 'Choices': [{'Condition': false, 'Next': 'Z'}] | FAILED",
      "'Type': 'Pass', 'Output': '{% $missing %}', 'End': true          | FAILED"})
  void runsEveryTypeOfStateWithoutWaiting(String state, String status) {
    assertThat(answer(state, "'input': '{}'").get("status")).isEqualTo(status);
    assertThat(workflow.time.now()).isEqualTo(Workflow.START);
  }

  @Test
  void runsMapAndParallelWithMockedResult() {
    var map = "'Type': 'Map', 'Items': '{% $states.input %}', 'ItemProcessor': {'StartAt': 'B', 'States': {'B': {"
        + "'Type': 'Succeed'}}}, 'Output': '{% $sum($states.result) %}', 'End': true";
    assertThat(answer(map, "'input': '[1,2]', 'mock': {'result': '[3,4]'}"))
        .isEqualTo(Map.of("output", "7", "status", "SUCCEEDED"));
    assertThat(answer(map, "'input': '5', 'mock': {'result': '[3,4]'}").get("error"))
        .isEqualTo("States.QueryEvaluationError");
    assertThat(answer(map, "'input': '[1,2]', 'mock': {'result': '3'}").get("message"))
        .isEqualTo("Mocked result must be an array.");
    assertThat(answer(map, "'input': '[1,2]'").get("__type")).isEqualTo("InvalidDefinition");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "'mock': {'result': 'no JSON'}                                           | valid JSON",
      "'mock': {'result': '1', 'errorOutput': {'error': 'E'}}                  | only one",
      "'mock': {}                                                              | only one",
      "'mock': {'result': '1'}, 'revealSecrets': true                          | RevealSecrets",
      "'context': '{}'                                                         | context",
      "'stateConfiguration': {'mapIterationFailureCount': 1}                   | mapIterationFailureCount",
      "'stateName': 'X'                                                        | not found",
      "'variables': '[]'                                                       | Variables"})
  void rejectsUnsupportedFeaturesByName(String more, String named) {
    var answer = answer(TASK + ", 'End': true", "'input': '{\\'a\\': 1}', " + more);
    assertThat(answer.get("__type")).isEqualTo("ValidationException");
    assertThat(answer.get("message").toString()).contains(named);
  }

  @Test
  void rejectsMockOfStateWithoutCall() {
    assertThat(answer("'Type': 'Succeed'", "'input': '{}', 'mock': {'result': '1'}").get("message"))
        .isEqualTo("State type 'Succeed' is not supported when a mock is specified");
  }

  @ParameterizedTest
  @ValueSource(strings = {"DescribeMapRun", "ListMapRuns", "UpdateMapRun", "RedriveExecution", "StartSyncExecution",
      "SendTaskSuccess", "CreateActivity", "CreateStateMachineAlias", "PublishStateMachineVersion", "TagResource"})
  void rejectsOtherOperationsByName(String operation) {
    var reply = call(operation, Map.of());
    assertThat(reply.status()).isEqualTo(400);
    assertThat(new String(reply.body(), StandardCharsets.UTF_8))
        .contains("UnknownOperationException", operation, "is not supported by this engine: it has no");
  }
}
