package no.rapport.records;

import static no.rapport.records.RecordsContract.COLLECTION;
import static no.rapport.records.RecordsContract.anEntry;
import static no.rapport.records.RecordsContract.everything;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.HeapDynamoDb;
import no.rapport.emulator.Loopback;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;

/// Tests the records under failures of DynamoDB: temporary and lasting refusals, and lost responses.
class RecordsUnderFaultsTest {

  private static final HeapDynamoDb DYNAMO_DB = new HeapDynamoDb();
  private static final DynamoDbClient CLIENT = DynamoDbClient.builder().region(Loopback.REGION)
      .credentialsProvider(Loopback.CREDENTIALS).httpClient(DYNAMO_DB).build();

  private final String table = EmbeddedDynamoDb.newTable(CLIENT, "RecordsTable");
  private final Records records = new DynamoRecords(CLIENT, table);

  private void store(Entry entry) {
    assertThat(records.commit(new Change.Create(entry))).isTrue();
  }

  /// Injects failures that no local DynamoDB produces: temporary refusals and lost responses.
  private static final class Faults implements ExecutionInterceptor {

    int reads;
    int documentsRead;

    final Deque<RuntimeException> refusals = new ArrayDeque<>();
    int lostResponses;
    int requests;
    final List<String> tokens = new ArrayList<>();

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
      documentsRead += context.response() instanceof GetItemResponse read && read.item().containsKey("document") ? 1 : 0;
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      reads += context.request() instanceof GetItemRequest ? 1 : 0;
      if (context.request() instanceof TransactWriteItemsRequest || context.request() instanceof PutItemRequest) {
        requests++;
        if (context.request() instanceof TransactWriteItemsRequest write) {
          tokens.add(write.clientRequestToken());
        }
        if (!refusals.isEmpty()) {
          throw refusals.pop();
        }
      }
    }

