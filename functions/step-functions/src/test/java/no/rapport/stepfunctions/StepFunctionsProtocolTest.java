package no.rapport.stepfunctions;

import static no.rapport.stepfunctions.Workflow.json;
import static no.rapport.stepfunctions.Workflow.machine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionListItem;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;
import software.amazon.awssdk.services.sfn.model.HistoryEventType;
import software.amazon.awssdk.services.sfn.model.InvalidDefinitionException;
import software.amazon.awssdk.services.sfn.model.InvalidNameException;
import software.amazon.awssdk.services.sfn.model.InvalidTokenException;
import software.amazon.awssdk.services.sfn.model.SfnException;
import software.amazon.awssdk.services.sfn.model.StateMachineAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.StateMachineDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ValidateStateMachineDefinitionResultCode;

/// Tests the protocol through the AWS SDK and the `aws` command.
class StepFunctionsProtocolTest {

  private static final String EVERYTHING = machine("""
      'Plan': {'Type': 'Task', 'Resource': 'arn:aws:states:::lambda:invoke', 'TimeoutSeconds': 30,
        'Arguments': {'FunctionName': 'plan', 'Payload': '{% $states.input %}'},
        'Assign': {'planned': '{% $states.result.Payload %}'}, 'Output': '{% $states.result.Payload %}',
        'Next': 'Any'},
      'Any': {'Type': 'Choice', 'Choices': [{'Condition': '{% $count($planned) > 0 %}', 'Next': 'Parts'}],
        'Default': 'Parts'},
      'Parts': {'Type': 'Map', 'Next': 'Pause', 'ItemProcessor': {'StartAt': 'Part', 'States': {
        'Part': {'Type': 'Task', 'Resource': 'fn:part', 'End': true,
          'Retry': [{'ErrorEquals': ['java.lang.IllegalStateException']}]}}}},
      'Pause': {'Type': 'Wait', 'Seconds': 3, 'Next': 'Both'},
      'Both': {'Type': 'Parallel', 'Next': 'Done', 'Branches': [
        {'StartAt': 'One', 'States': {'One': {'Type': 'Pass', 'End': true}}},
        {'StartAt': 'Two', 'States': {'Two': {'Type': 'Pass', 'End': true}}}]},
      'Done': {'Type': 'Succeed', 'Output': '{% $planned %}'}
      """);

  private final Workflow workflow = new Workflow();
  private final SfnClient client = workflow.stepFunctions.client();

  @AfterEach
  void close() {
    client.close();
    workflow.close();
  }

  private String deploy() {
    var failed = new AtomicBoolean();
    workflow.function("plan", payload -> "[1,2]");
    workflow.function("part", payload -> {
      if (failed.compareAndSet(false, true)) {
        throw new IllegalStateException("first");
      }
      return payload;
    });
    return client.createStateMachine(request -> request.name("everything").definition(json(EVERYTHING))
        .roleArn(Workflow.ROLE)).stateMachineArn();
  }

  private String run(String machine, String name) {
    var arn = client.startExecution(request -> request.stateMachineArn(machine).name(name).input("{\"a\":1}"))
        .executionArn();
    workflow.stepFunctions.await(arn);
    return arn;
  }

