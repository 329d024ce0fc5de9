package no.rapport.sourceimports;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntSupplier;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.HeapDynamoDb;
import no.rapport.emulator.HeapS3;
import no.rapport.emulator.OneOrganizationS3;
import no.rapport.imports.ImportRecords;
import no.rapport.records.InMemoryRecords;
import no.rapport.reporting.Activity;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.Activities;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecords;
import no.rapport.sourcedata.OrganizationRegister;
import no.rapport.sourcedata.SourceDataTable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;

/// Creates a source-data table and a bucket for one test class, and runs the import function on them.
final class SourceData {

  static final String BUCKET = "source-data";
  static final String ORG = "org-042";
  static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  private static final ObjectMapper JSON = new ObjectMapper();

  final DynamoDbClient dynamoDb = HeapDynamoDb.newClient();
  final S3Client s3 = HeapS3.newClient();
  final String table = EmbeddedDynamoDb.newTable(dynamoDb, "SourceDataTable");
  final String folder = UUID.randomUUID().toString().substring(0, 8);
  final Activities activities = new Activities(dynamoDb, table);
  final CaseRecords caseRecords = new CaseRecords(dynamoDb, table);
  final OrganizationRegister register = new OrganizationRegister(dynamoDb, table);
  final InMemoryRecords records = new InMemoryRecords();
  final ImportRecords imports = new ImportRecords(records);
  final List<String> log = new ArrayList<>();
  private Instant now = NOON;

  SourceData() {
    s3.createBucket(request -> request.bucket(BUCKET));
  }

  /// Returns a key below the activities of [#ORG] that no other fixture uses.
  String activitiesKey(String name) {
    return "imports/" + ORG + "/activities/" + folder + "/" + name;
  }

  String casesKey(String name) {
    return "imports/" + ORG + "/cases/" + folder + "/" + name;
  }

  void put(String key, byte[] content) {
    s3.putObject(request -> request.bucket(BUCKET).key(key), RequestBody.fromBytes(content));
  }

  /// Puts a file one minute after the previous one, and delivers its event.
  JsonNode importText(String key, String content) {
    return importBytes(key, content.getBytes(StandardCharsets.UTF_8));
  }

  JsonNode importBytes(String key, byte[] content) {
    put(key, content);
    now = now.plusSeconds(60);
    deliver(key, now, () -> 900_000);
    return report(key);
  }

  void deliver(String key, Instant putAt, IntSupplier remainingMillis) {
    var console = System.out;
    var written = new ByteArrayOutputStream();
    System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
    try {
      // The function fails on a key of another organisation than the event's.
      var own = new OneOrganizationS3(s3, key.split("/")[1]);
      new ImportSourceData(imports, own, dynamoDb, table, 16, InstantSource.system())
          .handleRequest(event(key, putAt), context(remainingMillis));
      assertThat(own.strayed()).isEmpty();
    } finally {
      System.setOut(console);
      written.toString(StandardCharsets.UTF_8).lines().forEach(log::add);
    }
  }

  static S3Event event(String key, Instant putAt) {
    var object = new S3EventNotification.S3ObjectEntity(
        URLEncoder.encode(key, StandardCharsets.UTF_8).replace("%2F", "/"), 1L, "etag", null, "00");
    var entity = new S3EventNotification.S3Entity(
        "Imported", new S3EventNotification.S3BucketEntity(BUCKET, null, "arn:aws:s3:::" + BUCKET), object, "1.0");
    return new S3Event(List.of(new S3EventNotification.S3EventNotificationRecord(
        "eu-north-1", "ObjectCreated:Put", "aws:s3", putAt.toString(), "2.1", null, null, entity, null)));
  }

  JsonNode report(String key) {
    try {
      return JSON.readTree(bytes(key + ".report.json"));
    } catch (IOException e) {
      throw new AssertionError("The report is no JSON", e);
    }
  }

  byte[] bytes(String key) {
    return s3.getObject(request -> request.bucket(BUCKET).key(key), ResponseTransformer.toBytes()).asByteArray();
  }

  List<String> keys(String prefix) {
    return s3.listObjectsV2(request -> request.bucket(BUCKET).prefix(prefix)).contents().stream()
        .map(object -> object.key())
        .toList();
  }

  List<Activity> read(String from, String to) {
    var read = new ArrayList<Activity>();
    activities.read(
        ORG, new Period(LocalDate.parse(from), LocalDate.parse(to)), Set.of(), read::add);
    return read;
  }

  List<CaseRecord> cases() {
    var read = new ArrayList<CaseRecord>();
    for (int part = 0; part < CaseRecords.PARTS; part++) {
      caseRecords.readPart(ORG, part, read::add);
    }
    return read;
  }

  Context context(IntSupplier remainingMillis) {
    return new Context() {
      @Override
      public String getAwsRequestId() {
        return "request";
      }

      @Override
      public String getLogGroupName() {
        return "group";
      }

      @Override
      public String getLogStreamName() {
        return "stream";
      }

      @Override
      public String getFunctionName() {
        return "ImportSourceData";
      }

      @Override
      public String getFunctionVersion() {
        return "1";
      }

      @Override
      public String getInvokedFunctionArn() {
        return "arn";
      }

      @Override
      public CognitoIdentity getIdentity() {
        return null;
      }

      @Override
      public ClientContext getClientContext() {
        return null;
      }

      @Override
      public int getRemainingTimeInMillis() {
        return remainingMillis.getAsInt();
      }

      @Override
      public int getMemoryLimitInMB() {
        return 1024;
      }

      @Override
      public LambdaLogger getLogger() {
        return new LambdaLogger() {
          @Override
          public void log(String message) {
            log.add(message);
          }

          @Override
          public void log(byte[] message) {
            log.add(new String(message, StandardCharsets.UTF_8));
          }
        };
      }
    };
  }
}
