package no.rapport.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import no.rapport.emulator.BucketEvent;
import no.rapport.stepfunctions.FunctionError;
import no.rapport.stepfunctions.StepFunctions;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;

/// Deploys `template.yaml` to an independent emulator of DynamoDB and S3. The emulator has the tables and the bucket.
/// Each function runs from its zip in its own process. Routes, authorizers and state machines run as on the local
/// stack.
final class DeployedStack implements Lambda, AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Template template =
      TemplateReader.read(Options.home().resolve("template.yaml"), Map.of(), LocalRapport.BUCKET);
  private final Map<String, FunctionProcess> processes = new ConcurrentHashMap<>();
  private final Map<String, Consumer<byte[]>> before = new ConcurrentHashMap<>();
  private final Path folder;
  private final Map<String, String> aws;
  private final S3Client s3;
  private final StepFunctions workflows;
  private final Gateway gateway;

  /// Deploys to a newly started emulator.
  ///
  /// @param endpoint endpoint of both services
  /// @param folder folder for the unpacked zips
  DeployedStack(URI endpoint, String region, String accessKey, String secretKey, Path folder) {
    this.folder = folder;
    var identity = StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
    createTables(endpoint, Region.of(region), identity);
    s3 = S3Client.builder().endpointOverride(endpoint).region(Region.of(region)).credentialsProvider(identity)
        .forcePathStyle(true).httpClient(UrlConnectionHttpClient.create()).build();
    s3.createBucket(create -> create.bucket(LocalRapport.BUCKET)
        .createBucketConfiguration(where -> where.locationConstraint(region)));
    workflows = StepFunctions.builder().port(0).functions(this::task).topics(_ -> "published").start();
    for (var machine : template.stateMachines()) {
      workflows.createStateMachine(machine.name(), machine.definition().toString(),
          Names.arn("AWS::IAM::Role", machine.logicalId() + "Role"));
    }
    aws = Map.of("AWS_REGION", region, "AWS_ACCESS_KEY_ID", accessKey, "AWS_SECRET_ACCESS_KEY", secretKey,
        "AWS_ENDPOINT_URL_DYNAMODB", endpoint.toString(), "AWS_ENDPOINT_URL_S3", endpoint.toString(),
        "AWS_ENDPOINT_URL_SFN", workflows.endpoint().toString());
    gateway = Gateway.start(0, template, this, Gateway.PublicContracts.KEY);
  }

  private void createTables(URI endpoint, Region region, StaticCredentialsProvider identity) {
    try (var dynamoDb = DynamoDbClient.builder().endpointOverride(endpoint).region(region)
        .credentialsProvider(identity).httpClient(UrlConnectionHttpClient.create()).build()) {
      for (var table : template.tables()) {
        dynamoDb.createTable(table.create());
        dynamoDb.waiter().waitUntilTableExists(wait -> wait.tableName(table.create().tableName()));
        table.timeToLive().ifPresent(attribute -> dynamoDb.updateTimeToLive(update -> update
            .tableName(table.create().tableName())
            .timeToLiveSpecification(ttl -> ttl.attributeName(attribute).enabled(true))));
      }
    }
  }

  /// Returns the base URL of the API.
  URI baseUrl() {
    return gateway.baseUrl();
  }

  S3Client s3() {
    return s3;
  }

  /// Issues an API key for a new client with the function that operators use.
  ///
  /// @param organizations JSON: a list, or `"*"`
  String key(String role, String organizations) throws Exception {
    return JSON.readTree(invoke("ManageApiKeysFunction", """
        {"action": "issue", "client": "%s-client", "label": "Test", "role": "%s", "organizations": %s}"""
        .formatted(role, role, organizations).getBytes(StandardCharsets.UTF_8))).path("key").asText();
  }

  /// Puts an object into the bucket and invokes the functions that the template subscribes to it.
  void put(String key, String content) throws FunctionFailed {
    s3.putObject(put -> put.bucket(LocalRapport.BUCKET).key(key), RequestBody.fromString(content));
    var event = new BucketEvent("ObjectCreated:Put", LocalRapport.BUCKET, key,
        content.getBytes(StandardCharsets.UTF_8).length, "0".repeat(32));
    for (var function : template.functions().values()) {
      for (var upload : function.uploads()) {
        if (upload.matches(event.bucket(), event.name(), key)) {
          invoke(function.logicalId(), BucketNotification.of(event, Instant.now()));
        }
      }
    }
  }

  /// Runs an action before each invocation of a function by a state machine. Its exception fails the invocation.
  void beforeTask(String logicalId, Consumer<byte[]> act) {
    before.put(logicalId, act);
  }

  private byte[] task(String functionArn, byte[] payload) throws FunctionError {
    try {
      Optional.ofNullable(before.get(template.function(functionArn).logicalId())).ifPresent(act -> act.accept(payload));
      return invoke(functionArn, payload);
    } catch (FunctionFailed e) {
      throw new FunctionError(e.errorType(), e.payload());
    } catch (IllegalStateException e) {
      throw new FunctionError("Runtime.ExitError", e.getMessage());
    }
  }

  @Override
  public byte[] invoke(String reference, byte[] event) throws FunctionFailed {
    var process = process(template.function(reference));
    try {
      synchronized (process) {
        return process.invoke(event);
      }
    } catch (RuntimeApi.Failed e) {
      try {
        JsonNode error = JSON.readTree(e.getMessage());
        throw new FunctionFailed(error.path("errorType").asText(), error.path("errorMessage").asText(), e.getMessage());
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }
  }

  /// The runtime's client sends an answer only when it is complete.
  @Override
  public void stream(String reference, byte[] event, OutputStream result) throws FunctionFailed {
    try {
      result.write(invoke(reference, event));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts every function and waits until it is ready, so that no request of a test waits for it.
  void startAll() {
    template.functions().values().parallelStream().forEach(function -> process(function).awaitReady());
  }

  private FunctionProcess process(Template.LambdaFunction function) {
    return processes.computeIfAbsent(function.logicalId(), _ ->
        FunctionProcess.start(function, FunctionProcess.asOnLambda(function, folder, aws)));
  }

  @Override
  public void close() {
    gateway.close();
    workflows.close();
    processes.values().forEach(FunctionProcess::close);
    s3.close();
  }
}
