package no.rapport.aggregatedreportdata;

import java.util.Map;
import java.util.function.Consumer;
import no.rapport.sourcedata.CaseRecord;

/// Counts records as they are read, one child after the other: no more than one child's records are in memory.
final class Tallying implements Consumer<CaseRecord> {

  private final Tally.Addition tally = new Tally.Addition();
  private final ChildRules rules;
  private Child child = new Child("");
  private long records;

  Tallying(ReportingPeriod period) {
    rules = new ChildRules(period, tally);
  }

  /// Takes the next record; all records of a child must come one after the other.
  @Override
  public void accept(CaseRecord record) {
    records++;
    RecordType.of(record).ifPresent(type -> tally.addRecord(type, record.sourceSystem()));
    switch (record) {
      case CaseRecord.Stilling stilling -> rules.count(stilling);
      case CaseRecord.OfChild ofChild -> {
        if (!child.has(ofChild)) {
          rules.count(child);
          child = new Child(ofChild.barnId());
        }
        child.add(ofChild);
      }
    }
  }

  /// Takes what is known of a case that came in the register's form.
  void acceptRegisterCase(Map<String, Long> counts) {
    tally.addRegister(counts);
  }

  /// How many records were taken.
  long records() {
    return records;
  }

  /// Ends the counting.
  Tally total() {
    rules.count(child);
    child = new Child("");
    return tally.total();
  }
}
