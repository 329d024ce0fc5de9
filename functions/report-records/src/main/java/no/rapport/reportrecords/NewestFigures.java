package no.rapport.reportrecords;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.rapport.records.Documents;
import no.rapport.records.Note;
import no.rapport.records.Records;
import no.rapport.reporting.Comparability;
import no.rapport.reporting.FigureChanges;
import no.rapport.reporting.Period;
import no.rapport.reporting.RuleSet;

/// Reads the newest good snapshot of a period with two consistent reads: first the reference, then the snapshot.
record NewestFigures(Records records) {

  /// A sort key after the notes of all periods.
  static final String BEFORE_PERIODS = "period";

  private static final String COLLECTION = "aggregated-report-data";
  private static final String COMPLETED = "COMPLETED";

  /// A reference to the newest good snapshot of a period.
  record Ref(String snapshotId, String figures) {}

  /// @param ruleVersion 0 if it was not recorded
  record Snapshot(String snapshotId, String periodId, String state, Aggregate aggregate) {

    record Aggregate(Instant aggregatedAt, String mark, List<Figure> figures, int ruleVersion) {}

    record Figure(String fieldKey, BigDecimal value) {}

    FigureChanges.Values values() {
      return new FigureChanges.Values(
          new Comparability.Basis(Period.ofId(periodId).orElseThrow(), aggregate.ruleVersion()),
          FigureChanges.values(aggregate.figures(), Figure::fieldKey, figure -> Optional.ofNullable(figure.value())));
    }

    /// Returns whether a new aggregation would give the same figures.
    boolean isValid(String presentMark) {
      return state.equals(COMPLETED) && aggregate.ruleVersion() == RuleSet.CURRENT
          && aggregate.mark().equals(presentMark);
    }
  }

  private record PeriodState(Ref newest) {}

  Optional<Snapshot> find(String orgId, String periodId) {
    return records.note(partition(orgId), "period#" + periodId, Instant.EPOCH)
        .flatMap(NewestFigures::newest)
        .flatMap(ref -> records.find(COLLECTION, ref.snapshotId()))
        .map(entry -> Documents.read(entry.document(), Snapshot.class))
        .filter(snapshot -> snapshot.aggregate() != null);
  }

  static String partition(String orgId) {
    return "aggregation#" + orgId;
  }

  static Optional<Ref> newest(Note note) {
    return Optional.ofNullable(Documents.read(note.document(), PeriodState.class).newest());
  }

  /// Returns the values of a period that has no snapshot now.
  static FigureChanges.Values none(Comparability.Basis basis) {
    return new FigureChanges.Values(basis, Map.of());
  }
}
