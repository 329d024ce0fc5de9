package no.rapport.sourcedata;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/// Reads the imported case records of organisations: the newest version of each record that is not withdrawn.
///
/// Records are distributed over [#PARTS] parts by child, and positions by their own id, so that figures that are
/// computed for each part can be added. Instances are thread-safe. Errors of DynamoDB are thrown as the SDK's
/// exceptions.
public final class CaseRecords {

  /// Number of parts of an organisation's records. It must never change, because stored keys contain the part.
  public static final int PARTS = SourceDataTable.PARTS;

  private final DynamoDbClient dynamoDb;
  private final String table;

  /// @param table the name of the source-data table
  public CaseRecords(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /// Returns a reader of the table that `SOURCE_DATA_TABLE` names.
  ///
  /// @throws IllegalStateException if the variable is not set
  public static CaseRecords fromEnvironment() {
    return new CaseRecords(SourceDataTable.client(), SourceDataTable.nameFromEnvironment());
  }

  /// Passes every record of a part to the consumer, on the calling thread. A child's records follow each other. Reads
  /// are consistent; memory does not grow with the number of records.
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

  /// Passes the counts of every case that was delivered as a register document to the consumer, see
  /// [RegisterCase#counts]. Reads are consistent.
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

  /// Returns the changes that imports have made so far. Reads are consistent. [CaseChanges] describes how a cache uses
  /// them.
  public CaseChanges changes(String orgId) {
    List<Map<String, AttributeValue>> items = dynamoDb.query(request -> request
        .tableName(table)
        .consistentRead(true)
        .keyConditionExpression("pk = :pk")
        .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(SourceDataTable.caseChanges(orgId))))).items();
    return CaseChanges.of(items);
  }
}
