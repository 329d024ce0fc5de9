package no.rapport.records;

import java.time.Clock;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.HeapDynamoDb;
import no.rapport.emulator.Loopback;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// The heap's DynamoDB answers the records as Amazon's own does.
class HeapDynamoRecordsTest extends RecordsContract {

  private static final DynamoDbClient CLIENT = DynamoDbClient.builder().region(Loopback.REGION)
      .credentialsProvider(Loopback.CREDENTIALS).httpClient(new HeapDynamoDb()).build();

  @Override
  Records emptyRecords(Clock clock) {
    return new DynamoRecords(CLIENT, EmbeddedDynamoDb.newTable(CLIENT, "RecordsTable"), clock);
  }

  @Override
  int rounds() {
    return 30;
  }
}
