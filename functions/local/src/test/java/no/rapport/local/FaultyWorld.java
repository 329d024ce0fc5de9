package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import no.rapport.aggregatedreportdata.AggregationFunctions;
import no.rapport.bufdirexports.BufdirExportFunctions;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.EmbeddedS3;
import no.rapport.emulator.HeapDynamoDb;
import no.rapport.emulator.HeapHttpClient;
import no.rapport.emulator.HeapS3;
import no.rapport.emulator.Loopback;
import no.rapport.emulator.OneOrganizationS3;
import no.rapport.exportfiles.ExportFileFunctions;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportState;
import no.rapport.exportworkflow.ExportFunctions;
import no.rapport.exportworkflow.ExportWorkflow;
import no.rapport.records.Documents;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.reportrecords.ReportRecord;
import no.rapport.reportrecords.ReportRecordFunctions;
import no.rapport.reportreexports.ReexportFunctions;
import no.rapport.sourceimports.SourceImportFunctions;
import no.rapport.stepfunctions.ExecutionStatus;
import no.rapport.stepfunctions.FunctionError;
import no.rapport.stepfunctions.HistoryEvent;
import no.rapport.stepfunctions.HttpReply;
import no.rapport.stepfunctions.StepFunctions;
import no.rapport.stepfunctions.TopicMessage;
import no.rapport.stepfunctions.VirtualTime;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/// All functions, tables, the bucket and the state machines as they are deployed, for one life under faults: the real
/// handlers over DynamoDB Local, S3Proxy and the real ASL, on a clock that moves only when told to. With
/// `-Drapport.faults.services=heap` the heap's DynamoDB and S3 answer instead, and no connection is made.
///
/// The SDK does not retry here: a fault is what is left after its own retries.
final class FaultyWorld implements AutoCloseable {

  static final String ORG = "org-1042";
  private static final String OTHER_ORG = "org-2001";
  static final Template TEMPLATE =
      TemplateReader.read(Options.home().resolve("template.yaml"), Map.of(), LocalRapport.BUCKET);
  private static final boolean HEAP = System.getProperty("rapport.faults.services", "embedded").equals("heap");
  private static final SdkHttpClient CONNECTIONS = UrlConnectionHttpClient.create();
  private static final SdkHttpClient DYNAMO_DB_HTTP = HEAP ? new HeapDynamoDb() : CONNECTIONS;
  private static final SdkHttpClient S3_HTTP = HEAP ? new HeapS3() : CONNECTIONS;
  private static final DynamoDbClient DYNAMO_DB = dynamoDb(DynamoDbClient.builder());
  private static final S3Client S3 = s3(S3Client.builder());
  /// What the functions call AWS with; whose call it is, the thread tells.
  private static final DynamoDbClient FAULTY_DYNAMO_DB = dynamoDb(faulty(DynamoDbClient.builder()));
  private static final S3Client FAULTY_S3 = s3(faulty(S3Client.builder()));
  private static final S3Presigner PRESIGNER = S3Presigner.builder().region(Loopback.REGION)
      .credentialsProvider(Loopback.CREDENTIALS).build();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> JOBS = List.of("bufdir-exports", "report-reexports", "export-files");

