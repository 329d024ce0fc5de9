package no.rapport.sourcedata;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/// The names and official numbers of organisations, as `imports/{org_id}/organization.json` gave them.
public final class OrganizationRegister {

  private static final String IMPORTED_AT = "imported_at";
  private static final String ORGANIZATION_NUMBER = "organization_number";
  private static final String DISTRICT_NUMBER = "district_number";

  private final DynamoDbClient dynamoDb;
  private final String table;

  /// @param table the name of the source-data table
  public OrganizationRegister(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /// Reads the table that `SOURCE_DATA_TABLE` names.
  ///
  /// @throws IllegalStateException when the variable is not set
  public static OrganizationRegister fromEnvironment() {
    return new OrganizationRegister(SourceDataTable.client(), SourceDataTable.nameFromEnvironment());
  }

  /// The organisation's name; its id where no name was imported.
  public String nameOf(String orgId) {
    Map<String, AttributeValue> item = dynamoDb.getItem(request -> request
        .tableName(table)
        .consistentRead(true)
        .key(SourceDataTable.key(SourceDataTable.organization(orgId), SourceDataTable.NAME))).item();
    return Optional.ofNullable(item.get(SourceDataTable.NAME)).map(AttributeValue::s).orElse(orgId);
  }

  /// The numbers that documents of the national register name their sender by.
  ///
  /// @param organization nine digits
  /// @param district two digits; empty for an organisation that is no city district
  public record Numbers(String organization, Optional<String> district) {}

  /// The organisation's official numbers; empty where none were imported.
  public Optional<Numbers> numbersOf(String orgId) {
    Map<String, AttributeValue> item = dynamoDb.getItem(request -> request
        .tableName(table)
        .consistentRead(true)
        .key(SourceDataTable.key(SourceDataTable.organization(orgId), SourceDataTable.NAME))).item();
    return Optional.ofNullable(item.get(ORGANIZATION_NUMBER)).map(number -> new Numbers(
        number.s(), Optional.ofNullable(item.get(DISTRICT_NUMBER)).map(AttributeValue::s)));
  }

  /// Enters a name and numbers, unless what was imported later is there.
  public void enter(String orgId, String name, Optional<Numbers> numbers, Instant importedAt) {
    var item = new HashMap<>(SourceDataTable.key(SourceDataTable.organization(orgId), SourceDataTable.NAME));
    AttributeValue at = AttributeValue.fromN(String.valueOf(importedAt.toEpochMilli()));
    item.put(SourceDataTable.NAME, AttributeValue.fromS(name));
    item.put(IMPORTED_AT, at);
    numbers.ifPresent(known -> {
      item.put(ORGANIZATION_NUMBER, AttributeValue.fromS(known.organization()));
      known.district().ifPresent(district -> item.put(DISTRICT_NUMBER, AttributeValue.fromS(district)));
    });
    try {
      dynamoDb.putItem(request -> request
          .tableName(table)
          .item(item)
          .conditionExpression("attribute_not_exists(pk) OR imported_at <= :at")
          .expressionAttributeValues(Map.of(":at", at)));
    } catch (ConditionalCheckFailedException e) {
      // A newer name is there: this delivery was overtaken.
    }
  }
}
