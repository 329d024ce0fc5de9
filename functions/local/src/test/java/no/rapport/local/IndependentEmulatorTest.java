package no.rapport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import no.rapport.emulator.BucketEvent;
import no.rapport.emulator.FunctionError;
import no.rapport.emulator.Loopback;
import no.rapport.emulator.StepFunctions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/// The main job on a DynamoDB and an S3 that are not ours: the deployables as processes, tables, bucket and workflows as
/// `template.yaml` defines them, from a file of source data to a link and to its end.
///
/// On LocalStack through Testcontainers where Docker is found (`-Drapport.localstack.image=…` for another image), or
/// on any newly started emulator that answers for both services at one address, for example `moto_server -p 5000`:
/// `mvn verify -pl functions/local -am -Drapport.deployable.tests=independent -Dtest=IndependentEmulatorTest
/// -Dsurefire.failIfNoSpecifiedTests=false -Drapport.aws.endpoint=http://127.0.0.1:5000`
@Tag("independent")
class IndependentEmulatorTest {

  /// The newest line of images that needs no token.
  private static final String IMAGE = System.getProperty("rapport.localstack.image", "localstack/localstack:4.14.0");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORGANIZATION = "org-bufdir-042";

  @TempDir
  private Path folder;
  private final Template template =
      TemplateReader.read(Options.home().resolve("template.yaml"), Map.of(), LocalRapport.BUCKET);
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Map<String, FunctionProcess> processes = new ConcurrentHashMap<>();
  private Map<String, String> aws = Map.of();
  private S3Client s3;

