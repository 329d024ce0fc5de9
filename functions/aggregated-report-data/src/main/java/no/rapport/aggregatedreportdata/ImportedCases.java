package no.rapport.aggregatedreportdata;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.CaseRecords;
import no.rapport.sourcedata.OrganizationRegister;

/// The case records and names in the source-data table.
record ImportedCases(CaseRecords records, OrganizationRegister register) implements CaseSource {

  @Override
  public int parts() {
    return CaseRecords.PARTS;
  }

  @Override
  public void readPart(String orgId, int part, Consumer<CaseRecord> consumer) {
    records.readPart(orgId, part, consumer);
  }

  @Override
  public void readRegisterPart(String orgId, int part, Consumer<Map<String, Long>> consumer) {
    records.readRegisterPart(orgId, part, consumer);
  }

  @Override
  public Function<Period, String> marks(String orgId) {
    return records.changes(orgId)::mark;
  }

  @Override
  public String nameOf(String orgId) {
    return register.nameOf(orgId);
  }
}
