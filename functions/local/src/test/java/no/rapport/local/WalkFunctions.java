package no.rapport.local;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import no.rapport.aggregatedreportdata.AggregationFunctions;
import no.rapport.bufdirexports.BufdirExportFunctions;
import no.rapport.emulator.OneOrganizationS3;
import no.rapport.exportfiles.ExportFileFunctions;
import no.rapport.exportworkflow.ExportFunctions;
import no.rapport.exportworkflow.ExportWorkflow;
import no.rapport.imports.ImportRecords;
import no.rapport.records.DynamoRecords;
import no.rapport.reportrecords.ReportRecordFunctions;
import no.rapport.reportreexports.ReexportFunctions;
import no.rapport.sourcedata.Activities;
import no.rapport.sourceimports.SourceImportFunctions;
import no.rapport.stepfunctions.StepFunctions;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.sfn.SfnClient;

/// All deployed functions and state machines, with the services of one walk.
final class WalkFunctions implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /// The export workflow without faults, to read the stored state.
  final ExportWorkflow observed;
  private final WalkServices services;
  private final SfnClient sfn;
  private final Map<String, RequestHandler<Map<String, Object>, Map<String, Object>>> tasks = new HashMap<>();
  private final Map<String, RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>> handlers =
      new HashMap<>();
  private final RequestStreamHandler watch;

  /// @param inParts whether even a few rows are rendered and uploaded in several parts
  WalkFunctions(WalkServices services, StepFunctions stepFunctions, Clock clock, boolean inParts) {
    this.services = services;
    Map<String, String> machines = new HashMap<>();
    for (var machine : FaultyWorld.TEMPLATE.stateMachines()) {
      machines.put(machine.logicalId(), stepFunctions.createStateMachine(machine.name(),
          machine.definition().toString(), Names.arn("AWS::IAM::Role", machine.logicalId() + "Role")));
    }
    sfn = services.stepFunctions(stepFunctions);
    String export = machine(machines, "Export");
    String retry = machine(machines, "Retry");
    // S3 refuses parts below 5 MiB, except the last one; the heap's S3 accepts them.
    var workflow = inParts
        ? ExportFunctions.inParts(WalkServices.FAULTY_DYNAMO_DB, services.records, services.source, WalkServices.FAULTY_S3, WalkServices.PRESIGNER, sfn, services.bucket, export, retry, clock,
            WalkServices.HEAP ? 150 : 5 * 1024 * 1024)
        : ExportFunctions.workflow(WalkServices.FAULTY_DYNAMO_DB, services.records, services.source, WalkServices.FAULTY_S3, WalkServices.PRESIGNER, sfn, services.bucket, export, retry, clock);
    observed = ExportFunctions.workflow(WalkServices.DYNAMO_DB, services.records, services.source, WalkServices.S3, WalkServices.PRESIGNER, sfn, services.bucket, export, retry, clock);
    var aggregation = new AggregationFunctions(WalkServices.FAULTY_DYNAMO_DB, services.records, services.source, sfn, machine(machines, "Aggregation"),
        clock);
    tasks.putAll(ExportFunctions.tasks(workflow));
    tasks.putAll(aggregation.tasks());
    handlers.putAll(BufdirExportFunctions.handlers(workflow.services(),
        new Activities(WalkServices.FAULTY_DYNAMO_DB, services.source)));
    handlers.putAll(ReexportFunctions.handlers(workflow.services()));
    handlers.putAll(ExportFileFunctions.handlers(workflow.services()));
    handlers.putAll(ReportRecordFunctions.handlers(new DynamoRecords(WalkServices.FAULTY_DYNAMO_DB, services.records), WalkServices.FAULTY_S3, WalkServices.PRESIGNER,
        services.bucket));
    handlers.putAll(aggregation.handlers());
    watch = aggregation.watch();
  }

  private static String machine(Map<String, String> machines, String begin) {
    return machines.entrySet().stream().filter(machine -> machine.getKey().startsWith(begin)).findFirst().orElseThrow()
        .getValue();
  }

  /// The answer of an API function.
  record Answer(int status, JsonNode body) {

    String text(String pointer) {
      return body.at(pointer).asText("");
    }
  }

  /// Puts source data into the bucket and imports it, without faults.
  void imports(String key, String content) {
    String whole = "imports/" + FaultyWorld.ORG + "/" + key;
    WalkServices.S3.putObject(put -> put.bucket(services.bucket).key(whole), RequestBody.fromString(content));
    var entity = new S3EventNotification.S3Entity("Imported",
        new S3EventNotification.S3BucketEntity(services.bucket, null, "arn:aws:s3:::" + services.bucket),
        new S3EventNotification.S3ObjectEntity(whole, 1L, "etag", null, "00"), "1.0");
    var call = new LambdaCall(FaultyWorld.TEMPLATE.function("ImportSourceDataFunction"), "import",
        System.nanoTime() + TimeUnit.MINUTES.toNanos(10));
    SourceImportFunctions.importing(new ImportRecords(new DynamoRecords(WalkServices.DYNAMO_DB, services.records)),
        new OneOrganizationS3(WalkServices.S3, FaultyWorld.ORG), WalkServices.DYNAMO_DB,
        services.source).handleRequest(new S3Event(List.of(
        new S3EventNotification.S3EventNotificationRecord("eu-north-1", "ObjectCreated:Put", "aws:s3",
            Instant.now().toString(), "2.1", null, null, entity, null))), call);
  }

  /// Sends a request of an organisation's caller to a function.
  Answer answer(String function, Map<String, String> path, String body, String key, String organization) {
    var headers = new HashMap<String, String>();
    if (body != null) {
      headers.put("Content-Type", "application/json");
    }
    if (key != null) {
      headers.put("Idempotency-Key", key);
    }
    var context = new APIGatewayProxyRequestEvent.ProxyRequestContext().withRequestId("req");
    context.setAuthorizer(Map.of("caller", "key-" + organization, "role", "org", "organizations", organization));
    var response = handlers.get(function).handleRequest(new APIGatewayProxyRequestEvent().withHttpMethod("ANY")
        .withPath("/" + function + path.values()).withHeaders(headers).withPathParameters(path).withBody(body)
        .withIsBase64Encoded(false).withRequestContext(context), null);
    try {
      return new Answer(response.getStatusCode(), response.getBody() == null || response.getBody().isEmpty()
          ? JSON.createObjectNode() : JSON.readTree(response.getBody()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs a task with a workflow's input.
  byte[] run(String function, byte[] payload) {
    try {
      Map<String, Object> input = JSON.readValue(payload, new TypeReference<>() {});
      return JSON.writeValueAsBytes(tasks.get(function).handleRequest(input, null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs a sweeper once.
  Object sweep(String sweeper) {
    return tasks.get(sweeper).handleRequest(new HashMap<>(), null);
  }

  /// Returns the events that a follower receives after the given event.
  List<Long> eventsAfter(long last, String periodId) {
    var context = JSON.createObjectNode().put("requestId", "req");
    context.putObject("authorizer").put("caller", "key-" + FaultyWorld.ORG).put("role", "org").put("organizations", FaultyWorld.ORG);
    var event = JSON.createObjectNode().put("httpMethod", "GET").put("path", "/watch");
    event.putObject("headers").put("Last-Event-ID", String.valueOf(last));
    event.putObject("queryStringParameters").put("organization_id", FaultyWorld.ORG).put("period_id", periodId);
    event.set("requestContext", context);
    var out = new ByteArrayOutputStream();
    try {
      watch.handleRequest(new ByteArrayInputStream(JSON.writeValueAsBytes(event)), out, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8).lines().filter(line -> line.startsWith("id: "))
        .map(line -> Long.valueOf(line.substring(4))).toList();
  }

  @Override
  public void close() {
    sfn.close();
  }
}
