package no.rapport.local;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.EmbeddedS3;
import no.rapport.emulator.HeapDynamoDb;
import no.rapport.emulator.HeapHttpClient;
import no.rapport.emulator.HeapS3;
import no.rapport.emulator.Loopback;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.records.Entry;
import no.rapport.stepfunctions.HttpReply;
import no.rapport.stepfunctions.StepFunctions;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sfn.SfnClient;

/// The services of one walk: its own two tables and bucket. They use the heap's DynamoDB and S3, whose connections
/// break only by injected faults. With `-Drapport.faults.services=embedded` they use DynamoDB Local and S3Proxy.
final class WalkServices implements AutoCloseable {

  static final boolean HEAP = System.getProperty("rapport.faults.services", "heap").equals("heap");
  private static final SdkHttpClient CONNECTIONS = UrlConnectionHttpClient.create();
  private static final SdkHttpClient DYNAMO_DB_HTTP = HEAP ? new HeapDynamoDb() : CONNECTIONS;
  private static final SdkHttpClient S3_HTTP = HEAP ? new HeapS3() : CONNECTIONS;
  static final DynamoDbClient DYNAMO_DB = dynamoDb(DynamoDbClient.builder());
  static final S3Client S3 = s3(S3Client.builder());
  /// The clients of all functions. The thread identifies the calling function.
  static final DynamoDbClient FAULTY_DYNAMO_DB = dynamoDb(faulty(DynamoDbClient.builder()));
  static final S3Client FAULTY_S3 = s3(faulty(S3Client.builder()));
  static final S3Presigner PRESIGNER = S3Presigner.builder().region(Loopback.REGION)
      .credentialsProvider(Loopback.CREDENTIALS).build();
  private static final List<String> JOBS = List.of("bufdir-exports", "report-reexports", "export-files");

  final String records = EmbeddedDynamoDb.newTable(DYNAMO_DB, "RecordsTable");
  final String source = EmbeddedDynamoDb.newTable(DYNAMO_DB, "SourceDataTable");
  final String bucket = "faulty-" + UUID.randomUUID();
  private SdkHttpClient stepFunctionsHttp;

  WalkServices() {
    S3.createBucket(create -> create.bucket(bucket));
  }

  /// Returns a client of the walk's Step Functions, with faults. The caller must close it.
  SfnClient stepFunctions(StepFunctions stepFunctions) {
    stepFunctionsHttp = HEAP ? HeapHttpClient.of((request, body) -> answer(stepFunctions, request, body)) : CONNECTIONS;
    return at(faulty(SfnClient.builder()), stepFunctions.endpoint(), stepFunctionsHttp).build();
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

  /// Returns the HTTP client of a request's service.
  SdkHttpClient http(SdkHttpRequest request) {
    String target = request.firstMatchingHeader("X-Amz-Target").orElse("S3");
    return target.equals("S3") ? S3_HTTP : target.startsWith("DynamoDB") ? DYNAMO_DB_HTTP : stepFunctionsHttp;
  }

  private static HeapHttpClient.Reply answer(StepFunctions stepFunctions, SdkHttpRequest request, byte[] body) {
    HttpReply reply = stepFunctions.answer(
        request.method().name(), request.firstMatchingHeader("X-Amz-Target").orElse(null), body);
    return new HeapHttpClient.Reply(reply.status(), reply.headers(), reply.body());
  }

  /// Returns all resources of the table.
  List<Entry> everything() {
    return DYNAMO_DB.scanPaginator(scan -> scan.tableName(records).consistentRead(true)).items().stream()
        .filter(item -> item.containsKey("collection"))
        .map(item -> new Entry(item.get("collection").s(), item.get("org").s(), item.get("id").s(),
            Instant.parse(item.get("created").s()), item.get("status").s(), Long.parseLong(item.get("version").n()),
            new TreeMap<>(), item.get("document").s())).toList();
  }

  List<Entry> list(String collection) {
    return everything().stream().filter(entry -> entry.collection().equals(collection)).toList();
  }

  static List<ExportJob> jobsAmong(List<Entry> entries) {
    return entries.stream().filter(entry -> JOBS.contains(entry.collection()))
        .map(entry -> ExportJobs.Stored.of(entry).job()).toList();
  }

  /// Returns the objects that functions wrote.
  Map<String, byte[]> objects() {
    var found = new TreeMap<String, byte[]>();
    S3.listObjectsV2Paginator(list -> list.bucket(bucket)).contents().stream().map(object -> object.key())
        .filter(key -> !key.startsWith("imports/") && !key.startsWith("import-state/"))
        .forEach(key -> found.put(key, S3.getObjectAsBytes(get -> get.bucket(bucket).key(key)).asByteArray()));
    return found;
  }

  /// Returns the keys of unfinished multipart uploads.
  List<String> uploads() {
    return S3.listMultipartUploads(list -> list.bucket(bucket)).uploads().stream().map(upload -> upload.key()).toList();
  }

  Optional<String> onlyId(String collection) {
    var entries = list(collection);
    return entries.size() == 1 ? Optional.of(entries.getFirst().id()) : Optional.empty();
  }

  @Override
  public void close() {
    DYNAMO_DB.deleteTable(delete -> delete.tableName(records));
    DYNAMO_DB.deleteTable(delete -> delete.tableName(source));
    S3.listObjectsV2Paginator(list -> list.bucket(bucket)).contents()
        .forEach(object -> S3.deleteObject(delete -> delete.bucket(bucket).key(object.key())));
    S3.deleteBucket(delete -> delete.bucket(bucket));
  }
}
