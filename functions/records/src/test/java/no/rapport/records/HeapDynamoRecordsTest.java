package no.rapport.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.emulator.HeapDynamoDb;
import no.rapport.emulator.Loopback;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// The heap's DynamoDB answers the records as Amazon's own does.
class HeapDynamoRecordsTest extends RecordsContract {

  private static final DynamoDbClient CLIENT = DynamoDbClient.builder().region(Loopback.REGION)
      .credentialsProvider(Loopback.CREDENTIALS).httpClient(new HeapDynamoDb()).build();

  private String table;

  @Override
  Records emptyRecords(Clock clock) {
    table = EmbeddedDynamoDb.newTable(CLIENT, "RecordsTable");
    return new DynamoRecords(CLIENT, table, clock);
  }

  @Override
  int rounds() {
    return 30;
  }

  @Test
  void spreadsTotalsSoThatWritesDoNotAllMeetInOneItem() {
    for (int i = 0; i < 200; i++) {
      store(anEntry("org-a", "rpt_" + i, i, "pending"));
    }
    var totals = CLIENT.scan(scan -> scan.tableName(table)).items().stream().map(item -> item.get("pk").s())
        .filter(pk -> pk.endsWith("#totals")).toList();
    assertThat(totals).filteredOn("org-a#report-records#totals"::equals).hasSize(8);
    assertThat(totals).filteredOn("*#report-records#totals"::equals).hasSize(16);
  }
}
