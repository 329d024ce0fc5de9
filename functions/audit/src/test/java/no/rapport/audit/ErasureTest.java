package no.rapport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import no.rapport.api.TransientFailure;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.HeapDynamoDb;
import no.rapport.emulator.HeapS3;
import no.rapport.records.AuditEvent;
import no.rapport.records.AuditTrail;
import no.rapport.records.Change;
import no.rapport.records.Documents;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.records.Note;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.stepfunctions.FunctionError;
import no.rapport.stepfunctions.StepFunctions;
import no.rapport.stepfunctions.VirtualTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Runs the deployed state machine of the erasure, with its tasks on DynamoDB Local and S3Proxy.
class ErasureTest {

  private static final String FUNCTION = "arn:aws:lambda:eu-north-1:000000000000:function:";
  private static final String ERASED = "org-a";
  private static final String OTHER = "org-b";
  private static final Instant NOW = Instant.now();

  private final DynamoDbClient dynamoDb = HeapDynamoDb.newClient();
  private final String recordsTable = EmbeddedDynamoDb.newTable(dynamoDb, "RecordsTable");
  private final String sourceTable = EmbeddedDynamoDb.newTable(dynamoDb, "SourceDataTable");
  private final DynamoRecords records = new DynamoRecords(dynamoDb, recordsTable);
  private final S3Client s3 = HeapS3.newClient();
  private final String bucket = "erasure-" + UUID.randomUUID();
  private final Map<String, Integer> calls = new HashMap<>();
  /// Wraps each call of a task; runs the task itself by default.
  private Around around = (_, task) -> task.get();
  private StepFunctions stepFunctions;
  private EraseOrganization erase;

  private interface Around {
    Map<String, Object> call(String name, Supplier<Map<String, Object>> task);
  }

  @BeforeEach
  void storeTwoOrganisations() throws IOException {
    s3.createBucket(create -> create.bucket(bucket));
    for (String org : List.of(ERASED, OTHER)) {
      for (String collection : EraseRecords.COLLECTIONS) {
        for (int i = 0; i < (collection.equals("bufdir-exports") ? 17 : 2); i++) {
          String id = collection + "-" + org + "-" + i;
          records.commit(new Change.Create(Entry.first(collection, org, id, NOW, i % 2 == 0 ? "completed" : "running",
              Map.of("report_id", "rpt_1"), "{\"secret\":\"figures\"}")));
          records.commit(new Change.AddNote(Note.first(Note.about(collection, id), "answer#1", "{}", null)));
        }
      }
      for (String partition : List.of("aggregation#" + org, "report-deletions#" + org)) {
        records.commit(new Change.AddNote(Note.first(partition, "organization", "{}", null)),
            new Change.AddNote(Note.first(partition, "period#2025", "{}", null)));
      }
      records.commit(new Change.AddNote(Note.first("aggregation-events#" + org + "#2025", "0001", "{}", null)));
      records.commit(new Change.AddNote(Note.first(org + "#exports#exports-" + org + "-1", "newest", "{}", null)));
      records.commit(new Change.AddNote(Note.first("audit#" + org, "2026#rpt_1", "{}", null)));
      records.commit(AuditEvent.of("evt_00000000000000000000000001", NOW, AuditEvent.CREATED, "report-records/rpt_1",
          "key_1", Optional.empty(), org, Map.of()).written());
      for (String partition : List.of(SourceDataTable.activities(org, YearMonth.of(2025, 3)),
          SourceDataTable.activityIds(org, 0), SourceDataTable.cases(org, 63), SourceDataTable.caseIds(org, 9),
          SourceDataTable.registerCases(org, 1), SourceDataTable.caseChanges(org), SourceDataTable.organization(org))) {
        for (int i = 0; i < (partition.endsWith("#cases#3f") ? 26 : 2); i++) {
          putRow(partition, "row-" + i);
        }
      }
      putRow(SourceDataTable.WAITING_IMPORTS, org + "#0000000000001#a");
      for (String folder : EraseObjects.FOLDERS) {
        putObject(folder + "/" + org + "/a/file.csv");
        putObject(folder + "/" + org + "x/file.csv");
      }
    }
    stepFunctions = StepFunctions.builder().functions(this::invoke).time(VirtualTime.leaping(NOW)).start();
    String definition = Files.readString(Path.of(System.getProperty("rapport.home"), "statemachines/erasure.asl.json"))
        .replaceAll("\\$\\{(\\w+)Function}", FUNCTION + "$1");
    String machine = stepFunctions.createStateMachine("rapport-erasure", definition,
        "arn:aws:iam::000000000000:role/erasure");
    erase = new EraseOrganization(stepFunctions.client(), machine, InstantSource.system());
  }

  @AfterEach
  void stop() {
    stepFunctions.close();
  }

