package no.rapport.aggregatedreportdata;

import java.util.UUID;
import java.util.stream.Stream;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.records.DynamoRecords;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/// A table of records of its own in DynamoDB Local, as the template describes it.
record RecordsTable(DynamoDbClient client, String name) {

  static RecordsTable create() {
    DynamoDbClient client = EmbeddedDynamoDb.shared().client();
    String name = "records-" + UUID.randomUUID();
    client.createTable(table -> table.tableName(name).billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(Stream.of("pk", "sk", "by_status", "collection", "collection_status")
            .map(attribute -> AttributeDefinition.builder().attributeName(attribute)
                .attributeType(ScalarAttributeType.S).build()).toList())
        .keySchema(hash("pk"), range("sk"))
        .localSecondaryIndexes(LocalSecondaryIndex.builder().indexName("ByStatus")
            .keySchema(hash("pk"), range("by_status")).projection(p -> p.projectionType(ProjectionType.ALL)).build())
        .globalSecondaryIndexes(global("ByCollection", "collection"),
            global("ByCollectionStatus", "collection_status")));
    return new RecordsTable(client, name);
  }

  DynamoRecords records() {
    return new DynamoRecords(client, name);
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
