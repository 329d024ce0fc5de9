package no.rapport.exportworkflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionRequest;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionListItem;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.ListExecutionsRequest;
import software.amazon.awssdk.services.sfn.model.ListExecutionsResponse;
import software.amazon.awssdk.services.sfn.model.StartExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StartExecutionResponse;
import software.amazon.awssdk.services.sfn.model.StopExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StopExecutionResponse;

/// Records executions, which do nothing. They are running until a test sets another status.
final class RecordedExecutions implements SfnClient {

  /// Names of the executions, in order.
  final List<String> started = new ArrayList<>();
  final List<String> stopped = new ArrayList<>();
  /// Status of each execution, by name.
  final Map<String, ExecutionStatus> statuses = new HashMap<>();
  boolean outOfReach;

  @Override
  public String serviceName() {
    return "states";
  }

  @Override
  public void close() {}

  @Override
  public StartExecutionResponse startExecution(StartExecutionRequest request) {
    if (outOfReach) {
      throw SdkClientException.create("Connection refused");
    }
    if (statuses.putIfAbsent(request.name(), ExecutionStatus.RUNNING) != null) {
      throw ExecutionAlreadyExistsException.builder().build();
    }
    started.add(request.name());
    return StartExecutionResponse.builder().build();
  }

  @Override
  public StopExecutionResponse stopExecution(StopExecutionRequest request) {
    statusOf(request.executionArn());
    stopped.add(name(request.executionArn()));
    return StopExecutionResponse.builder().build();
  }

  @Override
  public ListExecutionsResponse listExecutions(ListExecutionsRequest request) {
    return ListExecutionsResponse.builder().executions(statuses.entrySet().stream()
        .filter(entry -> entry.getValue() == ExecutionStatus.RUNNING)
        .map(entry -> ExecutionListItem.builder().name(entry.getKey()).build()).toList()).build();
  }

  @Override
  public DescribeExecutionResponse describeExecution(DescribeExecutionRequest request) {
    return DescribeExecutionResponse.builder().status(statusOf(request.executionArn())).build();
  }

  private ExecutionStatus statusOf(String arn) {
    ExecutionStatus status = statuses.get(name(arn));
    if (status == null) {
      throw ExecutionDoesNotExistException.builder().build();
    }
    return status;
  }

  private static String name(String arn) {
    return arn.substring(arn.lastIndexOf(':') + 1);
  }
}
