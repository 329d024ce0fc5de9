package no.rapport.emulator;

import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The two DynamoDBs that the tests run on.
enum DynamoDbStore {
  /// Amazon's DynamoDB Local, over connections.
  LOCAL(EmbeddedDynamoDb.shared().client()),
  HEAP(HeapDynamoDb.newClient());

  private final DynamoDbClient client;

  DynamoDbStore(DynamoDbClient client) {
    this.client = client;
  }

  DynamoDbClient client() {
    return client;
  }

  static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  static Map<String, AttributeValue> key(String pk, String sk) {
    return Map.of("pk", text(pk), "sk", text(sk));
  }
}
