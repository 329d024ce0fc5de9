package no.rapport.reportreexports;

import no.rapport.records.InMemoryRecords;
import no.rapport.records.Records;

class InMemoryReexportRacesTest extends ReexportRaces {

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
