package no.rapport.exportworkflow;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportServices;
import no.rapport.records.Records;
import no.rapport.reporting.Activity;
import no.rapport.reporting.FigureSnapshot;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionRequest;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionListItem;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.ListExecutionsRequest;
import software.amazon.awssdk.services.sfn.model.ListExecutionsResponse;
import software.amazon.awssdk.services.sfn.model.StartExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StartExecutionResponse;
import software.amazon.awssdk.services.sfn.model.StopExecutionRequest;
import software.amazon.awssdk.services.sfn.model.StopExecutionResponse;

/// Runs the real export tasks over a test's rows, in the order of the state machine. Executions are only recorded: the
/// test calls each step.
public final class WorkflowRun {

  private static final String MACHINE = "arn:aws:states:eu-north-1:123456789012:stateMachine:rapport-";

  /// The current rows. A test may change them at any time.
  public final List<Activity> rows = new ArrayList<>();
  public final Set<String> started = ConcurrentHashMap.newKeySet();
  public final Set<String> stopped = ConcurrentHashMap.newKeySet();
  private final ExportWorkflow workflow;

  public WorkflowRun(Records records, S3Client s3, S3Presigner presigner, String bucket) {
    workflow = new ExportWorkflow(records, s3, presigner, new RecordedExecutions(), bucket, MACHINE + "export",
        MACHINE + "retry", (_, now) -> new TestRows(now), Clock.systemUTC());
  }

  /// Returns the services for the handlers of a contract.
  public ExportServices services() {
    return workflow.services();
  }

  /// Plans the parts, renders them and joins them to one file.
  ///
  /// @return the input of `CompleteExport`
  /// @throws StaleAttempt if the job has ended or has a newer attempt
  public Map<String, Object> assemble(ExportKind kind, String id) {
    Map<String, Object> ref = claim(kind, id);
    Map<String, Object> planned = new PlanExport(workflow).handleRequest(ref, null);
    Map<String, Object> state = with(ref, "plan", planned.get("plan"));
    List<Object> rendered = new ArrayList<>();
    for (Object part : (List<?>) planned.get("parts")) {
      rendered.add(new RenderPart(workflow).handleRequest(with(state, "part", part), null));
    }
    return new AssembleFile(workflow, ReportArchive.Limits.DEFAULT)
        .handleRequest(with(state, "rendered", rendered), null);
  }

  /// Completes the job. Runs `FailExport` if a file is missing, as the state machine does.
  ///
  /// @return false if the job has ended or has a newer attempt
  public boolean complete(Map<String, Object> assembled) {
    try {
      new CompleteExport(workflow).handleRequest(assembled, null);
      return true;
    } catch (StaleAttempt stale) {
      return false;
    } catch (NoSuchKeyException gone) {
      var failure = with(with(assembled, "step", "CompleteExport"), "error", gone.getClass().getName());
      return !"superseded".equals(new FailExport(workflow).handleRequest(failure, null).get("outcome"));
    }
  }

  /// Returns the input of `CompleteExport` for a small file that the test writes.
  public Map<String, Object> assembledAs(ExportKind kind, String id, Consumer<String> write) {
    ExportJob job = workflow.jobs().find(kind, id).orElseThrow().job();
    String source = job.partsPrefix() + "file";
    write.accept(source);
    var file = new ExportFile(job.fileKey(), job.fileName(), "text/csv", 3, "c0ffee");
    return with(claim(kind, id), "assembled",
        Tasks.map(new AssembleFile.Assembled(file, source, 1, null, null, null, 0, null)));
  }

  /// Runs all steps and marks the notification as sent, as the state machine does after its publication.
  public ExportJob run(ExportKind kind, String id) {
    complete(assemble(kind, id));
    notified(kind, id);
    return workflow.jobs().find(kind, id).orElseThrow().job();
  }

  /// Runs the task that follows the publication of a notification.
  public void notified(ExportKind kind, String id) {
    new MarkNotified(workflow).handleRequest(claim(kind, id), null);
  }

  /// Runs the task that follows an error.
  public void fail(ExportKind kind, String id, String error) {
    new FailExport(workflow).handleRequest(with(with(claim(kind, id), "step", "RenderParts"), "error", error), null);
  }

  public void sweep() {
    new SweepExports(workflow).handleRequest(Map.of(), null);
  }

  private Map<String, Object> claim(ExportKind kind, String id) {
    return Tasks.map(AttemptRef.of(workflow.jobs().find(kind, id).orElseThrow().job()));
  }

  private static Map<String, Object> with(Map<String, Object> map, String name, Object value) {
    var more = new HashMap<>(map);
    more.put(name, value);
    return more;
  }

  private final class TestRows implements RowSource {

    private final Instant now;

    TestRows(Instant now) {
      this.now = now;
    }

    @Override
    public List<Part> plan() {
      int middle = rows.size() / 2;
      return List.of(new Part(0, "0", "" + middle, middle),
          new Part(1, "" + middle, "" + rows.size(), rows.size() - middle));
    }

    @Override
    public void read(Part part, Consumer<Activity> consumer) {
      rows.subList(Integer.parseInt(part.after()), Integer.parseInt(part.upTo())).forEach(consumer);
    }

    @Override
    public String organizationName() {
      return "Oslo";
    }

    @Override
    public Optional<FigureSnapshot> figures() {
      return Optional.empty();
    }

    @Override
    public Optional<Instant> dataAsOf() {
      return Optional.of(now);
    }
  }

  private final class RecordedExecutions implements SfnClient {

    @Override
    public StartExecutionResponse startExecution(StartExecutionRequest request) {
      started.add(request.name());
      return StartExecutionResponse.builder().build();
    }

    @Override
    public StopExecutionResponse stopExecution(StopExecutionRequest request) {
      stopped.add(request.executionArn().substring(request.executionArn().lastIndexOf(':') + 1));
      return StopExecutionResponse.builder().build();
    }

    @Override
    public ListExecutionsResponse listExecutions(ListExecutionsRequest request) {
      return ListExecutionsResponse.builder().executions(started.stream().filter(name -> !stopped.contains(name))
          .map(name -> ExecutionListItem.builder().name(name).build()).toList()).build();
    }

    @Override
    public DescribeExecutionResponse describeExecution(DescribeExecutionRequest request) {
      String name = request.executionArn().substring(request.executionArn().lastIndexOf(':') + 1);
      if (!started.contains(name)) {
        throw ExecutionDoesNotExistException.builder().build();
      }
      return DescribeExecutionResponse.builder()
          .status(stopped.contains(name) ? ExecutionStatus.ABORTED : ExecutionStatus.RUNNING).build();
    }

    @Override
    public String serviceName() {
      return "states";
    }

    @Override
    public void close() {}
  }
}
