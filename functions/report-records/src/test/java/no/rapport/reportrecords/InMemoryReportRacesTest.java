package no.rapport.reportrecords;

import no.rapport.records.InMemoryRecords;
import no.rapport.records.Records;

class InMemoryReportRacesTest extends ReportRaces {

  @Override
  Records freshRecords() {
    return new InMemoryRecords();
  }

  @Override
  int roundsOfEachPair() {
    return 100;
  }

  @Override
  int spreadMicros() {
    return 150;
  }
}