  @Test
  void returnsExecutionAndWholeHistoryToSdk() {
    var arn = run(deploy(), "job-1");
    var execution = client.describeExecution(request -> request.executionArn(arn));
    assertThat(execution.status()).describedAs("%s", execution).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(execution.output()).isEqualTo("[1,2]");
    assertThat(execution.input()).isEqualTo("{\"a\":1}");
    assertThat(execution.startDate()).isEqualTo(Workflow.START);
    assertThat(execution.stopDate()).isEqualTo(Workflow.START.plusSeconds(4));

    var events = client.getExecutionHistory(request -> request.executionArn(arn)).events();
    assertThat(events).extracting(HistoryEvent::type).doesNotContain(HistoryEventType.UNKNOWN_TO_SDK_VERSION)
        .contains(HistoryEventType.EXECUTION_STARTED, HistoryEventType.TASK_STATE_ENTERED,
            HistoryEventType.TASK_SCHEDULED, HistoryEventType.TASK_STARTED, HistoryEventType.TASK_SUCCEEDED,
            HistoryEventType.CHOICE_STATE_ENTERED, HistoryEventType.MAP_STATE_STARTED,
            HistoryEventType.MAP_ITERATION_STARTED, HistoryEventType.LAMBDA_FUNCTION_FAILED,
            HistoryEventType.MAP_ITERATION_SUCCEEDED, HistoryEventType.WAIT_STATE_EXITED,
            HistoryEventType.PARALLEL_STATE_SUCCEEDED, HistoryEventType.SUCCEED_STATE_EXITED)
        .endsWith(HistoryEventType.EXECUTION_SUCCEEDED);
    for (var event : events) {
      switch (event.type()) {
        case EXECUTION_STARTED -> assertThat(event.executionStartedEventDetails().roleArn()).isEqualTo(Workflow.ROLE);
        case TASK_STATE_ENTERED -> assertThat(event.stateEnteredEventDetails().input()).isNotNull();
        case TASK_SCHEDULED -> {
          assertThat(event.taskScheduledEventDetails().resourceType()).isEqualTo("lambda");
          assertThat(event.taskScheduledEventDetails().resource()).isEqualTo("invoke");
          assertThat(event.taskScheduledEventDetails().timeoutInSeconds()).isEqualTo(30);
          assertThat(event.taskScheduledEventDetails().parameters()).contains("FunctionName");
        }
        case TASK_SUCCEEDED -> assertThat(event.taskSucceededEventDetails().output()).contains("Payload");
        case LAMBDA_FUNCTION_FAILED -> assertThat(event.lambdaFunctionFailedEventDetails().error())
            .isEqualTo("java.lang.IllegalStateException");
        case MAP_STATE_STARTED -> assertThat(event.mapStateStartedEventDetails().length()).isEqualTo(2);
        case MAP_ITERATION_STARTED -> assertThat(event.mapIterationStartedEventDetails().name()).isEqualTo("Parts");
        case TASK_STATE_EXITED -> assertThat(event.stateExitedEventDetails().output()).isNotNull();
        case EXECUTION_SUCCEEDED -> assertThat(event.executionSucceededEventDetails().output()).isEqualTo("[1,2]");
        default -> assertThat(event.timestamp()).isNotNull();
      }
    }
    var exited = events.stream().filter(event -> event.type() == HistoryEventType.TASK_STATE_EXITED).findFirst();
    assertThat(exited.orElseThrow().stateExitedEventDetails().assignedVariables()).containsEntry("planned", "[1,2]");
  }

  @Test
  void pagesHistoryInBothDirectionsAndOmitsDataOnRequest() {
    var arn = run(deploy(), "job-1");
    var all = client.getExecutionHistory(request -> request.executionArn(arn)).events();
    var paged = client
        .getExecutionHistoryPaginator(request -> request.executionArn(arn).maxResults(7).reverseOrder(true))
        .events().stream().toList();
    assertThat(paged).isEqualTo(all.reversed());
    var bare = client.getExecutionHistory(request -> request.executionArn(arn).includeExecutionData(false)).events();
    assertThat(bare).hasSameSizeAs(all);
    for (var event : bare) {
      switch (event.type()) {
        case EXECUTION_STARTED -> assertThat(event.executionStartedEventDetails().input()).isNull();
        case TASK_STATE_ENTERED -> {
          assertThat(event.stateEnteredEventDetails().name()).isNotNull();
          assertThat(event.stateEnteredEventDetails().input()).isNull();
        }
        case TASK_SCHEDULED -> assertThat(event.taskScheduledEventDetails().parameters()).isNull();
        case TASK_STATE_EXITED -> {
          assertThat(event.stateExitedEventDetails().output()).isNull();
          assertThat(event.stateExitedEventDetails().hasAssignedVariables()).isFalse();
        }
        default -> assertThat(event.id()).isPositive();
      }
    }
  }

  @Test
  void listsExecutionsNewestFirstByPageAndStatus() {
    var machine = deploy();
    for (var i = 0; i < 5; i++) {
      run(machine, "job-" + i);
    }
    assertThat(client.listExecutionsPaginator(request -> request.stateMachineArn(machine).maxResults(2)).executions())
        .extracting(ExecutionListItem::name).containsExactly("job-4", "job-3", "job-2", "job-1", "job-0");
    var page = client.listExecutions(request -> request.stateMachineArn(machine).maxResults(5));
    assertThat(page.nextToken()).isNull();
    assertThat(client.listExecutions(request -> request.stateMachineArn(machine).statusFilter(ExecutionStatus.RUNNING))
        .executions()).isEmpty();
    assertThat(client.listExecutions(request -> request.stateMachineArn(machine).statusFilter("SUCCEEDED"))
        .executions()).hasSize(5);
    assertThatExceptionOfType(InvalidTokenException.class)
        .isThrownBy(() -> client.listExecutions(request -> request.stateMachineArn(machine).nextToken("x")));
  }

