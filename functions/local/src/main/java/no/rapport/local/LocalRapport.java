package no.rapport.local;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import no.rapport.api.Role;
import no.rapport.emulator.BucketEvent;
import no.rapport.emulator.BufdirStub;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.EmbeddedS3;
import no.rapport.emulator.Loopback;
import no.rapport.stepfunctions.FunctionError;
import no.rapport.stepfunctions.StepFunctions;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sfn.SfnClient;

/// Runs the whole system of `template.yaml` on 127.0.0.1, with DynamoDB, S3, Step Functions and API Gateway inside this
/// JVM.
///
/// Functions read their settings from system properties, which belong to the whole JVM. So only one instance runs at a
/// time. Handlers may keep clients in static fields, so tests in one JVM share one instance ([#shared()]).
public final class LocalRapport implements AutoCloseable {

  /// The bucket of source data and files.
  public static final String BUCKET = "rapport-local";

  private final Template template;
  // On AWS up to forty concurrent tasks each have their own machine. Here they share the memory and cores of one.
  private final Semaphore taskPlaces = new Semaphore(2 * Math.max(2, Runtime.getRuntime().availableProcessors()));
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Optional<BufdirStub> bufdir;
  private final EmbeddedDynamoDb dynamoDb;
  private final EmbeddedS3 s3;
  private final Functions functions;
  private final StepFunctions stepFunctions;
  private final Notifications notifications;
  private final DynamoDbClient dynamoDbClient;
  private final S3Client s3Client;
  private final S3Presigner presigner;
  private final SfnClient sfnClient;
  private final Gateway gateway;
  private volatile Map<Role, String> keys = Map.of();
  private DemoOrganizations demo;

