package no.rapport.aggregatedreportdata;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/// Executions that go only as far as a test lets them.
final class FakeExecutions implements Executions {

  final List<Claim> started = new CopyOnWriteArrayList<>();
  final List<String> stopped = new CopyOnWriteArrayList<>();
  final Map<String, Standing> standings = new ConcurrentHashMap<>();
  /// Jobs whose execution was asked for by itself.
  final List<String> asked = new CopyOnWriteArrayList<>();
  volatile boolean unreachable;

  @Override
  public void start(Claim claim) {
    if (unreachable) {
      throw new IllegalStateException("Step Functions cannot be reached");
    }
    if (standings.putIfAbsent(claim.jobId(), Standing.RUNNING) == null) {
      started.add(claim);
    }
  }

  @Override
  public void stop(String jobId) {
    stopped.add(jobId);
  }

  @Override
  public Standing standingOf(String jobId) {
    asked.add(jobId);
    return standings.getOrDefault(jobId, Standing.NEVER_STARTED);
  }

  @Override
  public Set<String> runningJobs() {
    return standings.entrySet().stream().filter(entry -> entry.getValue() == Standing.RUNNING).map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @Override
  public String arnOf(String jobId) {
    return "arn:aws:states:eu-north-1:000000000000:execution:rapport-aggregation:" + jobId;
  }
}
