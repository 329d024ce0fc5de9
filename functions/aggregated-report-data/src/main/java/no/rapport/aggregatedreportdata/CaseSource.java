package no.rapport.aggregatedreportdata;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.CaseRecord;
import no.rapport.sourcedata.RegisterCase;

/// The imported case records, as far as aggregation needs them.
interface CaseSource {

  /// Returns the number of parts of an organisation's records. All records of a child are in the same part.
  int parts();

  /// Passes the live records of a part to the consumer, child by child. The read is consistent.
  ///
  /// @param part from 0, below [#parts]
  void readPart(String orgId, int part, Consumer<CaseRecord> consumer);

  /// Hands over the counts of the part's cases that came in the register's form, see [RegisterCase#counts].
  void readRegisterPart(String orgId, int part, Consumer<Map<String, Long>> consumer);

  /// The present mark of any period, read once and consistently: a mark taken before the records were read equals a
  /// later one only if no change between the two can have altered the period's figures.
  Function<Period, String> marks(String orgId);

  /// The organisation's name; its id where none was imported.
  String nameOf(String orgId);
}