  @AfterEach
  void close() throws Exception {
    processes.values().forEach(FunctionProcess::close);
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  @Test
  void takesSourceDataToAFileAndToItsEnd() throws Exception {
    deploy(endpoint());

    var key = "imports/" + ORGANIZATION + "/activities/2025.csv";
    s3.putObject(put -> put.bucket(LocalRapport.BUCKET).key(key), RequestBody.fromString("""
        activity_id;org_id;activity_type;date;participant_count;duration_minutes;location;municipality;county;\
        target_group;title;notes;attachments;updated_at
        a1;%1$s;course;2025-03-01;5;60;Oslo;0301;Oslo;barn;Kurs i Čáhppesjávri;;;2025-03-02T00:00:00Z
        a2;%1$s;course;2025-13-01;5;60;Oslo;0301;Oslo;barn;Kurs;;;2025-03-02T00:00:00Z
        """.formatted(ORGANIZATION)));
    invoke("ImportSourceDataFunction", BucketNotification.of(
        new BucketEvent("ObjectCreated:Put", LocalRapport.BUCKET, key, 300, "0".repeat(32)), Instant.now()));
    var report = JSON.readTree(object(key + ".report.json").orElseThrow());
    assertThat(report.at("/counts/imported").asInt()).as(report.toString()).isEqualTo(1);
    assertThat(report.at("/counts/rejected").asInt()).isEqualTo(1);

    var accepted = call("create-bufdir-export", "CreateBufdirExportFunction", Map.of(), """
        {"org_id": "%s", "format": "csv", "period_from": "2025-01-01", "period_to": "2025-12-31"}"""
        .formatted(ORGANIZATION));
    assertThat(accepted.path("statusCode").asInt()).as(accepted.toString()).isEqualTo(202);
    var id = body(accepted).path("export_id").asText();
    var path = Map.of("export_id", id);
    var export = Eventually.value("an end of " + id, () -> Optional.of(body(call("get-bufdir-export",
        "GetBufdirExportFunction", path, null))).filter(found -> !found.path("status").asText().matches("queued|processing")));
    assertThat(export.path("status").asText()).as(export.toString()).isEqualTo("completed");
    assertThat(export.path("row_count").asInt()).isEqualTo(1);

    var file = download(export.path("file_url").asText());
    assertThat(file.statusCode()).isEqualTo(200);
    assertThat(new String(file.body(), StandardCharsets.UTF_8)).contains("a1", "0301", "Kurs i Čáhppesjávri");
    assertThat(file.body()).hasSize(export.path("file_size_bytes").asInt());
    // Not every emulator does what this part of a link asks for.
    assertThat(export.path("file_url").asText()).contains("response-content-disposition=attachment");

    var records = body(call("list-report-records", "ListReportRecordsFunction", Map.of(), null));
    assertThat(records.at("/pagination/total").asInt()).as(records.toString()).isEqualTo(1);
    assertThat(call("delete-bufdir-export", "DeleteBufdirExportFunction", path, null).path("statusCode").asInt())
        .isEqualTo(200);
    assertThat(call("get-bufdir-export", "GetBufdirExportFunction", path, null).path("statusCode").asInt())
        .isEqualTo(404);
    assertThat(download(export.path("file_url").asText()).statusCode()).isNotEqualTo(200);
  }

  private URI endpoint() {
    var given = System.getProperty("rapport.aws.endpoint", "");
    if (!given.isEmpty()) {
      credentials(Loopback.REGION.id(), "test", "test");
      return URI.create(given);
    }
    assumeTrue(DockerClientFactory.instance().isDockerAvailable(),
        "Skipped: LocalStack needs Docker, and none was found; -Drapport.aws.endpoint names another emulator");
    var localStack = new LocalStackContainer(
        DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("localstack/localstack")).withServices("dynamodb", "s3");
    opened.push(localStack);
    localStack.start();
    credentials(localStack.getRegion(), localStack.getAccessKey(), localStack.getSecretKey());
    return localStack.getEndpoint();
  }

  private void credentials(String region, String accessKey, String secretKey) {
    aws = Map.of("AWS_REGION", region, "AWS_ACCESS_KEY_ID", accessKey, "AWS_SECRET_ACCESS_KEY", secretKey);
  }

  private void deploy(URI endpoint) throws Exception {
    var identity = StaticCredentialsProvider.create(
        AwsBasicCredentials.create(aws.get("AWS_ACCESS_KEY_ID"), aws.get("AWS_SECRET_ACCESS_KEY")));
    var region = software.amazon.awssdk.regions.Region.of(aws.get("AWS_REGION"));
    try (var dynamoDb = DynamoDbClient.builder().endpointOverride(endpoint).region(region)
        .credentialsProvider(identity).httpClient(UrlConnectionHttpClient.create()).build()) {
      for (var table : template.tables()) {
        dynamoDb.createTable(table.create());
        dynamoDb.waiter().waitUntilTableExists(wait -> wait.tableName(table.create().tableName()));
        if (table.timeToLive().isPresent()) {
          dynamoDb.updateTimeToLive(update -> update.tableName(table.create().tableName())
              .timeToLiveSpecification(ttl -> ttl.attributeName(table.timeToLive().get()).enabled(true)));
        }
      }
    }
    s3 = S3Client.builder().endpointOverride(endpoint).region(region).credentialsProvider(identity)
        .forcePathStyle(true).httpClient(UrlConnectionHttpClient.create()).build();
    opened.push(s3);
    s3.createBucket(create -> create.bucket(LocalRapport.BUCKET)
        .createBucketConfiguration(where -> where.locationConstraint(region.id())));
    var workflows = StepFunctions.builder().port(0).functions(this::task).topics(_ -> "published").start();
    opened.push(workflows);
    for (var machine : template.stateMachines()) {
      workflows.createStateMachine(machine.name(), machine.definition().toString(),
          Names.arn("AWS::IAM::Role", machine.logicalId() + "Role"));
    }
    aws = Map.of("AWS_REGION", aws.get("AWS_REGION"), "AWS_ACCESS_KEY_ID", aws.get("AWS_ACCESS_KEY_ID"),
        "AWS_SECRET_ACCESS_KEY", aws.get("AWS_SECRET_ACCESS_KEY"), "AWS_ENDPOINT_URL_DYNAMODB", endpoint.toString(),
        "AWS_ENDPOINT_URL_S3", endpoint.toString(), "AWS_ENDPOINT_URL_SFN", workflows.endpoint().toString());
  }

  private byte[] task(String functionArn, byte[] payload) throws FunctionError {
    try {
      return invoke(template.function(functionArn).logicalId(), payload);
    } catch (RuntimeApi.Failed e) {
      try {
        throw new FunctionError(JSON.readTree(e.getMessage()).path("errorType").asText(), e.getMessage());
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }
  }

  private byte[] invoke(String id, byte[] event) {
    var process = processes.computeIfAbsent(id, _ -> {
      var function = template.function(id);
      return FunctionProcess.start(function, FunctionProcess.asOnLambda(function, folder, aws));
    });
    synchronized (process) {
      return process.invoke(event);
    }
  }

  /// Sends the function's own event with another path and body.
  private JsonNode call(String event, String id, Map<String, String> pathParameters, String body) {
    try {
      var request = (ObjectNode) JSON.readTree(Files.readString(Options.home().resolve("events/" + event + ".json")));
      request.put("body", body);
      var parameters = request.withObject("/pathParameters");
      pathParameters.forEach((name, value) -> parameters.put(name, value));
      request.putNull("queryStringParameters").putNull("multiValueQueryStringParameters");
      var authorizer = request.withObject("/requestContext/authorizer");
      authorizer.put("role", "org").put("organizations", ORGANIZATION);
      return JSON.readTree(invoke(id, JSON.writeValueAsBytes(request)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode body(JsonNode answer) {
    try {
      return JSON.readTree(answer.path("body").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<byte[]> object(String key) {
    try {
      return Optional.of(s3.getObject(get -> get.bucket(LocalRapport.BUCKET).key(key), ResponseTransformer.toBytes())
          .asByteArray());
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    }
  }

  private static HttpResponse<byte[]> download(String link) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(URI.create(link)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }
  }
}