  final CallFaults faults;
  private final String id = UUID.randomUUID().toString();
  private final String records = EmbeddedDynamoDb.newTable(DYNAMO_DB, "RecordsTable");
  private final String source = EmbeddedDynamoDb.newTable(DYNAMO_DB, "SourceDataTable");
  private final String bucket = "faulty-" + id;
  private final VirtualTime time = VirtualTime.standing(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final Clock clock = ((InstantSource) time::now).withZone(ZoneOffset.UTC);
  private final List<Runnable> opened = new ArrayList<>();
  private final StepFunctions stepFunctions;
  private final SdkHttpClient stepFunctionsHttp;
  private final ExportWorkflow observed;
  private final Map<String, RequestHandler<Map<String, Object>, Map<String, Object>>> tasks = new HashMap<>();
  private final Map<String, RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>> handlers =
      new HashMap<>();
  private final RequestStreamHandler watch;
  private final List<TopicMessage> published = new ArrayList<>();
  private final Map<String, ExportJob> lastSeen = new HashMap<>();
  private final List<String> illegal = new ArrayList<>();
  private final Map<String, Set<String>> idsByKey = new HashMap<>();
  private final Set<String> retried = new HashSet<>();
  private final Set<String> cancelled = new HashSet<>();
  private final Map<String, String> deleted = new LinkedHashMap<>();
  private final boolean faultless;
  private int step;
  private boolean armed;
  private BooleanSupplier atNextTask = () -> false;
  private String atTask = "";

  /// Thrown where a walk comes into a state from which another one has gone on to a good end.
  static final class KnownState extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KnownState() {
      super("known", null, false, false);
    }
  }

  /// @param states which states are passed, and which of them are known
  /// @param inParts whether even a few rows are rendered and sent in several parts
  FaultyWorld(List<CallFaults.Fault> planned, PassedStates states, boolean inParts) {
    faults = new CallFaults(planned, this::http, clock, states);
    faultless = planned.isEmpty();
    S3.createBucket(create -> create.bucket(bucket));
    // Jitter would make walks differ that are the same.
    stepFunctions = closed(StepFunctions.builder().time(time).random(() -> Long.MAX_VALUE).functions(this::invoke)
        .topics(this::publish).start());
    Map<String, String> machines = new HashMap<>();
    for (var machine : TEMPLATE.stateMachines()) {
      machines.put(machine.logicalId(), stepFunctions.createStateMachine(machine.name(),
          machine.definition().toString(), Names.arn("AWS::IAM::Role", machine.logicalId() + "Role")));
    }
    stepFunctionsHttp = HEAP ? HeapHttpClient.of(this::answerOfStepFunctions) : CONNECTIONS;
    SfnClient sfn = closed(at(faulty(SfnClient.builder()), stepFunctions.endpoint(), stepFunctionsHttp).build());
    String export = machine(machines, "Export");
    String retry = machine(machines, "Retry");
    // S3 takes no parts below 5 MiB but the last; the heap's does.
    var workflow = inParts
        ? ExportFunctions.inParts(FAULTY_DYNAMO_DB, records, source, FAULTY_S3, PRESIGNER, sfn, bucket, export, retry, clock,
            HEAP ? 150 : 5 * 1024 * 1024)
        : ExportFunctions.workflow(FAULTY_DYNAMO_DB, records, source, FAULTY_S3, PRESIGNER, sfn, bucket, export, retry, clock);
    observed = ExportFunctions.workflow(DYNAMO_DB, records, source, S3, PRESIGNER, sfn, bucket, export, retry, clock);
    var aggregation = new AggregationFunctions(FAULTY_DYNAMO_DB, records, source, sfn, machine(machines, "Aggregation"),
        clock);
    tasks.putAll(ExportFunctions.tasks(workflow));
    tasks.putAll(aggregation.tasks());
    handlers.putAll(BufdirExportFunctions.handlers(workflow.services()));
    handlers.putAll(ReexportFunctions.handlers(workflow.services()));
    handlers.putAll(ExportFileFunctions.handlers(workflow.services()));
    handlers.putAll(ReportRecordFunctions.handlers(new DynamoRecords(FAULTY_DYNAMO_DB, records), FAULTY_S3, PRESIGNER,
        bucket));
    handlers.putAll(aggregation.handlers());
    watch = aggregation.watch();
  }

  private static String machine(Map<String, String> machines, String begin) {
    return machines.entrySet().stream().filter(machine -> machine.getKey().startsWith(begin)).findFirst().orElseThrow()
        .getValue();
  }