  private void putRow(String partition, String sort) {
    dynamoDb.putItem(put -> put.tableName(sourceTable).item(SourceDataTable.key(partition, sort)));
  }

  private void putObject(String key) {
    s3.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromString("content"));
  }

  private byte[] invoke(String functionArn, byte[] payload) throws FunctionError {
    String task = functionArn.substring(FUNCTION.length());
    calls.merge(task, 1, Integer::sum);
    RequestHandler<Map<String, Object>, Map<String, Object>> handler = switch (task) {
      // RevokeOrganizationKeys is tested in the module of the keys.
      case "RevokeOrganizationKeys" -> (_, _) -> Map.of("revoked", 2, "narrowed", 1);
      case "EraseRecords" -> new EraseRecords(records, Clock.systemUTC());
      case "EraseSourceRows" ->
          new EraseSourceRows(dynamoDb, sourceTable, YearMonth.of(2024, 12), YearMonth.of(2025, 12));
      case "EraseObjects" -> new EraseObjects(s3, bucket);
      case "WriteErasureReceipt" -> new WriteErasureReceipt(records);
      default -> throw new FunctionError("Lambda.ResourceNotFoundException", task);
    };
    try {
      Map<String, Object> input = Documents.mapper().readValue(payload, new TypeReference<>() {});
      return Documents.mapper().writeValueAsBytes(around.call(task, () -> handler.handleRequest(input, null)));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (RuntimeException e) {
      throw FunctionError.of(e);
    }
  }

  private JsonNode erased() throws IOException {
    var started = erase.handleRequest(Map.of("action", "start", "org_id", ERASED, "confirm", ERASED), null);
    var ended = stepFunctions.await(String.valueOf(started.get("execution_arn")));
    var status = erase.handleRequest(Map.of("action", "status", "erasure_id", started.get("erasure_id")), null);
    assertThat(status).as(String.valueOf(ended)).containsEntry("status", "SUCCEEDED");
    return Documents.mapper().readTree(String.valueOf(status.get("receipt")));
  }

  private List<String> items(String table, String org) {
    return dynamoDb.scanPaginator(scan -> scan.tableName(table)).items().stream()
        .map(item -> item.get("pk").s() + " " + item.get("sk").s())
        .filter(key -> key.contains(org) && !key.contains("#totals") && !key.startsWith("id#")).toList();
  }

  private List<String> objects(String org) {
    return s3.listObjectsV2Paginator(list -> list.bucket(bucket)).contents().stream().map(S3Object::key)
        .filter(key -> key.split("/")[1].equals(org)).toList();
  }

  private void assertErased() {
    assertThat(items(recordsTable, ERASED)).allMatch(key -> key.startsWith("note#audit"));
    assertThat(items(sourceTable, ERASED)).containsExactly(ERASED + "#erased erased");
    assertThat(objects(ERASED)).isEmpty();
    for (String collection : EraseRecords.COLLECTIONS) {
      assertThat(records.list(Listing.of(collection, ERASED, Set.of(), 1)).total()).isZero();
    }
  }

  @Test
  void removesAllDataOfOneOrganisationOnlyAndWritesReceipt() throws IOException {
    List<String> othersRecords = items(recordsTable, OTHER);
    List<String> othersRows = items(sourceTable, OTHER);

    JsonNode receipt = erased();

    assertErased();
    assertThat(items(recordsTable, OTHER)).containsExactlyInAnyOrderElementsOf(othersRecords);
    assertThat(items(sourceTable, OTHER)).containsExactlyInAnyOrderElementsOf(othersRows);
    assertThat(objects(OTHER)).hasSize(EraseObjects.FOLDERS.size());
    assertThat(objects(ERASED + "x")).hasSize(EraseObjects.FOLDERS.size());
    assertThat(receipt.at("/records/count").asInt()).isEqualTo(17 + 7 * 2 + 5);
    assertThat(receipt.at("/source_rows/count").asInt()).isEqualTo(26 + 6 * 2 + 1);
    assertThat(receipt.at("/objects/count").asInt()).isEqualTo(6);
    assertThat(receipt.at("/records/sha256").asText()).matches("[0-9a-f]{64}");
    assertThat(receipt.at("/keys_revoked").asInt()).isEqualTo(2);
    assertThat(Duration.between(Instant.parse(receipt.at("/erased_at").asText()),
        Instant.parse(receipt.at("/recoverable_until").asText()))).isEqualTo(Duration.ofDays(35));
    assertThat(new AuditTrail(records).after(ERASED, "", 100, NOW.plus(Duration.ofDays(1))).events())
        .extracting(AuditEvent::action).containsExactly("created", "erased");
    assertThat(new AuditTrail(records).after(ERASED, "", 100, NOW.plus(Duration.ofDays(1))).events().getLast().details())
        .containsEntry("objects", "6").containsKey("recoverable_until");
  }

  @Test
  void removesDataWrittenAfterFirstPassInSecondPass() throws IOException {
    around = (name, task) -> {
      var output = task.get();
      if (name.equals("EraseObjects") && calls.get(name) == 1) {
        putObject("reports/" + ERASED + "/2025/late.csv");
        putRow(SourceDataTable.cases(ERASED, 5), "late");
        records.commit(new Change.Create(Entry.first("bufdir-exports", ERASED, "exp-late", NOW, "queued", Map.of(), "{}")));
      }
      return output;
    };

    JsonNode receipt = erased();

    assertErased();
    assertThat(receipt.at("/objects/count").asInt()).isEqualTo(7);
    assertThat(calls).containsEntry("EraseObjects", 2).containsEntry("EraseRecords", 2);
  }

  @Test
  void completesDespiteTaskFailuresBeforeAndAfterTheirWork() throws IOException {
    var random = new Random(11);
    around = (_, task) -> {
      int fault = random.nextInt(3);
      if (fault == 0) {
        throw new TransientFailure(new IllegalStateException("before"));
      }
      var output = task.get();
      if (fault == 1) {
        throw new TransientFailure(new IllegalStateException("after"));
      }
      return output;
    };

    erased();

    assertErased();
    assertThat(new AuditTrail(records).after(ERASED, "", 100, NOW.plus(Duration.ofDays(1))).events())
        .extracting(AuditEvent::action).containsExactly("created", "erased");
  }

  @Test
  void writesOneReceiptEvenIfTaskIsRepeated() throws IOException {
    around = (name, task) -> {
      var output = task.get();
      if (name.equals("WriteErasureReceipt") && calls.get(name) < 4) {
        throw new TransientFailure("its answer was lost");
      }
      return output;
    };

    JsonNode receipt = erased();

    assertThat(calls).containsEntry("WriteErasureReceipt", 4);
    assertThat(new AuditTrail(records).after(ERASED, "", 100, NOW.plus(Duration.ofDays(1))).events())
        .extracting(AuditEvent::action).containsExactly("created", "erased");
    assertThat(Instant.parse(receipt.at("/erased_at").asText())).as("the execution's time, after both passes")
        .isBetween(NOW.plusSeconds(1_019), NOW.plusSeconds(1_200));
  }

  @Test
  void retriesTransactionConflicts() {
    for (RuntimeException conflict : List.of(TransactionCanceledException.builder().statusCode(400).build(),
        TransactionConflictException.builder().statusCode(400).build(),
        TransactionInProgressException.builder().statusCode(400).build())) {
      assertThatThrownBy(() -> ErasureTask.perform(Map.of("org_id", ERASED), null, (_, _) -> {
        throw conflict;
      })).isInstanceOf(TransientFailure.class).hasCause(conflict);
    }
    var forbidden = DynamoDbException.builder().statusCode(400).build();
    assertThatThrownBy(() -> ErasureTask.runTransiently(() -> {
      throw forbidden;
    })).isSameAs(forbidden);
  }

  @Test
  void continuesAfterStopAndNewStart() throws IOException {
    around = (name, task) -> {
      if (name.equals("EraseSourceRows")) {
        throw new IllegalStateException("not today");
      }
      return task.get();
    };
    var started = erase.handleRequest(Map.of("action", "start", "org_id", ERASED, "confirm", ERASED), null);
    stepFunctions.await(String.valueOf(started.get("execution_arn")));
    assertThat(items(sourceTable, ERASED)).isNotEmpty();
    around = (_, task) -> task.get();

    erased();

    assertErased();
  }

  @Test
  void requiresConfirmationAndRejectsInvalidOrders() {
    for (Map<String, Object> order : List.of(Map.<String, Object>of(), Map.<String, Object>of("action", "start"),
        Map.<String, Object>of("action", "start", "org_id", ERASED),
        Map.<String, Object>of("action", "start", "org_id", ERASED, "confirm", OTHER),
        Map.<String, Object>of("action", "start", "org_id", "a\"b", "confirm", "a\"b"),
        Map.<String, Object>of("action", "drop"), Map.<String, Object>of("action", "status", "erasure_id", "erase-none"))) {
      assertThat(erase.handleRequest(order, null)).as("%s", order).containsOnlyKeys("error");
    }
    assertThat(calls).isEmpty();
  }

  @Test
  void stopsBetweenBatchesWhenTimeRunsOut() {
    var context = new ExpiringContext();
    var handler = new EraseObjects(s3, bucket);
    var output = handler.handleRequest(Map.of("org_id", ERASED), context);
    assertThat(output).containsEntry("done", false);
    assertThat(handler.handleRequest(Map.of("org_id", ERASED, "tally", output.get("tally")), null))
        .containsEntry("done", true);
    assertThat(objects(ERASED)).isEmpty();
  }
}