  private LocalRapport(Options options) {
    try {
      bufdir = options.bufdirStub() ? Optional.of(opened(BufdirStub.start())) : Optional.empty();
      template = TemplateReader.read(options.template(), parameters(options), BUCKET);
      var startingS3 = CompletableFuture.supplyAsync(() -> startS3(options));
      var startingDynamoDb = CompletableFuture.supplyAsync(() -> startDynamoDb(options));
      s3 = opened(joined(startingS3));
      dynamoDb = opened(joined(startingDynamoDb));
      dynamoDbClient = opened(dynamoDb.client());
      s3Client = opened(s3.client());
      presigner = opened(s3.presigner());
      notifications = new Notifications();
      functions = opened(new Functions(template));
      stepFunctions = opened(startStepFunctions(options));
      sfnClient = opened(stepFunctions.client());
      setSystemProperties();
      var tables = CompletableFuture.runAsync(this::createTables);
      createBucket();
      for (var machine : template.stateMachines()) {
        stepFunctions.createStateMachine(machine.name(), machine.definition().toString(),
            Names.arn("AWS::IAM::Role", machine.logicalId() + "Role"));
      }
      joined(tables);
      var events = opened(new AsynchronousCalls(functions));
      s3.onObjectCreated(event -> deliver(event, events));
      schedule(events);
      gateway = opened(Gateway.start(options.port(), template, functions, options.publicContracts()));
      System.setProperty("API_URL", gateway.baseUrl().toString());
      gateway.mount(TracePage.PATH, new TracePage(new Trace(sfnClient), notifications, functions,
          () -> keys, this::demoOrganizations));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /// Starts everything.
  ///
  /// @throws no.rapport.emulator.PortTakenException if a port is in use
  /// @throws UnsupportedInTemplate if the template contains something that the local stack does not support
  public static LocalRapport start(Options options) {
    return new LocalRapport(options);
  }

  /// Returns one stack on free ports for all tests of the JVM. Starts it at the first call. Callers must not close it.
  public static LocalRapport shared() {
    return Shared.INSTANCE;
  }

  /// Returns the base URL of the API.
  public URI baseUrl() {
    return gateway.baseUrl();
  }

  /// Starts a second gateway to the same system with another setting for keys. The caller must close it.
  Gateway anotherGateway(Gateway.PublicContracts publicContracts) {
    return Gateway.start(0, template, functions, publicContracts);
  }

  private synchronized DemoOrganizations demoOrganizations() {
    if (demo == null) {
      demo = new DemoOrganizations(baseUrl(), keys.isEmpty() ? issueKeys().get(Role.ADMIN) : keys.get(Role.ADMIN),
          s3Client, dynamoDbClient);
    }
    return demo;
  }

  /// Issues a key for each role and shows them at `/_local/`. Those of an earlier start are revoked.
  public Map<Role, String> issueKeys() {
    keys = DemoKeys.issue(this);
    return keys;
  }

  /// Returns a client of the stack's tables. It is closed with the stack.
  public DynamoDbClient dynamoDb() {
    return dynamoDbClient;
  }

  /// Returns a client of the stack's bucket. It is closed with the stack.
  public S3Client s3() {
    return s3Client;
  }

  /// Returns a presigner for the stack's bucket. It is closed with the stack.
  public S3Presigner presigner() {
    return presigner;
  }

  /// Returns the endpoint of S3.
  public URI s3Endpoint() {
    return s3.endpoint();
  }

  /// Returns the endpoint of DynamoDB.
  public URI dynamoDbEndpoint() {
    return dynamoDb.endpoint();
  }

  /// Returns the endpoint of Step Functions.
  public URI stepFunctionsEndpoint() {
    return stepFunctions.endpoint();
  }

  /// Returns a client of the stack's state machines. It is closed with the stack.
  public SfnClient sfn() {
    return sfnClient;
  }

  /// Returns the stub of Bufdir, or empty if the options have none.
  public Optional<BufdirStub> bufdir() {
    return bufdir;
  }

  /// Returns the messages that were published to topics.
  public Notifications notifications() {
    return notifications;
  }

  Template template() {
    return template;
  }

  Functions functions() {
    return functions;
  }

  /// Stops everything in reverse order of starting, and removes temporary folders.
  @Override
  public void close() {
    RuntimeException first = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        if (first == null) {
          first = new IllegalStateException("Could not stop all of the local stack", e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  // --- starting --------------------------------------------------------------------------------------------------

  private Map<String, Object> parameters(Options options) {
    var parameters = new HashMap<>(options.parameters());
    bufdir.ifPresent(stub -> parameters.putAll(Map.of(
        "BufdirApiUrl", stub.apiUrl().toString(),
        "MaskinportenTokenUrl", stub.tokenUrl().toString(),
        "MaskinportenAudience", BufdirStub.AUDIENCE,
        "MaskinportenClientId", BufdirStub.CLIENT_ID,
        "MaskinportenScope", BufdirStub.SCOPE,
        "BufdirKeySecretArn", BufdirStub.SECRET_ID)));
    return parameters;
  }

  private EmbeddedS3 startS3(Options options) {
    var origins = Gateway.allowedOrigins(template);
    return options.data().map(folder -> EmbeddedS3.start(options.s3Port(), folder.resolve("s3"), origins))
        .orElseGet(() -> EmbeddedS3.start(options.s3Port(), origins));
  }

  private static EmbeddedDynamoDb startDynamoDb(Options options) {
    return options.data().map(folder -> EmbeddedDynamoDb.start(options.dynamoDbPort(), folder.resolve("dynamodb")))
        .orElseGet(() -> EmbeddedDynamoDb.start(options.dynamoDbPort()));
  }

  private StepFunctions startStepFunctions(Options options) {
    Loopback.requireFree(options.stepFunctionsPort(), "Step Functions");
    var builder = StepFunctions.builder()
        .port(options.stepFunctionsPort())
        .functions(this::invoke)
        .topics(notifications::publish);
    options.data().ifPresent(folder -> builder.data(folder.resolve("stepfunctions")));
    return builder.start();
  }

  private byte[] invoke(String functionArn, byte[] payload) throws FunctionError {
    taskPlaces.acquireUninterruptibly();
    try {
      return functions.invoke(functionArn, payload);
    } catch (FunctionFailed e) {
      throw new FunctionError(e.errorType(), e.payload());
    } catch (UnsupportedInTemplate e) {
      throw new FunctionError("Lambda.ResourceNotFoundException", e.getMessage());
    } finally {
      taskPlaces.release();
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    opened.push(resource);
    return resource;
  }

  private static <T> T joined(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /// Points the SDK and the handlers to this stack. System properties override the machine's own AWS settings.
  private void setSystemProperties() {
    Functions.environment(template).forEach(System::setProperty);
    var settings = Map.ofEntries(
        Map.entry("aws.region", Loopback.REGION.id()),
        Map.entry("aws.accessKeyId", Loopback.ACCESS_KEY),
        Map.entry("aws.secretAccessKey", Loopback.SECRET_KEY),
        Map.entry("aws.disableEc2Metadata", "true"),
        Map.entry("aws.ignoreConfiguredEndpointUrls", "false"),
        Map.entry("aws.endpointUrlDynamoDb", dynamoDb.endpoint().toString()),
        Map.entry("aws.endpointUrlSfn", stepFunctions.endpoint().toString()),
        Map.entry("aws.endpointUrlS3", s3.endpoint().toString()),
        Map.entry("software.amazon.awssdk.http.service.impl",
            "software.amazon.awssdk.http.urlconnection.UrlConnectionSdkHttpService"),
        // All functions share the connection pool of this process.
        Map.entry("http.maxConnections", "64"),
        // The template's values are for AWS.
        Map.entry("S3_PATH_STYLE", "true"),
        Map.entry("WATCH_TRANSFER", "STREAMED"));
    settings.forEach(System::setProperty);
    bufdir.ifPresent(stub -> System.setProperty("aws.endpointUrlSecretsManager", stub.endpoint().toString()));
  }

  private void createTables() {
    template.tables().parallelStream().forEach(table -> {
      try {
        dynamoDbClient.createTable(table.create());
      } catch (ResourceInUseException e) {
        // Created by an earlier run with the same folder.
      }
      table.timeToLive().ifPresent(attribute -> {
        var status = dynamoDbClient.describeTimeToLive(describe -> describe.tableName(table.create().tableName()))
            .timeToLiveDescription().timeToLiveStatus();
        if (status != TimeToLiveStatus.ENABLED) {
          dynamoDbClient.updateTimeToLive(update -> update.tableName(table.create().tableName())
              .timeToLiveSpecification(ttl -> ttl.attributeName(attribute).enabled(true)));
        }
      });
    });
  }

  private void createBucket() {
    for (var bucket : template.buckets()) {
      try {
        s3Client.createBucket(create -> create.bucket(bucket));
      } catch (BucketAlreadyOwnedByYouException e) {
        // Created by an earlier run with the same folder.
      }
    }
  }

  private void deliver(BucketEvent event, AsynchronousCalls events) {
    for (var function : template.functions().values()) {
      for (var upload : function.uploads()) {
        if (upload.matches(event.bucket(), event.name(), event.key())) {
          events.call(function.name(), BucketNotification.of(event, Instant.now()));
        }
      }
    }
  }

  private void schedule(AsynchronousCalls events) {
    for (var function : template.functions().values()) {
      for (var schedule : function.schedules()) {
        var input = schedule.input().map(Object::toString).orElseGet(() -> """
            {"version": "0", "id": "%s", "detail-type": "Scheduled Event", "source": "aws.scheduler",
             "account": "%s", "time": "%s", "region": "%s", "resources": ["%s"], "detail": {}}"""
            .formatted(UUID.randomUUID(), Names.ACCOUNT, Instant.now().truncatedTo(ChronoUnit.SECONDS), Names.REGION,
                schedule.name()));
        events.every(schedule.every(), function.name(), input.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static final class Shared {
    static final LocalRapport INSTANCE = start(Options.onFreePorts());
  }
}
