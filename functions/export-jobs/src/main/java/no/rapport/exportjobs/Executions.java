package no.rapport.exportjobs;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import no.rapport.records.Documents;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/// The executions of the export and retry state machines. An execution is named after its job and attempt, so that
/// starting one twice is the same as starting it once.
public final class Executions {

  private static final int MAX_PAGES = 20;

  private final SfnClient client;
  private final String exportMachineArn;
  private final String retryMachineArn;

  public Executions(SfnClient client, String exportMachineArn, String retryMachineArn) {
    this.client = client;
    this.exportMachineArn = exportMachineArn;
    this.retryMachineArn = retryMachineArn;
  }

  /// Starts the job's current attempt. Does nothing if its execution is running.
  ///
  /// @return false if the attempt's execution has already ended
  public boolean start(ExportJob job) {
    try {
      client.startExecution(request -> request.stateMachineArn(machineOf(job)).name(job.executionName())
          .input(Documents.write(AttemptRef.of(job))));
      return true;
    } catch (ExecutionAlreadyExistsException e) {
      return false;
    }
  }

  /// Returns the names of the running executions, at most 20,000 of each state machine. The list of Step Functions may
  /// be some seconds old.
  public Set<String> running() {
    Set<String> names = new HashSet<>();
    for (String machine : List.of(exportMachineArn, retryMachineArn)) {
      client.listExecutionsPaginator(list -> list.stateMachineArn(machine).statusFilter(ExecutionStatus.RUNNING)
          .maxResults(1_000)).stream().limit(MAX_PAGES).flatMap(page -> page.executions().stream())
          .forEach(execution -> names.add(execution.name()));
    }
    return names;
  }

  /// Stops the job's current attempt. Does nothing if it is not running.
  public void stop(ExportJob job, String cause) {
    for (String machine : job.attempt() == 1 ? List.of(exportMachineArn) : List.of(retryMachineArn, exportMachineArn)) {
      try {
        client.stopExecution(request -> request.executionArn(arn(machine, job.executionName()))
            .error("ExportCancelled").cause(cause));
      } catch (ExecutionDoesNotExistException e) {
        // The execution was never started.
      }
    }
  }

  /// Starts an execution that repeats the job's follow-ups: submission to Bufdir and notification.
  ///
  /// @param round number of this repetition; makes the execution's name unique
  public void followUpAgain(ExportJob job, int round) {
    try {
      client.startExecution(request -> request.stateMachineArn(retryMachineArn)
          .name(job.executionName() + "-n" + round)
          .input(Documents.write(AttemptRef.of(job))));
    } catch (ExecutionAlreadyExistsException e) {
      // An earlier sweep started it but failed before it recorded the round.
    }
  }

  /// Returns the status of the current attempt's execution, or empty if it was never started.
  public Optional<ExecutionStatus> statusOf(ExportJob job) {
    try {
      return Optional.of(client.describeExecution(request -> request.executionArn(arnOf(job))).status());
    } catch (ExecutionDoesNotExistException e) {
      return Optional.empty();
    }
  }

  /// Returns the ARN of the current attempt's execution.
  public String arnOf(ExportJob job) {
    return arn(machineOf(job), job.executionName());
  }

  private static String arn(String machine, String execution) {
    return machine.replace(":stateMachine:", ":execution:") + ":" + execution;
  }

  /// Returns the retry machine for later attempts: it first removes the files of earlier attempts.
  private String machineOf(ExportJob job) {
    return job.attempt() == 1 ? exportMachineArn : retryMachineArn;
  }
}
