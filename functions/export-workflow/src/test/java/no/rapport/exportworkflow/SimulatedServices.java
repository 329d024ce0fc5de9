package no.rapport.exportworkflow;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import no.rapport.api.TransientFailure;
import no.rapport.emulator.Schedule;
import no.rapport.exportjobs.AttemptRef;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportState;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.Entry;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Listing;
import no.rapport.records.Note;
import no.rapport.records.Page;
import no.rapport.records.Records;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.*;
import software.amazon.awssdk.services.s3.paginators.ListMultipartUploadsIterable;
import software.amazon.awssdk.services.s3.paginators.ListObjectsV2Iterable;
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

/// The services of exports, in the heap. Every call is a turn of the schedule and may fail before or after it is
/// executed.
final class SimulatedServices {

  private final Schedule schedule;
  private final InMemoryRecords stored;
  private final Map<String, byte[]> objects = new TreeMap<>();
  private final Map<String, Map<Integer, byte[]>> uploads = new HashMap<>();
  private final Map<String, String> uploadKeys = new TreeMap<>();
  private final Map<String, Execution> executions = new HashMap<>();
  private final List<String> published = new ArrayList<>();
  private final Map<String, List<Entry>> inStatusBefore = new HashMap<>();
  private final AtomicInteger uploadIds = new AtomicInteger();
  private double faultRate;
  private ExportWorkflow workflow;

  SimulatedServices(Schedule schedule, double faultRate) {
    this.schedule = schedule;
    stored = new InMemoryRecords(schedule.clock());
    this.faultRate = faultRate;
    schedule.stall(faultRate > 0);
  }

  void use(ExportWorkflow used) {
    workflow = used;
  }

  void endFaults() {
    faultRate = 0;
    schedule.stall(false);
  }

  /// Returns the store without turns and faults, for checks.
  InMemoryRecords stored() {
    return stored;
  }

  Map<String, byte[]> objects() {
    return objects;
  }

  Map<String, String> openUploads() {
    return uploadKeys;
  }

  List<String> published() {
    return published;
  }

  private <T> T call(String what, Supplier<T> done) {
    schedule.turn(what);
    if (schedule.random().nextDouble() < faultRate) {
      if (schedule.random().nextBoolean()) {
        schedule.trace().add("  fault: not done");
        throw SdkClientException.create("injected before " + what);
      }
      done.get();
      schedule.trace().add("  fault: done, but not acknowledged");
      throw SdkClientException.create("injected after " + what);
    }
    return done.get();
  }

  Records records() {
    return new Records() {
      @Override
      public Optional<Entry> find(String collection, String id, Predicate<String> visible) {
        return call("find " + id, () -> stored.find(collection, id, visible));
      }

      @Override
      public boolean wasRemoved(String collection, String id, java.time.Instant now) {
        return call("removed " + id, () -> stored.wasRemoved(collection, id, now));
      }

      @Override
      public Page list(Listing listing) {
        return call("list", () -> stored.list(listing));
      }

      /// The index may lag as far as the state at the previous query.
      @Override
      public List<Entry> inStatus(String collection, String status, int limit) {
        return call("inStatus " + status, () -> {
          List<Entry> now = stored.inStatus(collection, status, limit);
          List<Entry> before = inStatusBefore.put(collection + status, now);
          return faultRate > 0 && before != null && schedule.random().nextInt(4) == 0 ? before : now;
        });
      }

      @Override
      public long countInStatus(String collection, String orgId, String status) {
        return call("count", () -> stored.countInStatus(collection, orgId, status));
      }

      @Override
      public Optional<Note> note(String partition, String sort, java.time.Instant now) {
        return call("note " + partition, () -> stored.note(partition, sort, now));
      }

      @Override
      public List<Note> notes(String partition, String afterSort, int limit, java.time.Instant now) {
        return call("notes " + partition, () -> stored.notes(partition, afterSort, limit, now));
      }

      @Override
      public boolean commit(List<Change> changes) {
        return call("commit " + changes.stream().map(c -> c.getClass().getSimpleName()).toList(), () -> {
          changes.forEach(SimulatedServices::checkMove);
          return stored.commit(changes);
        });
      }
    };
  }

  /// Checks for every write that terminal states are final and the contract allows the state change.
  private static void checkMove(Change change) {
    if (change instanceof Change.Replace(Entry seen, Entry next) && seen.collection().equals("bufdir-exports")
        && !seen.status().equals(next.status())) {
      ExportState from = ExportJobs.Stored.of(seen).job().state();
      ExportState to = ExportJobs.Stored.of(next).job().state();
      if (!from.mayBecome(to)) {
        throw new AssertionError("The contract does not allow " + from + " -> " + to);
      }
    }
  }

