package no.rapport.reportrecords;

import no.rapport.records.Records;

class DynamoReportRacesTest extends ReportRaces {

  @Override
  Records freshRecords() {
    return RecordsTable.fresh();
  }

  @Override
  int roundsOfEachPair() {
    return Integer.getInteger("rapport.race.rounds", 12);
  }

  @Override
  int spreadMicros() {
    return 5000;
  }
}
