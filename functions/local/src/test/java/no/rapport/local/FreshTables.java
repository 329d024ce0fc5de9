package no.rapport.local;

import java.util.Map;
import java.util.UUID;
import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.records.DynamoRecords;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// Tables of a test's own on DynamoDB Local, as the template describes them.
public final class FreshTables {

  private static final DynamoDbClient CLIENT = EmbeddedDynamoDb.shared().client();
  private static final Template TEMPLATE =
      TemplateReader.read(Options.home().resolve("template.yaml"), Map.of(), LocalRapport.BUCKET);

  private FreshTables() {}

  public static DynamoRecords records() {
    String name = "records-" + UUID.randomUUID();
    TEMPLATE.tables().stream().filter(table -> table.logicalId().equals("RecordsTable")).findFirst().ifPresent(table ->
        CLIENT.createTable(table.create().toBuilder().tableName(name).deletionProtectionEnabled(false).build()));
    return new DynamoRecords(CLIENT, name);
  }
}
