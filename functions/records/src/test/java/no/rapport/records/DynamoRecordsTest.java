package no.rapport.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import no.rapport.emulator.EmbeddedDynamoDb;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class DynamoRecordsTest extends RecordsContract {

  private static DynamoDbClient client;
  private String table;

  @BeforeAll
  static void connect() {
    client = EmbeddedDynamoDb.shared().client();
  }

  @AfterAll
  static void disconnect() {
    client.close();
  }

  @Override
  Records emptyRecords(Clock clock) {
    table = EmbeddedDynamoDb.shared().newTable("RecordsTable");
    return new DynamoRecords(client, table, clock);
  }

  @Override
  int rounds() {
    return Integer.getInteger("rapport.race.rounds", 15);
  }

  @Test
  void beginsEveryResourceKeyWithOrganisation() {
    store(anEntry("org-a", "rpt_1", 0, "pending"));
    var keys = client.scan(scan -> scan.tableName(table)).items().stream()
        .filter(item -> item.containsKey("document"))
        .map(item -> item.get("pk")).map(AttributeValue::s);
    assertThat(keys).containsExactly("org-a#report-records");
  }
}
