package no.rapport.reportreexports;

import no.rapport.emulator.EmbeddedDynamoDb;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Records;

class DynamoReexportRacesTest extends ReexportRaces {

  @Override
  Records freshRecords() {
    var dynamoDb = EmbeddedDynamoDb.shared();
    return new DynamoRecords(dynamoDb.client(), dynamoDb.newTable("RecordsTable"));
  }

  @Override
  int roundsOfEachPair() {
    return Integer.getInteger("rapport.race.rounds", 1);
  }

  @Override
  int spreadMicros() {
    return 8000;
  }
}