    @Override
    public SdkHttpResponse modifyHttpResponse(Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      boolean write = context.request() instanceof TransactWriteItemsRequest
          || context.request() instanceof PutItemRequest;
      if (write && lostResponses > 0) {
        lostResponses--;
        return context.httpResponse().toBuilder().statusCode(500).build();
      }
      return context.httpResponse();
    }
  }

  private Records recordsWith(Faults faults) {
    return new DynamoRecords(DynamoDbClient.builder()
        .region(Loopback.REGION)
        .credentialsProvider(Loopback.CREDENTIALS)
        .httpClient(DYNAMO_DB)
        .overrideConfiguration(o -> o.addExecutionInterceptor(faults))
        .build(), table);
  }

  private static TransactionCanceledException cancelled(String... codes) {
    return TransactionCanceledException.builder()
        .awsErrorDetails(AwsErrorDetails.builder().errorCode("TransactionCanceledException").build())
        .cancellationReasons(java.util.Arrays.stream(codes)
            .map(code -> CancellationReason.builder().code(code).build()).toList())
        .build();
  }

  private static DynamoDbException inProgress() {
    return (DynamoDbException) TransactionInProgressException.builder()
        .awsErrorDetails(AwsErrorDetails.builder().errorCode("TransactionInProgressException").build()).build();
  }

  @Test
  void retriesConflictsAndThrottling() {
    var faults = new Faults();
    faults.refusals.addAll(List.of(cancelled("None", "TransactionConflict"), cancelled("ThrottlingError"),
        cancelled("ProvisionedThroughputExceeded", "None"), inProgress()));
    assertThat(recordsWith(faults).commit(new Change.Create(anEntry("org-a", "rpt_1", 0, "pending")))).isTrue();
    assertThat(faults.requests).isEqualTo(5);
    assertThat(faults.tokens).hasSize(5).containsOnly(faults.tokens.getFirst());
    assertThat(records.list(everything("org-a")).total()).isEqualTo(1);
  }

  @Test
  void retriesSinglePutAfterConflict() {
    Entry seen = anEntry("org-a", "rpt_1", 0, "pending");
    store(seen);
    var faults = new Faults();
    faults.refusals.add((RuntimeException) TransactionConflictException.builder()
        .awsErrorDetails(AwsErrorDetails.builder().errorCode("TransactionConflictException").build()).build());
    Entry next = seen.next("pending", Map.of(), "{\"n\":2}");
    assertThat(recordsWith(faults).commit(new Change.Replace(seen, next))).isTrue();
    assertThat(faults.requests).isEqualTo(2);
    assertThat(records.find(COLLECTION, "rpt_1")).contains(next);
  }

  @Test
  void doesNotRetryPermanentErrors() {
    for (RuntimeException refusal : List.of(cancelled("ValidationError"), DynamoDbException.builder()
        .awsErrorDetails(AwsErrorDetails.builder().errorCode("ValidationException").build()).build())) {
      var faults = new Faults();
      faults.refusals.add(refusal);
      assertThatThrownBy(() -> recordsWith(faults).commit(new Change.Create(anEntry("org-a", "rpt_1", 0, "pending"))))
          .isSameAs(refusal);
      assertThat(faults.requests).isEqualTo(1);
    }
    Entry seen = anEntry("org-a", "rpt_1", 0, "pending");
    store(seen);
    var faults = new Faults();
    for (int i = 0; i < 50; i++) {
      faults.refusals.add((RuntimeException) TransactionConflictException.builder()
          .awsErrorDetails(AwsErrorDetails.builder().errorCode("TransactionConflictException").build()).build());
    }
    assertThatThrownBy(() -> recordsWith(faults).commit(new Change.Replace(seen, seen.next("pending", Map.of(), "{}"))))
        .isInstanceOf(TransactionConflictException.class);
    assertThat(faults.requests).isLessThan(20);
  }

  @Test
  void incrementsVersionWithEveryChange() {
    Entry first = anEntry("org-a", "rpt_1", 0, "pending");
    assertThat(first.next("pending", Map.of(), "{}").next("failed", Map.of(), "{}").version())
        .isEqualTo(first.version() + 2).isEqualTo(3);
    Note note = Note.first("p", "s", "{}", null);
    assertThat(note.next("{}").next("{}").version()).isEqualTo(note.version() + 2).isEqualTo(3);
  }

  @Test
  void doesNotRetryFailedCondition() {
    var faults = new Faults();
    faults.refusals.add(cancelled("ConditionalCheckFailed", "TransactionConflict"));
    assertThat(recordsWith(faults).commit(new Change.Create(anEntry("org-a", "rpt_1", 0, "pending")))).isFalse();
    assertThat(faults.requests).isEqualTo(1);
  }

  @Test
  void failsAfterManyConflicts() {
    var faults = new Faults();
    for (int i = 0; i < 50; i++) {
      faults.refusals.add(cancelled("TransactionConflict"));
    }
    var records = recordsWith(faults);
    assertThatThrownBy(() -> records.commit(new Change.Create(anEntry("org-a", "rpt_1", 0, "pending"))))
        .isInstanceOf(TransactionCanceledException.class);
    assertThat(faults.requests).isLessThan(20);
  }

  @Test
  void commitsAlthoughResponseIsLost() {
    var faults = new Faults();
    var faulty = recordsWith(faults);
    Entry first = anEntry("org-a", "rpt_1", 0, "pending");
    faults.lostResponses = 1;
    assertThat(faulty.commit(new Change.Create(first))).isTrue();
    Entry second = first.next("pending", Map.of(), "{\"n\":2}");
    faults.lostResponses = 1;
    assertThat(faulty.commit(new Change.Replace(first, second))).isTrue();
    assertThat(faulty.commit(new Change.Replace(first, second))).isFalse();
    Entry third = second.next("failed", Map.of(), "{\"n\":3}");
    faults.lostResponses = 2;
    assertThat(faulty.commit(new Change.Replace(second, third))).isTrue();
    assertThat(records.find(COLLECTION, "rpt_1")).contains(third);
    assertThat(records.list(everything("org-a")).total()).isEqualTo(1);
    assertThat(records.countInStatus(COLLECTION, "org-a", "failed")).isEqualTo(1);
    assertThat(records.countInStatus(COLLECTION, "org-a", "pending")).isZero();
  }

  @Test
  void readsAbsentForeignAndVisibleIdEquallyOftenWithoutForeignDocument() {
    store(anEntry("org-a", "rpt_1", 0, "pending"));
    var present = new Faults();
    assertThat(recordsWith(present).find(COLLECTION, "rpt_1")).isPresent();
    var absent = new Faults();
    assertThat(recordsWith(absent).find(COLLECTION, "rpt_2")).isEmpty();
    var foreign = new Faults();
    assertThat(recordsWith(foreign).find(COLLECTION, "rpt_1", "org-b"::equals)).isEmpty();
    assertThat(absent.reads).isEqualTo(present.reads).isEqualTo(foreign.reads).isEqualTo(2);
    assertThat(foreign.documentsRead).as("a foreign document is not even read").isZero();
    assertThat(present.documentsRead).isEqualTo(1);
    assertThat(recordsWith(new Faults()).find(COLLECTION, "rpt_1", "org-a"::equals)).isPresent();
  }
}