  private static DynamoDbClient dynamoDb(DynamoDbClientBuilder builder) {
    return at(builder, HEAP ? Loopback.uri(1) : EmbeddedDynamoDb.shared().endpoint(), DYNAMO_DB_HTTP).build();
  }

  private static S3Client s3(S3ClientBuilder builder) {
    return at(builder, HEAP ? Loopback.uri(1) : EmbeddedS3.shared().endpoint(), S3_HTTP).forcePathStyle(true).build();
  }

  private static <B extends AwsClientBuilder<B, ?> & SdkSyncClientBuilder<B, ?>> B at(B builder, URI endpoint,
      SdkHttpClient http) {
    return builder.region(Loopback.REGION).credentialsProvider(Loopback.CREDENTIALS).endpointOverride(endpoint)
        .httpClient(http);
  }

  private static <B extends AwsClientBuilder<B, ?> & SdkSyncClientBuilder<B, ?>> B faulty(B builder) {
    return builder.overrideConfiguration(override -> override.addExecutionInterceptor(CallFaults.INTERCEPTOR)
        .retryStrategy(AwsRetryStrategy.doNotRetry()));
  }

  /// What reaches the service of a request that an SDK client has made.
  private SdkHttpClient http(SdkHttpRequest request) {
    String target = request.firstMatchingHeader("X-Amz-Target").orElse("S3");
    return target.equals("S3") ? S3_HTTP : target.startsWith("DynamoDB") ? DYNAMO_DB_HTTP : stepFunctionsHttp;
  }

  private HeapHttpClient.Reply answerOfStepFunctions(SdkHttpRequest request, byte[] body) {
    HttpReply reply = stepFunctions.answer(
        request.method().name(), request.firstMatchingHeader("X-Amz-Target").orElse(null), body);
    return new HeapHttpClient.Reply(reply.status(), reply.headers(), reply.body());
  }

  private StepFunctions closed(StepFunctions resource) {
    opened.addFirst(resource::close);
    return resource;
  }

  private <T extends SdkAutoCloseable> T closed(T resource) {
    opened.addFirst(resource::close);
    return resource;
  }

  // --- what a journey does ---------------------------------------------------------------------------------------

  /// From here on calls are numbered and may go wrong.
  void arm() {
    armed = true;
  }

  /// Runs `act` when the function of that name is called next, before it does anything.
  void whenCalled(String function, Runnable act) {
    atTask = function;
    atNextTask = () -> {
      act.run();
      return true;
    };
  }

  record Answer(int status, JsonNode body) {

    String text(String pointer) {
      return body.at(pointer).asText("");
    }
  }

  /// Puts source data into the bucket and imports it, without faults.
  void imports(String key, String content) {
    step++;
    String whole = "imports/" + ORG + "/" + key;
    S3.putObject(put -> put.bucket(bucket).key(whole), RequestBody.fromString(content));
    var entity = new S3EventNotification.S3Entity("Imported",
        new S3EventNotification.S3BucketEntity(bucket, null, "arn:aws:s3:::" + bucket),
        new S3EventNotification.S3ObjectEntity(whole, 1L, "etag", null, "00"), "1.0");
    var call = new LambdaCall(TEMPLATE.function("ImportSourceDataFunction"), "import",
        System.nanoTime() + TimeUnit.MINUTES.toNanos(10));
    SourceImportFunctions.importing(new OneOrganizationS3(S3, ORG), DYNAMO_DB, source).handleRequest(new S3Event(List.of(
        new S3EventNotification.S3EventNotificationRecord("eu-north-1", "ObjectCreated:Put", "aws:s3",
            Instant.now().toString(), "2.1", null, null, entity, null))), call);
  }

  /// Asks as a client does: once more where the answer says that it may help, with one idempotency key throughout.
  Answer ask(String function, Map<String, String> path, String body, String key) {
    step++;
    Answer answer = null;
    for (int round = 0; round < 6; round++) {
      answer = once(function, path, body, key);
      boolean inFlight = answer.status() == 409 && answer.text("/detail").contains("in flight");
      if (answer.status() < 500 && !inFlight) {
        break;
      }
      pass(Duration.ofSeconds(31));
    }
    return answer;
  }

