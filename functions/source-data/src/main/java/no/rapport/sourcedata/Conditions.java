package no.rapport.sourcedata;

import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Put;

/// Creates conditional writes of items with a version counter.
public final class Conditions {

  private Conditions() {}

  /// Returns a put that succeeds only if the item's counter is still `seen`; 0 means that no item exists.
  public static Put ifUnchanged(String table, Map<String, AttributeValue> item, String counter, long seen) {
    Put.Builder put = Put.builder().tableName(table).item(item);
    if (seen == 0) {
      return put.conditionExpression("attribute_not_exists(pk)").build();
    }
    return put
        .conditionExpression("#counter = :seen")
        .expressionAttributeNames(Map.of("#counter", counter))
        .expressionAttributeValues(Map.of(":seen", AttributeValue.fromN(String.valueOf(seen))))
        .build();
  }
}
