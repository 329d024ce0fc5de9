package no.rapport.sourcedata;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/// Reads and writes the names and official numbers of organisations, which come from
/// `imports/{org_id}/organization.json`.
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

  /// Returns a register in the table that `SOURCE_DATA_TABLE` names.
  ///
  /// @throws IllegalStateException if the variable is not set
  public static OrganizationRegister fromEnvironment() {
    return new OrganizationRegister(SourceDataTable.client(), SourceDataTable.nameFromEnvironment());
  }

  /// Returns the organisation's name, or its id if no name was imported.
  public String nameOf(String orgId) {
    Map<String, AttributeValue> item = dynamoDb.getItem(request -> request
        .tableName(table)
        .consistentRead(true)
        .key(SourceDataTable.key(SourceDataTable.organization(orgId), SourceDataTable.NAME))).item();
    return Optional.ofNullable(item.get(SourceDataTable.NAME)).map(AttributeValue::s).orElse(orgId);
  }

  /// The numbers that identify the sender in documents of the national register.
  ///
  /// @param organization nine digits
  /// @param district two digits; empty for an organisation that is not a city district
  public record Numbers(String organization, Optional<String> district) {}

  /// Returns the organisation's official numbers, or empty if none were imported.
  public Optional<Numbers> numbersOf(String orgId) {
    Map<String, AttributeValue> item = dynamoDb.getItem(request -> request
        .tableName(table)
        .consistentRead(true)
        .key(SourceDataTable.key(SourceDataTable.organization(orgId), SourceDataTable.NAME))).item();
    return Optional.ofNullable(item.get(ORGANIZATION_NUMBER)).map(number -> new Numbers(
        number.s(), Optional.ofNullable(item.get(DISTRICT_NUMBER)).map(AttributeValue::s)));
  }

  /// Stores a name and numbers, unless newer ones are stored.
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
      // A newer delivery is stored.
    }
  }
}
