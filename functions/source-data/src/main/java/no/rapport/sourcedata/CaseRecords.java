package no.rapport.sourcedata;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/// The case records of organisations, as they were imported: only live ones, the newest version of each.
///
/// Records are spread over [#PARTS] parts by the child (positions by themselves), so that figures computed part by part
/// add up. Instances may be shared between threads. Whatever DynamoDB refuses is thrown as the SDK's exception.
public final class CaseRecords {

  /// How many parts an organisation's records are in; never changes.
  public static final int PARTS = SourceDataTable.PARTS;

  private final DynamoDbClient dynamoDb;
  private final String table;

  /// @param table the name of the source-data table
  public CaseRecords(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /// Reads the table that `SOURCE_DATA_TABLE` names.
  ///
  /// @throws IllegalStateException when the variable is not set
  public static CaseRecords fromEnvironment() {
    return new CaseRecords(SourceDataTable.client(), SourceDataTable.nameFromEnvironment());
  }

  /// Hands over every record of a part, on the calling thread, each child's records one after the other. Consistent;
  /// memory does not grow with the number of records.
  ///
  /// @param part from 0, below [#PARTS]
  public void readPart(String orgId, int part, Consumer<CaseRecord> consumer) {
    if (part < 0 || part >= PARTS) {
      throw new IllegalArgumentException("part must be from 0 to " + (PARTS - 1) + ", not " + part);
    }
    QueryRequest query = QueryRequest.builder()
        .tableName(table)
        .consistentRead(true)
        .keyConditionExpression("pk = :pk")
        .projectionExpression("sk, r")
        .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(SourceDataTable.cases(orgId, part))))
        .build();
    new QueryPages(dynamoDb).read(
        List.of(query),
        item -> CaseRecordItem.unpack(item.get(SourceDataTable.SK).s(), item.get(SourceDataTable.ROW).s()),
        consumer);
  }

  /// Hands over the counts of every case of a part that came in the register's form, see [RegisterCase#counts].
  /// Consistent.
  ///
  /// @param part from 0, below [#PARTS]
  public void readRegisterPart(String orgId, int part, Consumer<Map<String, Long>> consumer) {
    QueryRequest query = QueryRequest.builder()
        .tableName(table)
        .consistentRead(true)
        .keyConditionExpression("pk = :pk")
        .projectionExpression(RegisterCase.COUNTS)
        .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(SourceDataTable.registerCases(orgId, part))))
        .build();
    new QueryPages(dynamoDb).read(List.of(query), RegisterCase::counts, consumer::accept);
  }

  /// What imports have changed so far, read consistently; see [CaseChanges] for how a cache stays true.
  public CaseChanges changes(String orgId) {
    List<Map<String, AttributeValue>> items = dynamoDb.query(request -> request
        .tableName(table)
        .consistentRead(true)
        .keyConditionExpression("pk = :pk")
        .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(SourceDataTable.caseChanges(orgId))))).items();
    return CaseChanges.of(items);
  }
}
