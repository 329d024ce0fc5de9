package no.rapport.aggregatedreportdata;

import java.util.Set;
import java.util.stream.Collectors;
import no.rapport.records.Documents;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionListItem;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/// The executions in Step Functions.
///
/// @param machineArn the aggregation state machine's
record StepFunctionsExecutions(SfnClient client, String machineArn) implements Executions {

  private static final int MAX_PAGES = 20;

  @Override
  public void start(Claim claim) {
    try {
      client.startExecution(request -> request.stateMachineArn(machineArn).name(claim.jobId())
          .input(Documents.write(claim)));
    } catch (ExecutionAlreadyExistsException e) {
      // An earlier attempt started it with the same name and input.
    }
  }

  @Override
  public void stop(String jobId) {
    try {
      client.stopExecution(request -> request.executionArn(arnOf(jobId)).error("Superseded")
          .cause("A newer aggregation of the snapshot was requested, or it was deleted"));
    } catch (ExecutionDoesNotExistException e) {
      // Never started: there is nothing to stop.
    }
  }

  @Override
  public Standing standingOf(String jobId) {
    try {
      ExecutionStatus status = client.describeExecution(request -> request.executionArn(arnOf(jobId))).status();
      return status == ExecutionStatus.RUNNING || status == ExecutionStatus.PENDING_REDRIVE ? Standing.RUNNING
          : Standing.ENDED;
    } catch (ExecutionDoesNotExistException e) {
      return Standing.NEVER_STARTED;
    }
  }

  @Override
  public Set<String> runningJobs() {
    return client.listExecutionsPaginator(list -> list.stateMachineArn(machineArn)
        .statusFilter(ExecutionStatus.RUNNING).maxResults(1_000)).stream().limit(MAX_PAGES)
        .flatMap(page -> page.executions().stream()).map(ExecutionListItem::name).collect(Collectors.toSet());
  }

  @Override
  public String arnOf(String jobId) {
    return machineArn.replace(":stateMachine:", ":execution:") + ":" + jobId;
  }
}