  @Test
  void createsUpdatesListsAndDeletesStateMachinesLikeTheService() {
    var arn = deploy();
    assertThat(deploy()).isEqualTo(arn);
    assertThatExceptionOfType(StateMachineAlreadyExistsException.class).isThrownBy(() -> client.createStateMachine(
        request -> request.name("everything").roleArn("other").definition(json(EVERYTHING))));
    assertThatExceptionOfType(InvalidDefinitionException.class).isThrownBy(() -> client.createStateMachine(
        request -> request.name("x").roleArn("r").definition("{}")));
    assertThat(client.describeStateMachine(request -> request.stateMachineArn(arn)).definition())
        .isEqualTo(json(EVERYTHING));
    assertThat(client.listStateMachines().stateMachines()).hasSize(1);
    var execution = run(arn, "job");
    assertThat(client.describeStateMachineForExecution(request -> request.executionArn(execution)).name())
        .isEqualTo("everything");
    client.updateStateMachine(request -> request.stateMachineArn(arn)
        .definition(json(machine("'A': {'Type': 'Pass', 'End': true}"))));
    assertThat(client.describeStateMachine(request -> request.stateMachineArn(arn)).roleArn()).isEqualTo(Workflow.ROLE);
    client.deleteStateMachine(request -> request.stateMachineArn(arn));
    assertThatExceptionOfType(StateMachineDoesNotExistException.class)
        .isThrownBy(() -> client.describeStateMachine(request -> request.stateMachineArn(arn)));
    var report = client.validateStateMachineDefinition(
        request -> request.definition("{\"QueryLanguage\":\"JSONata\"}"));
    assertThat(report.result()).isEqualTo(ValidateStateMachineDefinitionResultCode.FAIL);
    assertThat(report.diagnostics()).isNotEmpty();
  }

  @Test
  void rejectsRequestsInTheServicesWords() {
    var arn = deploy();
    run(arn, "job");
    assertThatExceptionOfType(ExecutionAlreadyExistsException.class).isThrownBy(() -> run(arn, "job"));
    assertThatExceptionOfType(InvalidNameException.class).isThrownBy(() -> run(arn, "a b"));
    var missing = arn.replace("stateMachine", "execution") + ":missing";
    assertThatExceptionOfType(ExecutionDoesNotExistException.class)
        .isThrownBy(() -> client.describeExecution(request -> request.executionArn(missing)))
        .withMessageContaining("Execution Does Not Exist: '" + missing + "'");
    assertThatExceptionOfType(SfnException.class)
        .isThrownBy(() -> client.redriveExecution(request -> request.executionArn(missing)))
        .withMessageContaining("RedriveExecution is not supported")
        .satisfies(refusal -> assertThat(refusal.statusCode()).isEqualTo(400));
  }

  @Test
  void stopsExecutionThroughTheProtocol() {
    try (var stage = new Workflow(VirtualTime.standing(Workflow.START)); var other = stage.stepFunctions.client()) {
      var machine = stage.deploy("wait", machine("'A': {'Type': 'Wait', 'Seconds': 60, 'End': true}"));
      var arn = other.startExecution(request -> request.stateMachineArn(machine)).executionArn();
      other.stopExecution(request -> request.executionArn(arn).error("Cancelled").cause("enough"));
      var stopped = other.describeExecution(request -> request.executionArn(arn));
      assertThat(stopped.status()).isEqualTo(ExecutionStatus.ABORTED);
      assertThat(stopped.cause()).isEqualTo("enough");
    }
  }

  @Test
  void explainsItselfToOtherRequests() throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var answer = http.send(HttpRequest.newBuilder(workflow.stepFunctions.endpoint()).GET().build(),
          HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains("UnknownOperationException").contains("This is Step Functions");
      var broken = http.send(HttpRequest.newBuilder(workflow.stepFunctions.endpoint())
          .header("X-Amz-Target", "AWSStepFunctions.ListStateMachines")
          .POST(HttpRequest.BodyPublishers.ofString("{")).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(broken.body()).contains("SerializationException");
    }
  }

  @Test
  void servesAwsCommand() throws Exception {
    var arn = run(deploy(), "job-1");
    var machine = workflow.stepFunctions.stateMachines().getFirst().arn();
    assertThat(aws("list-executions", "--state-machine-arn", machine, "--query", "executions[].name"))
        .contains("job-1");
    assertThat(aws("get-execution-history", "--execution-arn", arn, "--query", "events[].type"))
        .contains("ExecutionStarted", "MapIterationStarted", "ExecutionSucceeded");
  }

  private String aws(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("aws", "--region", Address.REGION, "--endpoint-url",
        workflow.stepFunctions.endpoint().toString(), "stepfunctions"));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("AWS_ACCESS_KEY_ID", "local");
    builder.environment().put("AWS_SECRET_ACCESS_KEY", "local");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      assumeThat(false).describedAs("the aws command is not on the PATH: %s", e.getMessage()).isTrue();
      throw e;
    }
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).describedAs(output).isZero();
    return output;
  }

  @Test
  void includesEmptyDetailsInLastEvent() {
    var arn = client.createStateMachine(request -> request.name("fail")
        .definition(json(machine("'A': {'Type': 'Fail'}"))).roleArn(Workflow.ROLE)).stateMachineArn();
    var execution = run(arn, "fails");
    assertThat(client.getExecutionHistory(request -> request.executionArn(execution)).events().getLast()
        .executionFailedEventDetails()).isNotNull();
  }
}
