package no.rapport.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

class EmbeddedDynamoDbTest {

  @Test
  void storesItemsAndAnswersQueriesInKeyOrder() {
    try (var db = EmbeddedDynamoDb.start(); var client = db.client()) {
      aTable(client, "Things");
      for (var sort : List.of("b", "a", "c")) {
        client.putItem(put -> put.tableName("Things").item(item("org", sort)));
      }

      var found = client.query(query -> query.tableName("Things")
          .keyConditionExpression("pk = :pk")
          .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS("org"))));

      assertThat(found.items()).extracting(item -> item.get("sk").s()).containsExactly("a", "b", "c");
    }
  }

  @Test
  void acceptsOneOfManyConditionalWriters() {
    try (var db = EmbeddedDynamoDb.start(); var client = db.client()) {
      aTable(client, "Races");
      var winners = new ConcurrentLinkedQueue<Integer>();
      IntStream.range(0, 16).parallel().forEach(writer -> {
        try {
          client.putItem(put -> put.tableName("Races").item(item("org", "one"))
              .conditionExpression("attribute_not_exists(pk)"));
          winners.add(writer);
        } catch (ConditionalCheckFailedException e) {
          // One of the fifteen losing writers.
        }
      });

      assertThat(winners).hasSize(1);
    }
  }

  @Test
  void writesAllOrNothingInTransaction() {
    try (var db = EmbeddedDynamoDb.start(); var client = db.client()) {
      aTable(client, "Both");
      client.putItem(put -> put.tableName("Both").item(item("org", "there")));

      assertThatThrownBy(() -> client.transactWriteItems(transaction -> transaction.transactItems(
          TransactWriteItem.builder().put(put -> put.tableName("Both").item(item("org", "new"))).build(),
          TransactWriteItem.builder().put(put -> put.tableName("Both").item(item("org", "there"))
              .conditionExpression("attribute_not_exists(pk)")).build())))
          .isInstanceOf(TransactionCanceledException.class);

      assertThat(client.getItem(get -> get.tableName("Both").key(item("org", "new"))).hasItem()).isFalse();
    }
  }

  @Test
  void restoresTablesAfterRestartOnSameFolder(@TempDir Path folder) {
    try (var db = EmbeddedDynamoDb.start(0, folder); var client = db.client()) {
      aTable(client, "Kept");
      client.putItem(put -> put.tableName("Kept").item(item("org", "a")));
    }
    try (var db = EmbeddedDynamoDb.start(0, folder); var client = db.client()) {
      assertThat(client.getItem(get -> get.tableName("Kept").key(item("org", "a"))).hasItem()).isTrue();
    }
  }

  @Test
  void namesPortThatIsInUse() throws Exception {
    try (var other = new ServerSocket(0, 1, InetAddress.getByName(Loopback.HOST))) {
      assertThatThrownBy(() -> EmbeddedDynamoDb.start(other.getLocalPort()))
          .isInstanceOf(PortTakenException.class)
          .hasMessageContaining("Port " + other.getLocalPort())
          .hasMessageContaining("DynamoDB");
    }
  }

  private static void aTable(DynamoDbClient client, String name) {
    client.createTable(create -> create.tableName(name)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(
            AttributeDefinition.builder().attributeName("pk").attributeType(ScalarAttributeType.S).build(),
            AttributeDefinition.builder().attributeName("sk").attributeType(ScalarAttributeType.S).build())
        .keySchema(
            KeySchemaElement.builder().attributeName("pk").keyType(KeyType.HASH).build(),
            KeySchemaElement.builder().attributeName("sk").keyType(KeyType.RANGE).build()));
  }

  private static Map<String, AttributeValue> item(String pk, String sk) {
    return Map.of("pk", AttributeValue.fromS(pk), "sk", AttributeValue.fromS(sk));
  }
}
