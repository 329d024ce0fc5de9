package no.rapport.stepfunctions;

import static no.rapport.stepfunctions.Workflow.json;
import static no.rapport.stepfunctions.Workflow.machine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests whole executions: names, stopping, nesting, publishing, status changes, and restarts.
class StepFunctionsTest {

  private static final String PASS = machine("'A': {'Type': 'Pass', 'End': true}");
  private static final String WAIT = machine("'A': {'Type': 'Wait', 'Seconds': 60, 'End': true}");

  private final Workflow workflow = new Workflow(VirtualTime.standing(Workflow.START));
  private final StepFunctions stepFunctions = workflow.stepFunctions;

  @AfterEach
  void close() {
    workflow.close();
  }

  private static void assertRefused(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(StepFunctionsException.class).isThrownBy(call)
        .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  @Test
  void returnsRunningExecutionForSameNameAndInputOnly() {
    var arn = workflow.deploy("wait", WAIT);
    var first = stepFunctions.start(arn, "job-1", "{\"a\":1}");
    assertThat(first.executionArn()).isEqualTo("arn:aws:states:eu-north-1:000000000000:execution:wait:job-1");
    assertThat(stepFunctions.start(arn, "job-1", "{\"a\":1}").executionArn()).isEqualTo(first.executionArn());
    assertThat(stepFunctions.executions(arn)).hasSize(1);
    assertRefused("ExecutionAlreadyExists", () -> stepFunctions.start(arn, "job-1", "{\"a\":2}"));
    workflow.time.advance(Duration.ofSeconds(60));
    stepFunctions.await(first.executionArn());
    assertRefused("ExecutionAlreadyExists", () -> stepFunctions.start(arn, "job-1", "{\"a\":1}"));
  }

  @Test
  void startsNameOnceForConcurrentCalls() throws Exception {
    var arn = workflow.deploy("wait", WAIT);
    var ready = new CountDownLatch(20);
    var starts = new LinkedBlockingQueue<String>();
    var threads = IntStream.range(0, 20).mapToObj(i -> Thread.startVirtualThread(() -> {
      ready.countDown();
      starts.add(stepFunctions.start(arn, "job", "{}").executionArn());
    })).toList();
    for (var thread : threads) {
      thread.join();
    }
    assertThat(starts).hasSize(20);
    assertThat(new HashSet<>(starts)).hasSize(1);
    assertThat(stepFunctions.executions(arn)).hasSize(1);
  }

  @Test
  void rejectsInvalidNamesInputsAndArns() {
    var arn = workflow.deploy("pass", PASS);
    for (var name : List.of("", "a b", "a/b", "a:b", "x".repeat(81), "a\nb", "a*", "[a]")) {
      assertRefused("InvalidName", () -> stepFunctions.start(arn, name, "{}"));
    }
    assertRefused("InvalidExecutionInput", () -> stepFunctions.start(arn, "{\"a\":"));
    assertRefused("ValidationException", () -> stepFunctions.start(arn, "\"" + "x".repeat(262_144) + "\""));
    assertRefused("StateMachineDoesNotExist", () -> stepFunctions.start(arn + "x", "{}"));
    assertRefused("InvalidArn", () -> stepFunctions.start("pass", "{}"));
    assertRefused("ExecutionDoesNotExist",
        () -> stepFunctions.describe(arn.replace("stateMachine", "execution") + ":x"));
  }

  @Test
  void stopsAtOnceAndDiscardsResultOfRunningFunction() throws Exception {
    var begun = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var over = new CountDownLatch(1);
    workflow.function("slow", payload -> {
      begun.countDown();
      release.await();
      over.countDown();
      return "1";
    });
    var arn = workflow.deploy("slow", machine("""
        'A': {'Type': 'Map', 'Items': [1], 'End': true, 'ItemProcessor': {
          'StartAt': 'B', 'States': {'B': {'Type': 'Task', 'Resource': 'fn:slow', 'End': true}}}}
        """));
    var execution = stepFunctions.start(arn, "job", "{}").executionArn();
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
    var stopped = stepFunctions.stop(execution, Optional.of("Cancelled"), Optional.of("by the user"));
    assertThat(stopped.status()).isEqualTo(ExecutionStatus.ABORTED);
    assertThat(stopped.error()).contains("Cancelled");
    assertThat(stopped.cause()).contains("by the user");
    release.countDown();
    assertThat(over.await(60, TimeUnit.SECONDS)).isTrue();
    workflow.time.awaitQuiet();
    assertThat(stepFunctions.describe(execution)).isEqualTo(stopped);
    assertThat(stepFunctions.history(execution)).extracting(HistoryEvent::type).endsWith(
        "LambdaFunctionScheduled", "LambdaFunctionStarted",
        "MapIterationAborted", "TaskStateAborted", "MapStateAborted", "ExecutionAborted");
    assertThat(stepFunctions.stop(execution, Optional.empty(), Optional.empty())).isEqualTo(stopped);
  }

  private String parent(String child) {
    return workflow.deploy("parent", machine("""
        'Run': {'Type': 'Task', 'Resource': 'arn:aws:states:::states:startExecution.sync:2', 'TimeoutSeconds': 100,
          'Arguments': {'StateMachineArn': '%s', 'Name': '{%% $states.input.name %%}', 'Input': {'n': 1}},
          'Catch': [{'ErrorEquals': ['States.TaskFailed'], 'Next': 'Failed',
            'Output': '{%% $parse($states.errorOutput.Cause) %%}'}], 'End': true},
        'Failed': {'Type': 'Pass', 'Output': ['failed', '{%% $states.input.Status %%}', '{%% $states.input.Error %%}'],
          'End': true}
        """.formatted(child)));
  }

  @Test
  void runsNestedMachineAndReturnsItsOutputAsJson() {
    var child = workflow.deploy("child", machine("'A': {'Type': 'Pass', 'Output': {'ok': true}, 'End': true}"));
    var execution = stepFunctions.await(stepFunctions.start(parent(child), "{\"name\":\"c1\"}").executionArn());
    assertThat(execution.status()).describedAs("%s", execution).isEqualTo(ExecutionStatus.SUCCEEDED);
    var result = (Map<?, ?>) JsonValues.parse(execution.output().orElseThrow());
    assertThat(result.get("Output")).isEqualTo(Map.of("ok", true));
    assertThat(result.get("Input")).isEqualTo(Map.of("n", 1));
    assertThat(result.get("Status")).isEqualTo("SUCCEEDED");
    assertThat(result.get("Name")).isEqualTo("c1");
    assertThat(workflow.types(execution)).containsSubsequence(
        "TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded");
    assertThat(stepFunctions.executions(child).getFirst().startedBy()).contains(execution.executionArn());
  }

  @Test
  void failsWithDescriptionOfNestedMachineAsCause() {
    var child = workflow.deploy("child", machine("'A': {'Type': 'Fail', 'Error': 'E', 'Cause': 'c'}"));
    var execution = stepFunctions.await(stepFunctions.start(parent(child), "{\"name\":\"c1\"}").executionArn());
    assertThat(execution.output()).contains(json("['failed','FAILED','E']"));
  }

  @Test
  void failsByNameIfNestedMachineCannotStart() {
    var child = workflow.deploy("child", PASS);
    stepFunctions.await(stepFunctions.start(child, "c1", "{}").executionArn());
    var execution = stepFunctions.await(stepFunctions.start(parent(child), "{\"name\":\"c1\"}").executionArn());
    assertThat(workflow.types(execution)).contains("TaskFailed");
    var failed = stepFunctions.history(execution.executionArn()).stream()
        .filter(event -> event.type().equals("TaskFailed")).findFirst().orElseThrow();
    assertThat(failed.details()).containsEntry("error", "StepFunctions.ExecutionAlreadyExistsException");
  }

  @Test
  void stopsNestedMachineWhenStoppedOrTimedOut() {
    var child = workflow.deploy("child", machine("'A': {'Type': 'Wait', 'Seconds': 1000, 'End': true}"));
    var arn = parent(child);
    var stopped = stepFunctions.start(arn, "{\"name\":\"c1\"}").executionArn();
    workflow.time.awaitQuiet();
    stepFunctions.stop(stopped, Optional.empty(), Optional.empty());
    assertThat(stepFunctions.executions(child).getFirst().status()).isEqualTo(ExecutionStatus.ABORTED);
    var timedOut = stepFunctions.start(arn, "{\"name\":\"c2\"}").executionArn();
    workflow.time.advance(Duration.ofSeconds(100));
    assertThat(stepFunctions.await(timedOut).error()).contains("States.Timeout");
    assertThat(stepFunctions.executions(child)).extracting(ExecutionDescription::status)
        .containsOnly(ExecutionStatus.ABORTED);
  }

  @Test
  void publishesToTopic() {
    var execution = workflow.run("""
        'A': {'Type': 'Task', 'Resource': 'arn:aws:states:::sns:publish', 'End': true, 'Arguments': {
          'TopicArn': 'arn:aws:sns:eu-north-1:000000000000:done', 'Subject': 'Done',
          'Message': {'job': '{% $states.input.job %}'},
          'MessageAttributes': {'kind': {'DataType': 'String', 'StringValue': 'export'}}}}
        """, "{'job':'j'}");
    assertThat(execution.output()).contains(json("{'MessageId':'message-1'}"));
    assertThat(workflow.published).containsExactly(new TopicMessage("arn:aws:sns:eu-north-1:000000000000:done",
        Optional.of("Done"), json("{'job':'j'}"), Map.of("kind", "export")));
  }

  @Test
  void notifiesListenersOfEveryStartAndEnd() throws Exception {
    var changes = new LinkedBlockingQueue<ExecutionDescription>();
    stepFunctions.onStatusChange(change -> {
      throw new IllegalStateException("failing listener");
    });
    stepFunctions.onStatusChange(changes::add);
    var execution = workflow.run("'A': {'Type': 'Pass', 'End': true}", "{}");
    assertThat(changes.poll(60, TimeUnit.SECONDS).status()).isEqualTo(ExecutionStatus.RUNNING);
    assertThat(changes.poll(60, TimeUnit.SECONDS)).isEqualTo(execution);
  }

  @Test
  void continuesWithDefinitionOfItsStart() {
    var arn = workflow.deploy("m", machine(
        "'A': {'Type': 'Wait', 'Seconds': 60, 'Next': 'B'}, 'B': {'Type': 'Pass', 'Output': 'old', 'End': true}"));
    var execution = stepFunctions.start(arn, "{}").executionArn();
    workflow.deploy("m", machine("'A': {'Type': 'Pass', 'Output': 'new', 'End': true}"));
    workflow.time.advance(Duration.ofSeconds(60));
    assertThat(stepFunctions.await(execution).output()).contains("\"old\"");
    assertThat(stepFunctions.stateMachineOf(execution).definition()).contains("old");
    assertThat(stepFunctions.await(stepFunctions.start(arn, "{}").executionArn()).output()).contains("\"new\"");
  }

  @Test
  void stopsAndRemovesExecutionsOfDeletedMachine() {
    var arn = workflow.deploy("wait", WAIT);
    var execution = stepFunctions.start(arn, "job", "{}").executionArn();
    stepFunctions.deleteStateMachine(arn);
    assertRefused("ExecutionDoesNotExist", () -> stepFunctions.describe(execution));
    assertRefused("StateMachineDoesNotExist", () -> stepFunctions.start(arn, "job", "{}"));
    workflow.deploy("wait", WAIT);
    assertThat(stepFunctions.start(arn, "job", "{}").status()).isEqualTo(ExecutionStatus.RUNNING);
  }

  @Test
  void removesOldestHistoriesButKeepsNames() {
    try (var small = StepFunctions.builder().keep(3).start()) {
      var arn = small.createStateMachine("pass", json(PASS), Workflow.ROLE);
      for (var i = 0; i < 5; i++) {
        small.await(small.start(arn, "job-" + i, "{}").executionArn());
      }
      assertThat(small.executions(arn)).extracting(ExecutionDescription::name)
          .containsExactly("job-4", "job-3", "job-2");
      assertRefused("ExecutionAlreadyExists", () -> small.start(arn, "job-0", "{}"));
    }
  }

  @Test
  void waitsAndTimesOutOnSystemClock() {
    var release = new CountDownLatch(1);
    try (var real = StepFunctions.builder().functions((arn, payload) -> {
      awaitUninterruptibly(release);
      return payload;
    }).start()) {
      var arn = real.createStateMachine("real", json(machine("""
          'A': {'Type': 'Wait', 'Seconds': 1, 'Next': 'B'},
          'B': {'Type': 'Task', 'Resource': 'fn:hangs', 'TimeoutSeconds': 1, 'End': true}
          """)), Workflow.ROLE);
      var execution = real.await(real.start(arn, "{}").executionArn());
      assertThat(execution.error()).contains("States.Timeout");
      assertThat(Duration.between(execution.startDate(), execution.stopDate().orElseThrow()))
          .isGreaterThanOrEqualTo(Duration.ofMillis(1_990));
    } finally {
      release.countDown();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void describesRunningExecution() {
    var arn = workflow.deploy("wait", WAIT);
    var execution = stepFunctions.start(arn, "job", "{}").executionArn();
    workflow.time.awaitQuiet();
    assertThat(stepFunctions.describe(execution).status()).isEqualTo(ExecutionStatus.RUNNING);
    assertThat(stepFunctions.history(execution)).extracting(HistoryEvent::type)
        .containsExactly("ExecutionStarted", "WaitStateEntered");
    assertThat(stepFunctions.executions()).extracting(ExecutionDescription::name).containsExactly("job");
  }

  @Test
  void restoresEverythingAfterRestart(@TempDir Path folder) throws Exception {
    ExecutionDescription done;
    List<HistoryEvent> history;
    String waiting;
    try (var first = StepFunctions.builder().data(folder).keep(1).start()) {
      var pass = first.createStateMachine("pass", json(PASS), Workflow.ROLE);
      var wait = first.createStateMachine("wait", json(WAIT), Workflow.ROLE);
      first.await(first.start(pass, "forgotten", "{}").executionArn());
      done = first.await(first.start(pass, "job-1", "{\"a\":\"č đ ŋ\\n\",\"n\":null}").executionArn());
      history = first.history(done.executionArn());
      waiting = first.start(wait, "job-2", "{}").executionArn();
    }
    Files.writeString(folder.resolve("executions.jsonl"), "{\"entry\":\"ended\",\"ar", StandardOpenOption.APPEND);
    for (var restart = 0; restart < 2; restart++) {
      try (var again = StepFunctions.builder().data(folder).start()) {
        assertThat(again.describe(done.executionArn())).isEqualTo(done);
        assertThat(again.history(done.executionArn())).usingRecursiveComparison().isEqualTo(history);
        var cut = again.describe(waiting);
        assertThat(cut.status()).isEqualTo(ExecutionStatus.ABORTED);
        assertThat(cut.cause()).contains("The emulator was stopped while this execution ran");
        assertThat(again.history(waiting)).extracting(HistoryEvent::type).last().isEqualTo("ExecutionAborted");
        var pass = again.stateMachines().getFirst().arn();
        assertRefused("ExecutionAlreadyExists", () -> again.start(pass, "forgotten", "{}"));
        assertRefused("ExecutionAlreadyExists", () -> again.start(pass, "job-1", "{}"));
        again.await(again.start(pass, "after-" + restart, "{}").executionArn());
        assertThat(again.executions(pass).getFirst().name()).isEqualTo("after-" + restart);
      }
    }
  }

  @Test
  void namesPortThatIsInUse() {
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> StepFunctions.builder().port(stepFunctions.port()).start())
        .withMessageContaining("port " + stepFunctions.port());
  }

  @Test
  void rejectsUnsupportedFeaturesByName() {
    var refused = Map.ofEntries(
        Map.entry("{'StartAt':'A','States':{'A':{'Type':'Pass','End':true}}}", "JSONPath"),
        Map.entry(machine("'A': {'Type': 'Pass', 'ResultPath': null, 'End': true}"), "ResultPath"),
        Map.entry(machine("'A': {'Type': 'Pass', 'QueryLanguage': 'JSONPath', 'End': true}"), "JSONPath"),
        Map.entry(machine("'A': {'Type': 'Task', 'Resource': 'arn:aws:states:::sqs:sendMessage', 'End': true}"), "sqs"),
        Map.entry(machine("'A': {'Type': 'Task', 'Resource': 'arn:aws:states:::lambda:invoke.waitForTaskToken',"
            + " 'End': true}"), "waitForTaskToken"),
        Map.entry(machine("'A': {'Type': 'Task', 'Resource': 'arn:aws:states:eu-north-1:000000000000:activity:x',"
            + " 'End': true}"), "Activities"),
        Map.entry(machine("'A': {'Type': 'Task', 'Resource': 'fn:f', 'HeartbeatSeconds': 3, 'End': true}"),
            "Heartbeat"),
        Map.entry(machine("'A': {'Type': 'Task', 'Resource': 'arn:aws:states:::lambda:invoke', 'End': true,"
            + " 'Arguments': {'FunctionName': 'f', 'InvocationType': 'Event'}}"), "InvocationType"),
        Map.entry(machine("'A': {'Type': 'Task', 'Resource': 'arn:aws:states:::lambda:invoke', 'End': true,"
            + " 'Arguments': {'Payload': 1}}"), "'FunctionName' is required"),
        Map.entry(machine("'A': {'Type': 'Map', 'End': true, 'ItemProcessor': {'ProcessorConfig': {'Mode':"
            + " 'DISTRIBUTED'}, 'StartAt': 'B', 'States': {'B': {'Type': 'Succeed'}}}}"), "distributed"),
        Map.entry(machine("'A': {'Type': 'Pass', 'Next': 'Z'}"), "no state 'Z'"),
        Map.entry(machine("'A': {'Type': 'Pass', 'End': true}, 'B': {'Type': 'Succeed'}"), "\"B\" is not reachable"),
        Map.entry(machine("'A': {'Type': 'Pass'}"), "either Next or End"),
        Map.entry(machine("'A': {'Type': 'Pass', 'End': true, 'Output': '{% 1 + %}'}"), "/States/A/Output"),
        Map.entry(machine("'A': {'Type': 'Task', 'Resource': 'fn:f', 'End': true, 'Retry': [{'ErrorEquals':"
            + " ['States.ALL', 'X']}]}"), "States.ALL must stand alone"),
        Map.entry(machine("'A': {'Type': 'Pass', 'Assign': {'v': 1}, 'Next': 'M'}, 'M': {'Type': 'Map', 'End': true,"
            + " 'ItemProcessor': {'StartAt': 'B', 'States':"
            + " {'B': {'Type': 'Pass', 'Assign': {'v': 2}, 'End': true}}}}"),
            "outer flow"),
        Map.entry("{'QueryLanguage': 'JSONata', 'QueryLanguage': 'JSONata'}", "Duplicate"),
        Map.entry("[]", "not an object"));
    refused.forEach((definition, problem) -> assertThatExceptionOfType(StepFunctionsException.class)
        .describedAs(definition)
        .isThrownBy(() -> workflow.deploy("x", definition))
        .withMessageContaining(problem)
        .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("InvalidDefinition")));
    assertThat(stepFunctions.stateMachines()).isEmpty();
  }

  @Test
  void reportsAllErrorsOfDefinitionAtOnce() {
    assertThatExceptionOfType(StepFunctionsException.class)
        .isThrownBy(() -> workflow.deploy("x", machine("""
            'A': {'Type': 'Pass', 'Result': 1, 'Next': 'B'},
            'B': {'Type': 'Wait', 'End': true},
            'C': {'Type': 'Odd'}
            """)))
        .withMessageContainingAll("/States/A/Result", "Seconds or Timestamp", "'Odd'");
  }

  @Test
  void evaluatesFunctionsThatTheServiceAdds() {
    var execution = workflow.run("""
        'A': {'Type': 'Pass', 'End': true, 'Output': [
          '{% $parse(´{"a":[1,null]}´) %}', '{% $hash(´abc´) %}', '{% $hash(´abc´, ´SHA-256´) %}',
          '{% $range(0, 10, 5) %}', '{% $partition([1,2,3], 2) %}', '{% $random(1) = $random(1) %}',
          '{% $length($uuid()) %}', '{% $millis() %}', '{% $now() %}', '{% $states.input.a ? ´y´ : ´n´ %}',
          '{% $split(´a??b?:c´, ´?´)[0] %}', '{% 6/2 /* ?: */ %}', '{% $replace(´ab´, /a(?:x)?/, ´c´) %}']}
        """.replace("{\"a\":[1,null]}", "{\\\"a\\\":[1,null]}"), "{'a':true}");
    assertThat(execution.output()).describedAs("%s", execution).contains(json("[{'a':[1,null]},"
        + "'a9993e364706816aba3e25717850c26c9cd0d89d',"
        + "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',"
        + "[0,5,10],[[1,2],[3]],true,36,1767225600000,'2026-01-01T00:00:00.000Z','y','a',3,'cb']"));
  }

  @Test
  void rejectsOperatorsThatTheServiceLacks() {
    for (var expression : List.of("{% $a ?: 1 %}", "{% $a ?? 1 %}", "{% [1]/2 ?? 1 %}")) {
      assertThatIllegalArgumentException().describedAs(expression)
          .isThrownBy(() -> Expression.compile(expression, Set.of()))
          .withMessageContaining("Step Functions");
    }
  }

  @Test
  void endsEndlessExpression() {
    var execution = workflow.run(
        "'A': {'Type': 'Pass', 'End': true, 'Output': '{% ($f := function($n) { 1 + $f($n) }; $f(1)) %}'}", "{}");
    assertThat(execution.error()).contains("States.QueryEvaluationError");
  }
}
