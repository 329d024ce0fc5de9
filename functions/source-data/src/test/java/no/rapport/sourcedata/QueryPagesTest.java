package no.rapport.sourcedata;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import no.rapport.emulator.EmbeddedDynamoDb;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

class QueryPagesTest {

  private final DynamoDbClient client = EmbeddedDynamoDb.shared().client();

  @Test
  void rethrowsAnErrorOfTheReaderThread() {
    String table = EmbeddedDynamoDb.shared().newTable("SourceDataTable");
    client.putItem(put -> put.tableName(table)
        .item(Map.of("pk", AttributeValue.fromS("p"), "sk", AttributeValue.fromS("s"))));
    var query = QueryRequest.builder().tableName(table).keyConditionExpression("pk = :pk")
        .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS("p"))).build();

    assertTimeoutPreemptively(Duration.ofMinutes(1), () -> assertThatThrownBy(() ->
        new QueryPages(client).read(List.of(query), _ -> {
          throw new StackOverflowError("as deep as a row can be");
        }, _ -> { })).isInstanceOf(StackOverflowError.class));
  }
}
