package no.rapport.reportrecords;

import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Records;

class DynamoReportRacesTest extends ReportRaces {

  @Override
  Records freshRecords() {
    return newTable();
  }

  static DynamoRecords newTable() {
    var dynamoDb = EmbeddedDynamoDb.shared();
    return new DynamoRecords(dynamoDb.client(), dynamoDb.newTable("RecordsTable"));
  }

  @Override
  int roundsOfEachPair() {
    return Integer.getInteger("rapport.race.rounds", 3);
  }

  @Override
  int spreadMicros() {
    return 5000;
  }
}
