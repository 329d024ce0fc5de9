package no.rapport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.YearMonth;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import no.rapport.api.TransientFailure;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.HeapDynamoDb;
import no.rapport.sourcedata.SourceDataTable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

class EraseSourceRowsTest {

  private static final String ORG = "org-a";
  private static final YearMonth FIRST = YearMonth.of(2000, 1);
  private static final YearMonth LAST = YearMonth.of(2003, 12);
  private static final int CONCURRENT = 16;

  private final DynamoDbClient dynamoDb = HeapDynamoDb.newClient();
  private final String table = EmbeddedDynamoDb.newTable(dynamoDb, "SourceDataTable");

  @Test
  void searchesSixteenMonthsAtOnce() {
    for (YearMonth month : new YearMonth[] {FIRST, YearMonth.of(2001, 7), LAST}) {
      dynamoDb.putItem(put -> put.tableName(table)
          .item(SourceDataTable.key(SourceDataTable.activities(ORG, month), "row")));
    }
    var concurrent = new CountDownLatch(CONCURRENT);

    var output = erase(_ -> {
      concurrent.countDown();
      await(concurrent);
    });

    assertThat(output).containsEntry("done", true);
    assertThat(output.get("tally")).asString().contains("count=3");
    assertThat(dynamoDb.scan(scan -> scan.tableName(table)).items()).containsExactly(SourceDataTable.erased(ORG));
  }

  @Test
  void passesOnTemporaryFailureOfASearch() {
    assertThatThrownBy(() -> erase(month -> {
      if (month.endsWith("2002-05")) {
        throw DynamoDbException.builder().statusCode(503).build();
      }
    })).isInstanceOf(TransientFailure.class);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).as("16 queries at once").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// @param before called with the partition of each query for activities
  private Map<String, Object> erase(Consumer<String> before) {
    var client = (DynamoDbClient) Proxy.newProxyInstance(DynamoDbClient.class.getClassLoader(),
        new Class<?>[] {DynamoDbClient.class}, (proxy, method, arguments) -> {
          if (method.getName().equals("query") && !(arguments[0] instanceof QueryRequest)) {
            @SuppressWarnings("unchecked")
            var builder = (Consumer<QueryRequest.Builder>) arguments[0];
            return ((DynamoDbClient) proxy).query(QueryRequest.builder().applyMutation(builder).build());
          }
          if (method.getName().equals("query")) {
            String partition = ((QueryRequest) arguments[0]).expressionAttributeValues().get(":pk").s();
            if (partition.contains("#activities#")) {
              before.accept(partition);
            }
          }
          try {
            return method.invoke(dynamoDb, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
    return new EraseSourceRows(client, table, FIRST, LAST).handleRequest(Map.of("org_id", ORG), null);
  }
}