  S3Client s3() {
    return new SimulatedBucket();
  }

  private final class SimulatedBucket implements S3Client {

    @Override
    public String serviceName() {
      return "s3";
    }

    @Override
    public void close() {}

    @Override
    public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
      return call("put " + request.key(), () -> {
        objects.put(request.key(), bytes(body));
        return PutObjectResponse.builder().build();
      });
    }

    private static byte[] bytes(RequestBody body) {
      try (var in = body.contentStreamProvider().newStream()) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public ResponseInputStream<GetObjectResponse> getObject(GetObjectRequest request) {
      return call("get " + request.key(), () -> {
        byte[] all = object(request.key());
        if (request.range() != null) {
          String[] ends = request.range().substring("bytes=".length()).split("-");
          all = Arrays.copyOfRange(all, Integer.parseInt(ends[0]), Integer.parseInt(ends[1]) + 1);
        }
        return new ResponseInputStream<>(GetObjectResponse.builder().contentLength((long) all.length).build(),
            AbortableInputStream.create(new ByteArrayInputStream(all)));
      });
    }

    @Override
    public ResponseBytes<GetObjectResponse> getObjectAsBytes(GetObjectRequest request) {
      return call("get " + request.key(),
          () -> ResponseBytes.fromByteArray(GetObjectResponse.builder().build(), object(request.key())));
    }

    private byte[] object(String key) {
      byte[] found = objects.get(key);
      if (found == null) {
        throw NoSuchKeyException.builder().statusCode(404).message("no such key").build();
      }
      return found;
    }

    @Override
    public CopyObjectResponse copyObject(CopyObjectRequest request) {
      return call("copy to " + request.destinationKey(), () -> {
        objects.put(request.destinationKey(), object(request.sourceKey()));
        return CopyObjectResponse.builder().build();
      });
    }

    @Override
    public ListObjectsV2Iterable listObjectsV2Paginator(ListObjectsV2Request request) {
      return new ListObjectsV2Iterable(this, request);
    }

    @Override
    public ListObjectsV2Response listObjectsV2(ListObjectsV2Request request) {
      return call("list " + request.prefix(), () -> ListObjectsV2Response.builder().isTruncated(false)
          .contents(objects.keySet().stream().filter(key -> key.startsWith(request.prefix()))
              .map(key -> S3Object.builder().key(key).build()).toList()).build());
    }

    @Override
    public ListMultipartUploadsIterable listMultipartUploadsPaginator(ListMultipartUploadsRequest request) {
      return new ListMultipartUploadsIterable(this, request);
    }

    @Override
    public ListMultipartUploadsResponse listMultipartUploads(ListMultipartUploadsRequest request) {
      return call("list uploads " + request.prefix(), () -> ListMultipartUploadsResponse.builder().isTruncated(false)
          .uploads(uploadKeys.entrySet().stream().filter(e -> e.getValue().startsWith(request.prefix()))
              .map(e -> MultipartUpload.builder().uploadId(e.getKey()).key(e.getValue()).build()).toList()).build());
    }

    @Override
    public DeleteObjectsResponse deleteObjects(DeleteObjectsRequest request) {
      return call("delete objects", () -> {
        request.delete().objects().forEach(object -> objects.remove(object.key()));
        return DeleteObjectsResponse.builder().build();
      });
    }

    @Override
    public DeleteObjectResponse deleteObject(DeleteObjectRequest request) {
      return call("delete " + request.key(), () -> {
        objects.remove(request.key());
        return DeleteObjectResponse.builder().build();
      });
    }

    @Override
    public CreateMultipartUploadResponse createMultipartUpload(CreateMultipartUploadRequest request) {
      return call("create upload " + request.key(), () -> {
        String id = "upload-" + uploadIds.incrementAndGet();
        uploads.put(id, new TreeMap<>());
        uploadKeys.put(id, request.key());
        return CreateMultipartUploadResponse.builder().uploadId(id).build();
      });
    }

    @Override
    public UploadPartResponse uploadPart(UploadPartRequest request, RequestBody body) {
      return call("upload part", () -> {
        parts(request.uploadId()).put(request.partNumber(), bytes(body));
        return UploadPartResponse.builder().eTag("etag-" + request.partNumber()).build();
      });
    }

    private Map<Integer, byte[]> parts(String uploadId) {
      Map<Integer, byte[]> parts = uploads.get(uploadId);
      if (parts == null) {
        throw NoSuchUploadException.builder().statusCode(404).message("no such upload").build();
      }
      return parts;
    }

    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(CompleteMultipartUploadRequest request) {
      return call("complete upload " + request.key(), () -> {
        var all = new ByteArrayOutputStream();
        parts(request.uploadId()).values().forEach(all::writeBytes);
        objects.put(request.key(), all.toByteArray());
        uploads.remove(request.uploadId());
        uploadKeys.remove(request.uploadId());
        return CompleteMultipartUploadResponse.builder().build();
      });
    }

    @Override
    public AbortMultipartUploadResponse abortMultipartUpload(AbortMultipartUploadRequest request) {
      return call("abort upload", () -> {
        uploads.remove(request.uploadId());
        uploadKeys.remove(request.uploadId());
        return AbortMultipartUploadResponse.builder().build();
      });
    }
  }