  Answer ask(String function, Map<String, String> path) {
    return ask(function, path, null, null);
  }

  /// Asks while a workflow stands still for it: no time may pass, so that nothing is asked again.
  Answer askNow(String function, Map<String, String> path, String body) {
    step++;
    return once(function, path, body, null);
  }

  /// Lets a task fail once, for a reason that does not pass.
  void refuseOnce(String function) {
    whenCalled(function, () -> {
      throw new IllegalStateException("A reason that stays");
    });
  }

  private Answer once(String function, Map<String, String> path, String body, String key) {
    beginTurn();
    try {
      Object response = armed ? faults.invoke(function, false, () -> state(function + path + body + key),
          () -> handled(function, path, body, key))
          : handled(function, path, body, key);
      return (Answer) response;
    } catch (FunctionError e) {
      return new Answer(504, JSON.createObjectNode());
    } finally {
      endTurn();
      seeStates();
    }
  }

  private Answer handled(String function, Map<String, String> path, String body, String key) {
    var answer = answer(function, path, body, key, ORG);
    if (key != null && answer.status() < 300) {
      synchronized (idsByKey) {
        idsByKey.computeIfAbsent(key, _ -> new TreeSet<>()).add(answer.body().toString());
      }
    }
    return answer;
  }

  private Answer answer(String function, Map<String, String> path, String body, String key, String organization) {
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

  void wasCancelled(String collection, String job) {
    cancelled.add(collection + "/" + job);
  }

  void isRetried(String job) {
    retried.add(job);
  }

  /// @param function the handler that shows one
  void wasDeleted(String function, String parameter, String resource) {
    deleted.put(function + "?" + parameter, resource);
  }

  /// Whether everything goes as it should.
  boolean isWithoutFaults() {
    return faultless;
  }

  // --- time ------------------------------------------------------------------------------------------------------

  /// Lets time pass, with a sweep after every minute; what was left behind goes on first.
  void pass(Duration duration) {
    stopIfKnown();
    time.awaitQuiet();
    goOnLate();
    time.advance(duration);
    time.awaitQuiet();
    seeStates();
  }

  private void goOnLate() {
    beginTurn();
    try {
      faults.letLateOnesGoOn();
    } finally {
      endTurn();
    }
    time.awaitQuiet();
  }

  void sweep() {
    for (String sweeper : List.of("SweepExports", "SweepAggregations")) {
      beginTurn();
      try {
        if (armed) {
          faults.invoke(sweeper, false, () -> state(sweeper),
              () -> tasks.get(sweeper).handleRequest(new HashMap<>(), null));
        } else {
          tasks.get(sweeper).handleRequest(new HashMap<>(), null);
        }
      } catch (FunctionError e) {
        // The next one comes in a minute.
      } finally {
        endTurn();
      }
      time.awaitQuiet();
      seeStates();
    }
  }

  /// Lets minutes pass until nothing is being done any more.
  void rest() {
    step++;
    for (int minute = 0; minute < 40; minute++) {
      pass(Duration.ofSeconds(minute == 0 ? 50 : 60));
      if (isQuiet()) {
        return;
      }
      sweep();
    }
  }

  private boolean isQuiet() {
    return unfinished().isEmpty() && stepFunctions.executions().stream()
        .noneMatch(execution -> execution.status() == ExecutionStatus.RUNNING);
  }

  private List<String> unfinished() {
    var found = new ArrayList<String>();
    var entries = everything();
    jobsAmong(entries).stream().filter(job -> job.state() == ExportState.INITIALIZING
        || job.state() == ExportState.QUEUED || job.state() == ExportState.PROCESSING)
        .forEach(job -> found.add(job.id() + " is " + job.state()));
    entries.stream().filter(entry -> entry.collection().equals("aggregated-report-data")
        && entry.status().equals("processing")).forEach(entry -> found.add(entry.id() + " is processing"));
    return found;
  }

  /// Rest, and the time after which every duty has to be done.
  void settle() {
    rest();
    step++;
    sweep();
    for (int round = 0; round < 12; round++) {
      pass(Duration.ofMinutes(17));
      sweep();
      if (isQuiet() && ExportFunctions.duties(observed, clock.instant()).isEmpty()) {
        return;
      }
    }
  }

  // --- what the workflows call -----------------------------------------------------------------------------------

  private byte[] invoke(String arn, byte[] payload) throws FunctionError {
    String handler = TEMPLATE.function(arn).handler();
    String function = handler.substring(handler.lastIndexOf('.') + 1);
    String given = new String(payload, StandardCharsets.UTF_8);
    time.beginTurn(function + CanonicalState.withoutDrawn(given) + "%05d".formatted(startedBefore(given)));
    try {
      if (function.equals(atTask)) {
        atTask = "";
        atNextTask.getAsBoolean();
      }
      Object output = armed
          ? faults.invoke(function, true, () -> state(function + given), () -> handled(function, payload))
          : handled(function, payload);
      return (byte[]) output;
    } catch (FunctionError e) {
      if (e.error().equals("Lambda.Unknown")) {
        stepFunctions.executions().stream().filter(execution -> execution.status() == ExecutionStatus.RUNNING)
            .forEach(execution -> stepFunctions.stop(execution.executionArn(), Optional.of("Fault"), Optional.empty()));
      }
      throw e;
    } catch (RuntimeException e) {
      throw FunctionError.of(e);
    } finally {
      time.endTurn();
      seeStates();
    }
  }

  /// How many executions were started before the one that hands this over: what tells two of one shape apart.
  private long startedBefore(String given) {
    return stepFunctions.executions().stream().dropWhile(execution -> !given.contains(execution.name())).count();
  }

  /// Who asks or sweeps works meanwhile, and is alone with it.
  private void beginTurn() {
    stopIfKnown();
    time.workBegins();
    time.beginTurn("");
  }

  private void endTurn() {
    time.endTurn();
    time.workEnds();
  }

  private void stopIfKnown() {
    if (faults.isInKnownState()) {
      throw new KnownState();
    }
  }

  private byte[] handled(String function, byte[] payload) {
    try {
      Map<String, Object> input = JSON.readValue(payload, new TypeReference<>() {});
      return JSON.writeValueAsBytes(tasks.get(function).handleRequest(input, null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String publish(TopicMessage message) {
    Runnable publication = () -> {
      synchronized (published) {
        published.add(message);
      }
    };
    if (armed) {
      faults.pass("Notify", publication);
    } else {
      publication.run();
    }
    return UUID.randomUUID().toString();
  }

  /// The state as it is before a function is called: everything that what follows can depend on.
  private List<String> state(String next) {
    var state = new ArrayList<String>();
    state.add("next " + next);
    state.add("client " + step + " waiting for " + atTask + " cancelled " + cancelled + " deleted " + deleted + " retried "
        + retried + " illegal " + illegal);
    for (String table : List.of(records, source)) {
      // Which of the totals' shards counted is drawn; their sum counts.
      var totals = new TreeMap<String, Long>();
      for (var item : DYNAMO_DB.scanPaginator(scan -> scan.tableName(table).consistentRead(true)).items()) {
        if (item.get("pk").s().endsWith("#totals")) {
          item.forEach((name, value) -> {
            if (value.n() != null) {
              totals.merge(item.get("pk").s() + " " + name, Long.valueOf(value.n()), Long::sum);
            }
          });
        } else {
          state.add("item " + new TreeMap<>(item));
        }
      }
      totals.forEach((name, sum) -> state.add("total " + name + " " + sum));
    }
    S3.listObjectsV2Paginator(list -> list.bucket(bucket)).contents().forEach(object -> state.add("object " + object.key()
        + " " + S3.getObjectAsBytes(get -> get.bucket(bucket).key(object.key())).asString(StandardCharsets.ISO_8859_1)));
    S3.listMultipartUploads(list -> list.bucket(bucket)).uploads().forEach(upload -> state.add("upload " + upload.key()));
    synchronized (published) {
      published.forEach(message -> state.add("published " + message));
    }
    synchronized (idsByKey) {
      idsByKey.forEach((key, answers) -> state.add("answered " + key + " " + answers));
    }
    stepFunctions.executions().forEach(execution -> state.add("execution " + execution.name() + " " + execution.status()
        + (execution.status() == ExecutionStatus.RUNNING ? sinceLastState(stepFunctions.history(execution.executionArn()))
            : "")));
    return state;
  }

  /// What an execution knows of what it is doing: the state it is in, and what has happened in it; of a map, that of each of
  /// its iterations, in whatever order they came.
  private static String sinceLastState(List<HistoryEvent> history) {
    var branches = new HashMap<Long, String>();
    var since = new TreeMap<String, List<HistoryEvent>>();
    for (HistoryEvent event : history) {
      String branch = branches.getOrDefault(event.previousId(), "");
      branch = switch (event.type()) {
        case "MapIterationStarted" -> "iteration " + event.details().get("index");
        case "MapStateSucceeded", "MapStateFailed", "MapStateAborted" -> "";
        default -> branch;
      };
      branches.put(event.id(), branch);
      if (branch.isEmpty() && event.type().endsWith("StateEntered")) {
        since.clear();
      }
      if (event.type().equals("MapIterationSucceeded")) {
        // What it came to is in its last event.
        List<HistoryEvent> own = since.get(branch);
        since.put(branch, new ArrayList<>(List.of(own.getLast())));
      }
      if (event.type().endsWith("StateEntered")) {
        since.remove(branch);
      }
      since.computeIfAbsent(branch, _ -> new ArrayList<>()).add(event);
    }
    var text = new StringBuilder();
    since.forEach((branch, events) -> {
      text.append(branch);
      for (HistoryEvent event : events) {
        var details = new TreeMap<>(event.details());
        details.remove("cause"); // no definition reads it
        text.append(event.type()).append(details);
      }
    });
    return text.toString();
  }

  // --- what must hold --------------------------------------------------------------------------------------------

  /// All resources, as one look at the whole table shows them.
  private List<Entry> everything() {
    return DYNAMO_DB.scanPaginator(scan -> scan.tableName(records).consistentRead(true)).items().stream()
        .filter(item -> item.containsKey("collection"))
        .map(item -> new Entry(item.get("collection").s(), item.get("org").s(), item.get("id").s(),
            Instant.parse(item.get("created").s()), item.get("status").s(), Long.parseLong(item.get("version").n()),
            new TreeMap<>(), item.get("document").s())).toList();
  }

  private List<Entry> list(String collection) {
    return everything().stream().filter(entry -> entry.collection().equals(collection)).toList();
  }

  private static List<ExportJob> jobsAmong(List<Entry> entries) {
    return entries.stream().filter(entry -> JOBS.contains(entry.collection()))
        .map(entry -> ExportJobs.Stored.of(entry).job()).toList();
  }

  private synchronized void seeStates() {
    if (armed && faults.hasWritten()) {
      jobsAmong(everything()).forEach(this::see);
    }
  }

  private void see(ExportJob job) {
    ExportJob seen = lastSeen.put(job.id(), job);
    ExportState before = seen == null ? job.state() : seen.state();
    boolean ended = before == ExportState.COMPLETED || before == ExportState.CANCELLED
        || before == ExportState.FAILED && !retried.contains(job.id());
    if (ended && before != job.state()) {
      illegal.add(job.id() + " became " + job.state() + " after it was " + before);
    }
  }

  /// Every invariant, over the tables, the bucket, the executions and what was published.
  void check() {
    stopIfKnown();
    assertThat(illegal).as("3: terminal states absorb").isEmpty();
    assertThat(unfinished()).as("1: all that was accepted ends").isEmpty();
    assertThat(stepFunctions.executions().stream().filter(e -> e.status() == ExecutionStatus.RUNNING).toList())
        .as("1: no execution runs on").isEmpty();
    assertThat(ExportFunctions.duties(observed, clock.instant())).as("1: no duty left").isEmpty();
    idsByKey.forEach((key, answers) -> assertThat(answers).as("2: one answer for " + key).hasSize(1));
    var wanted = new TreeSet<String>();
    Map<String, byte[]> objects = objects();
    var entries = everything();
    jobsAmong(entries).forEach(job -> checkJob(job, entries, wanted, objects));
    for (Entry entry : entries) {
      if (!entry.collection().equals("report-records")) {
        continue;
      }
      var report = Documents.read(entry.document(), ReportRecord.class);
      checkFile(report.fileRef().orElseThrow(), report.fileSizeBytes().orElseThrow(),
          report.fileSha256().orElseThrow(), wanted, objects);
      ReportRecordFunctions.sealedPrefix(report).ifPresent(prefix -> objects.keySet().stream()
          .filter(key -> key.startsWith(prefix)).forEach(wanted::add));
    }
    assertThat(objects.keySet()).as("4, 5, 12: no file that nothing names").isEqualTo(wanted);
    assertThat(S3.listMultipartUploads(list -> list.bucket(bucket)).uploads()).as("no upload left").isEmpty();
    checkLists();
    deleted.forEach((how, resource) -> {
      String[] parts = how.split("\\?");
      assertThat(answer(parts[0], Map.of(parts[1], resource), null, null, ORG).status())
          .as("12: deleted stays deleted: " + resource).isEqualTo(404);
    });
  }

  private void checkJob(ExportJob job, List<Entry> entries, Set<String> wanted, Map<String, byte[]> objects) {
    if (job.state() == ExportState.COMPLETED) {
      var file = job.file().orElseThrow();
      checkFile(file.key(), file.sizeBytes(), file.sha256(), wanted, objects);
    } else {
      assertThat(job.state()).as("1: ends as it should").isIn(ExportState.FAILED, ExportState.CANCELLED);
    }
    if (cancelled.contains(job.kind().collection() + "/" + job.id())) {
      assertThat(job.state()).as("4: cancelled stays cancelled").isEqualTo(ExportState.CANCELLED);
    }
    List<TopicMessage> told = published.stream().filter(message -> message.message().contains(job.id())).toList();
    boolean owed = job.order().notifyOnCompletion() && job.state() != ExportState.CANCELLED;
    assertThat(job.notified()).as("notified exactly where it is owed").isEqualTo(owed);
    if (owed) {
      String word = job.kind().statusOf(job);
      assertThat(told).as("told what it is").anyMatch(message -> word.equals(message.attributes().get("status")));
    } else {
      assertThat(told).as("4: nothing told").isEmpty();
    }
    long inHistory = entries.stream().filter(entry -> entry.collection().equals("report-records")
        && entry.document().contains("\"" + job.id() + "\"")).count();
    boolean reportDeleted = deleted.keySet().stream().anyMatch(how -> how.startsWith("GetReportRecord"));
    if (job.kind() == ExportKind.BUFDIR_EXPORT && !reportDeleted) {
      assertThat(inHistory).as("5: in the history once").isEqualTo(job.state() == ExportState.COMPLETED ? 1 : 0);
    }
  }

  private static void checkFile(String key, long size, String sha256, Set<String> wanted, Map<String, byte[]> objects) {
    wanted.add(key);
    assertThat(objects).as("6: the file is there").containsKey(key);
    assertThat(objects.get(key)).as("6: its size").hasSize(Math.toIntExact(size));
    try {
      assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(objects.get(key))))
          .as("6: its SHA-256").isEqualTo(sha256);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void checkLists() {
    for (String collection : List.of("bufdir-exports", "report-reexports", "export-files", "report-records",
        "aggregated-report-data")) {
      var page = observed.services().records().list(Listing.of(collection, ORG, Set.of(), 100));
      assertThat(page.total()).as("9: total of " + collection).isEqualTo(page.entries().size());
      Map<String, Long> byStatus = new TreeMap<>();
      page.entries().forEach(entry -> byStatus.merge(entry.status(), 1L, Long::sum));
      byStatus.forEach((status, count) -> assertThat(observed.services().records().countInStatus(collection, ORG, status))
          .as("9: " + status + " of " + collection).isEqualTo(count));
      assertThat(observed.services().records().list(Listing.of(collection, OTHER_ORG, Set.of(), 100)).total())
          .as("10: the other organisation's " + collection).isZero();
    }
    for (ExportJob job : jobsAmong(everything())) {
      if (job.kind() == ExportKind.BUFDIR_EXPORT) {
        assertThat(answer("GetBufdirExport", Map.of("export_id", job.id()), null, null, OTHER_ORG).status())
            .as("10: another organisation").isEqualTo(404);
        String link = answer("GetBufdirExport", Map.of("export_id", job.id()), null, null, ORG).text("/file_url");
        if (!link.isEmpty() && !link.equals("null")) {
          assertThat(link).as("7: a link of 25 seconds").contains("X-Amz-Expires=25");
        }
      }
    }
  }

  /// The objects that functions wrote.
  private Map<String, byte[]> objects() {
    var found = new TreeMap<String, byte[]>();
    S3.listObjectsV2Paginator(list -> list.bucket(bucket)).contents().stream().map(object -> object.key())
        .filter(key -> !key.startsWith("imports/") && !key.startsWith("import-state/"))
        .forEach(key -> found.put(key, S3.getObjectAsBytes(get -> get.bucket(bucket).key(key)).asByteArray()));
    return found;
  }

  /// What a follower is told who knows the events up to that one.
  List<Long> eventsAfter(long last, String periodId) {
    var context = JSON.createObjectNode().put("requestId", "req");
    context.putObject("authorizer").put("caller", "key-" + ORG).put("role", "org").put("organizations", ORG);
    var event = JSON.createObjectNode().put("httpMethod", "GET").put("path", "/watch");
    event.putObject("headers").put("Last-Event-ID", String.valueOf(last));
    event.putObject("queryStringParameters").put("organization_id", ORG).put("period_id", periodId);
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

  Optional<String> onlyId(String collection) {
    var entries = list(collection);
    return entries.size() == 1 ? Optional.of(entries.getFirst().id()) : Optional.empty();
  }

  String describe() {
    var text = new StringBuilder();
    jobsAmong(everything()).forEach(job -> text.append(job.kind().collection()).append(' ').append(job.id()).append(' ')
        .append(job.state()).append(" attempt ").append(job.attempt()).append('\n'));
    stepFunctions.executions().forEach(execution -> text.append(execution.name()).append(' ').append(execution.status())
        .append('\n'));
    return text.append("at ").append(clock.instant().truncatedTo(ChronoUnit.SECONDS)).toString();
  }

  @Override
  public void close() {
    faults.close();
    opened.forEach(Runnable::run);
    DYNAMO_DB.deleteTable(delete -> delete.tableName(records));
    DYNAMO_DB.deleteTable(delete -> delete.tableName(source));
    S3.listObjectsV2Paginator(list -> list.bucket(bucket)).contents()
        .forEach(object -> S3.deleteObject(delete -> delete.bucket(bucket).key(object.key())));
    S3.deleteBucket(delete -> delete.bucket(bucket));
  }
}
