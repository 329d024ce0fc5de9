package no.rapport.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.HeapDynamoDb;
import no.rapport.emulator.Loopback;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// Runs the contract of records on the heap's DynamoDB.
class HeapDynamoRecordsTest extends RecordsContract {

  private static final HeapDynamoDb HEAP = new HeapDynamoDb();
  private static final DynamoDbClient CLIENT = DynamoDbClient.builder().region(Loopback.REGION)
      .credentialsProvider(Loopback.CREDENTIALS).httpClient(HEAP).build();

  private String table;

  @Override
  Records emptyRecords(Clock clock) {
    table = EmbeddedDynamoDb.newTable(CLIENT, "RecordsTable");
    return new DynamoRecords(CLIENT, table, clock);
  }

  @Override
  int rounds() {
    return 30;
  }

  @Test
  void readsDeepPageOfSeveralStatusesWithFewQueries() {
    for (int i = 0; i < 300; i++) {
      store(anEntry("org-a", "rpt_%03d".formatted(i), i, i % 2 == 0 ? "completed" : "failed"));
    }
    var queries = new AtomicInteger();
    var counting = DynamoDbClient.builder().region(Loopback.REGION).credentialsProvider(Loopback.CREDENTIALS)
        .httpClient(HEAP).overrideConfiguration(o -> o.addExecutionInterceptor(
            new ExecutionInterceptor() {
              @Override
              public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
                queries.incrementAndGet();
              }
            })).build();
    var page = new DynamoRecords(counting, table).list(
        paged(withStatuses(everything("org-a"), "completed", "failed"), 290, 1));
    assertThat(page.entries()).extracting(Entry::id).containsExactly("rpt_010");
    assertThat(page.total()).isEqualTo(300);
    assertThat(queries.get()).isLessThanOrEqualTo(20);
  }

  @Test
  void spreadsTotalsOverShards() {
    for (int i = 0; i < 200; i++) {
      store(anEntry("org-a", "rpt_" + i, i, "pending"));
    }
    var totals = CLIENT.scan(scan -> scan.tableName(table)).items().stream().map(item -> item.get("pk").s())
        .filter(pk -> pk.endsWith("#totals")).toList();
    assertThat(totals).filteredOn("org-a#report-records#totals"::equals).hasSize(8);
    assertThat(totals).filteredOn("*#report-records#totals"::equals).hasSize(16);
  }
}
