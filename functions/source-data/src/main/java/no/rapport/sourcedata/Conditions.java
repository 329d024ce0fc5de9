package no.rapport.sourcedata;

import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Put;

/// The condition under which the table's counted items are written.
public final class Conditions {

  private Conditions() {}

  /// Puts an item if its counter is still the one that was seen; 0 means that there was no item.
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