  SfnClient sfn() {
    return new SfnClient() {
      @Override
      public String serviceName() {
        return "states";
      }

      @Override
      public void close() {}

      @Override
      public StartExecutionResponse startExecution(StartExecutionRequest request) {
        return call("start " + request.name(), () -> {
          begin(request.stateMachineArn(), request.name(), request.input());
          return StartExecutionResponse.builder().build();
        });
      }

      @Override
      public StopExecutionResponse stopExecution(StopExecutionRequest request) {
        return call("stop " + request.executionArn(), () -> {
          found(request.executionArn()).end(ExecutionStatus.ABORTED);
          return StopExecutionResponse.builder().build();
        });
      }

      @Override
      public ListExecutionsResponse listExecutions(ListExecutionsRequest request) {
        String prefix = request.stateMachineArn().replace(":stateMachine:", ":execution:") + ":";
        return call("list executions", () -> ListExecutionsResponse.builder().executions(executions.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(prefix) && entry.getValue().status == ExecutionStatus.RUNNING)
            .map(entry -> ExecutionListItem.builder().name(entry.getKey().substring(prefix.length())).build()).toList())
            .build());
      }

      @Override
      public DescribeExecutionResponse describeExecution(DescribeExecutionRequest request) {
        return call("describe " + request.executionArn(),
            () -> DescribeExecutionResponse.builder().status(found(request.executionArn()).status).build());
      }

      private Execution found(String arn) {
        return Optional.ofNullable(executions.get(arn))
            .orElseThrow(() -> ExecutionDoesNotExistException.builder().message("no such execution").build());
      }
    };
  }

  private Execution begin(String machineArn, String name, String input) {
    String arn = machineArn.replace(":stateMachine:", ":execution:") + ":" + name;
    Execution before = executions.get(arn);
    if (before != null) {
      if (before.status == ExecutionStatus.RUNNING && before.input.equals(input)) {
        return before;
      }
      throw ExecutionAlreadyExistsException.builder().message("exists").build();
    }
    Map<String, Object> ref = Tasks.map(Documents.read(input, AttemptRef.class));
    var execution = new Execution(input);
    executions.put(arn, execution);
    boolean retry = machineArn.endsWith("retry");
    schedule.begin((retry ? "retry " : "export ") + name, Duration.ofHours(3), () -> {
      try {
        execution.end(retry ? runRetry(execution, machineArn, name, ref) : runExport(execution, ref));
      } catch (Aborted e) {
        // The execution was stopped or failed without running FailExport.
      }
    });
    return execution;
  }

  private static final class Aborted extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class Execution {
    private final String input;
    private ExecutionStatus status = ExecutionStatus.RUNNING;

    Execution(String input) {
      this.input = input;
    }

    void end(ExecutionStatus with) {
      if (status == ExecutionStatus.RUNNING) {
        status = with;
      }
    }
  }

  /// The states of `export.asl.json`.
  private ExecutionStatus runExport(Execution execution, Map<String, Object> ref) {
    Map<String, Object> output;
    String step = "PlanExport";
    try {
      Map<String, Object> plan = task(execution, step, ref, input -> new PlanExport(workflow)
          .handleRequest(input, null));
      step = "RenderParts";
      List<?> parts = (List<?>) plan.get("parts");
      List<Map<String, Object>> rendered = new ArrayList<>();
      for (Object part : parts) {
        var input = new HashMap<>(ref);
        input.put("plan", plan.get("plan"));
        input.put("part", part);
        rendered.add(task(execution, "RenderPart", input, i -> new RenderPart(workflow).handleRequest(i, null)));
      }
      step = "AssembleFile";
      var input = new HashMap<>(ref);
      input.put("plan", plan.get("plan"));
      input.put("rendered", rendered);
      Map<String, Object> assembled = task(execution, step, input,
          i -> new AssembleFile(workflow, ReportArchive.Limits.DEFAULT).handleRequest(i, null));
      step = "CompleteExport";
      output = task(execution, step, assembled, i -> new CompleteExport(workflow).handleRequest(i, null));
    } catch (TaskFailed failed) {
      if (failed.error.equals(StaleAttempt.class.getName())) {
        return ExecutionStatus.SUCCEEDED;
      }
      var input = new HashMap<>(ref);
      input.put("step", step);
      input.put("error", failed.error);
      try {
        output = task(execution, "FailExport", input, i -> new FailExport(workflow).handleRequest(i, null));
      } catch (TaskFailed twice) {
        return ExecutionStatus.FAILED;
      }
    }
    notifyAndMark(execution, output);
    return "completed".equals(output.get("outcome")) || "superseded".equals(output.get("outcome"))
        ? ExecutionStatus.SUCCEEDED : ExecutionStatus.FAILED;
  }

  private void notifyAndMark(Execution execution, Map<String, Object> output) {
    if (!Boolean.TRUE.equals(output.get("notify"))) {
      return;
    }
    try {
      task(execution, "Notify", output, input -> call("publish", () -> {
        published.add(String.valueOf(input.get("notification")));
        return Map.<String, Object>of();
      }));
      task(execution, "MarkNotified", output, input -> new MarkNotified(workflow).handleRequest(input, null));
    } catch (TaskFailed failed) {
      // The sweeper repeats it.
    }
  }

  /// The states of `retry.asl.json`.
  private ExecutionStatus runRetry(Execution execution, String machineArn, String name, Map<String, Object> ref) {
    try {
      Map<String, Object> output = task(execution, "PrepareRetry", ref,
          input -> new PrepareRetry(workflow).handleRequest(input, null));
      if ("export".equals(output.get("action"))) {
        Execution nested = begin(machineArn.replace("retry", "export"), name, execution.input);
        schedule.waitUntil(() -> nested.status != ExecutionStatus.RUNNING
            || execution.status != ExecutionStatus.RUNNING);
        return nested.status == ExecutionStatus.SUCCEEDED ? ExecutionStatus.SUCCEEDED : ExecutionStatus.FAILED;
      }
      if ("follow_up".equals(output.get("action"))) {
        notifyAndMark(execution, output);
      }
      return ExecutionStatus.SUCCEEDED;
    } catch (TaskFailed | ExecutionAlreadyExistsException failed) {
      return ExecutionStatus.FAILED;
    }
  }

  private static final class TaskFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String error;

    TaskFailed(String error) {
      super(error, null, false, false);
      this.error = error;
    }
  }

  private interface Task {
    Map<String, Object> run(Map<String, Object> input);
  }

  /// Runs one Task state with its retries and timeout, and with the faults of the platform: it may run a function twice
  /// at once, lose its answer, or continue it after the timeout.
  private Map<String, Object> task(Execution execution, String name, Map<String, Object> input, Task task) {
    for (int attempt = 1; ; attempt++) {
      dieByChance(execution);
      var answer = new AtomicReference<Object>();
      int copies = faultRate > 0 && schedule.random().nextInt(20) == 0 ? 2 : 1;
      for (int copy = 0; copy < copies; copy++) {
        schedule.begin(name + "#" + attempt, Duration.ofMinutes(15), () -> {
          try {
            Map<String, Object> output = task.run(new HashMap<>(input));
            answer.compareAndSet(null, new HashMap<>(output));
          } catch (StaleAttempt | TransientFailure | SdkClientException | S3Exception | IllegalStateException e) {
            answer.compareAndSet(null, e.getClass().getName());
          }
        });
      }
      boolean mayTimeOut = faultRate > 0 && schedule.random().nextInt(40) == 0;
      var limit = schedule.now().plusSeconds(mayTimeOut ? 30 : 900);
      schedule.waitUntil(() -> answer.get() != null || execution.status != ExecutionStatus.RUNNING
          || schedule.now().isAfter(limit));
      dieByChance(execution);
      Object got = answer.get();
      if (got instanceof Map<?, ?> output) {
        return cast(output);
      }
      String error = got == null ? "States.Timeout" : (String) got;
      if (!new Failure(name, error).isTransient() || attempt == 4) {
        throw new TaskFailed(error);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> cast(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }

  private void dieByChance(Execution execution) {
    if (faultRate > 0 && schedule.random().nextInt(150) == 0) {
      execution.end(schedule.random().nextBoolean() ? ExecutionStatus.ABORTED : ExecutionStatus.TIMED_OUT);
    }
    if (execution.status != ExecutionStatus.RUNNING) {
      throw new Aborted();
    }
  }
}
