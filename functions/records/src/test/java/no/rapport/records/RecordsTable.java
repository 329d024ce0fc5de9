package no.rapport.records;

import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/// Makes the table of records as the template describes it.
final class RecordsTable {

  private RecordsTable() {}

  static void create(DynamoDbClient client, String name) {
    client.createTable(table -> table.tableName(name).billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(Stream.of("pk", "sk", "by_status", "collection", "collection_status")
            .map(attribute -> AttributeDefinition.builder().attributeName(attribute)
                .attributeType(ScalarAttributeType.S).build()).toList())
        .keySchema(hash("pk"), range("sk"))
        .localSecondaryIndexes(LocalSecondaryIndex.builder().indexName("ByStatus")
            .keySchema(hash("pk"), range("by_status"))
            .projection(p -> p.projectionType(ProjectionType.ALL)).build())
        .globalSecondaryIndexes(global("ByCollection", "collection"), global("ByCollectionStatus",
            "collection_status")));
  }

  private static GlobalSecondaryIndex global(String name, String hash) {
    return GlobalSecondaryIndex.builder().indexName(name).keySchema(hash(hash), range("sk"))
        .projection(p -> p.projectionType(ProjectionType.ALL)).build();
  }

  private static KeySchemaElement hash(String attribute) {
    return KeySchemaElement.builder().attributeName(attribute).keyType(KeyType.HASH).build();
  }

  private static KeySchemaElement range(String attribute) {
    return KeySchemaElement.builder().attributeName(attribute).keyType(KeyType.RANGE).build();
  }
}
