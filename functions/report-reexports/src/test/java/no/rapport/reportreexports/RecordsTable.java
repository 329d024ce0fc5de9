package no.rapport.reportreexports;

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
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/// A records table of its own on DynamoDB Local, as the template describes it.
final class RecordsTable {

  private RecordsTable() {}

  static DynamoRecords fresh() {
    DynamoDbClient client = EmbeddedDynamoDb.shared().client();
    String name = "records-" + UUID.randomUUID();
    client.createTable(table -> table.tableName(name).billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(Stream.of("pk", "sk", "by_status", "collection", "collection_status")
            .map(attribute -> AttributeDefinition.builder().attributeName(attribute)
                .attributeType(ScalarAttributeType.S).build()).toList())
        .keySchema(key("pk", KeyType.HASH), key("sk", KeyType.RANGE))
        .localSecondaryIndexes(LocalSecondaryIndex.builder().indexName("ByStatus")
            .keySchema(key("pk", KeyType.HASH), key("by_status", KeyType.RANGE))
            .projection(p -> p.projectionType("ALL")).build())
        .globalSecondaryIndexes(global("ByCollection", "collection"),
            global("ByCollectionStatus", "collection_status")));
    return new DynamoRecords(client, name);
  }

  private static GlobalSecondaryIndex global(String name, String hash) {
    return GlobalSecondaryIndex.builder().indexName(name)
        .keySchema(key(hash, KeyType.HASH), key("sk", KeyType.RANGE))
        .projection(p -> p.projectionType("ALL")).build();
  }

  private static KeySchemaElement key(String attribute, KeyType type) {
    return KeySchemaElement.builder().attributeName(attribute).keyType(type).build();
  }
}
