package no.rapport.reportreexports;

import no.rapport.records.Records;

class DynamoReexportRacesTest extends ReexportRaces {

  @Override
  Records freshRecords() {
    return RecordsTable.fresh();
  }

  @Override
  int roundsOfEachPair() {
    return Integer.getInteger("rapport.race.rounds", 4);
  }

  @Override
  int spreadMicros() {
    return 8000;
  }
}
