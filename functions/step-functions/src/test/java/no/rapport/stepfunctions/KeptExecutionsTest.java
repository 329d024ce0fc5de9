package no.rapport.stepfunctions;

import static no.rapport.stepfunctions.Workflow.machine;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Tests the limits of ended executions.
class KeptExecutionsTest {

  private static final String PASS = machine("'A': {'Type': 'Pass', 'End': true}");

  private final Workflow workflow = new Workflow();

  @AfterEach
  void close() {
    workflow.close();
  }

  private void run(String arn, int number, String input) {
    workflow.stepFunctions.await(workflow.stepFunctions.start(arn, "job-" + number, input).executionArn());
  }

  @Test
  void keepsLastTwoThousandEndedExecutionsByDefault() {
    var arn = workflow.deploy("pass", PASS);
    for (var i = 0; i <= 2_000; i++) {
      run(arn, i, "{}");
    }
    assertThat(workflow.stepFunctions.executions(arn)).hasSize(2_000).extracting(ExecutionDescription::name)
        .startsWith("job-2000").endsWith("job-1");
  }

  @Test
  void removesOldestHistoriesBeyond32MiB() {
    var arn = workflow.deploy("pass", PASS);
    // Each execution holds five texts of 200,000 characters: the input twice in the history and once beside it, the
    // output twice.
    var input = "\"" + "x".repeat(200_000 - 2) + "\"";
    for (var i = 0; i < 40; i++) {
      run(arn, i, input);
    }
    assertThat(workflow.stepFunctions.executions(arn)).hasSize(33).extracting(ExecutionDescription::name)
        .startsWith("job-39").endsWith("job-7");
  }
}
