package no.rapport.sourcedata;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/// Puts case records straight into a table, in the items an import would make, for measurements that would otherwise
/// measure the import.
public final class CaseItems implements AutoCloseable {

  private final DynamoDbClient client;
  private final String table;
  private final String orgId;
  private final List<WriteRequest> waiting = new ArrayList<>();

  public CaseItems(DynamoDbClient client, String table, String orgId) {
    this.client = client;
    this.table = table;
    this.orgId = orgId;
  }

  public void put(CaseRecord record) {
    String[] place = CaseRecordItem.place(record).split("#");
    waiting.add(WriteRequest.builder().putRequest(PutRequest.builder().item(Map.of(
        SourceDataTable.PK, AttributeValue.fromS(SourceDataTable.cases(orgId, Integer.parseInt(place[0]))),
        SourceDataTable.SK, AttributeValue.fromS(place[1] + "#" + CaseRecordItem.identity(record)),
        SourceDataTable.ROW, AttributeValue.fromS(CaseRecordItem.pack(record)))).build()).build());
    if (waiting.size() == 25) {
      close();
    }
  }

  @Override
  public void close() {
    Map<String, List<WriteRequest>> left = waiting.isEmpty() ? Map.of() : Map.of(table, List.copyOf(waiting));
    while (!left.isEmpty()) {
      Map<String, List<WriteRequest>> batch = left;
      left = client.batchWriteItem(request -> request.requestItems(batch)).unprocessedItems();
    }
    waiting.clear();
  }
}
