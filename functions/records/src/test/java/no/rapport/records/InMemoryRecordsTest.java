package no.rapport.records;

import java.time.Clock;

class InMemoryRecordsTest extends RecordsContract {

  @Override
  Records emptyRecords(Clock clock) {
    return new InMemoryRecords(clock);
  }

  @Override
  int rounds() {
    return 2_000;
  }
}
