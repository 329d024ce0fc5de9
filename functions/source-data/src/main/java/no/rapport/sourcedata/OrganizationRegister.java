package no.rapport.sourcedata;

import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// The names of organisations, as `imports/{org_id}/organization.json` gave them.
public final class OrganizationRegister {

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
        .key(Map.of(
            SourceDataTable.PK, AttributeValue.fromS(SourceDataTable.organization(orgId)),
            SourceDataTable.SK, AttributeValue.fromS(SourceDataTable.NAME)))).item();
    return Optional.ofNullable(item.get(SourceDataTable.NAME)).map(AttributeValue::s).orElse(orgId);
  }
}
