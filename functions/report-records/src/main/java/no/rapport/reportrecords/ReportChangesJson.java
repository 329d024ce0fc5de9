package no.rapport.reportrecords;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.function.ToLongFunction;
import no.rapport.reporting.ActivityTotals;
import no.rapport.reporting.FigureChanges;
import no.rapport.reporting.FigureSnapshot;

/// Compares a report's sealed figures and totals with the present ones.
///
/// @param sealed figures of the report; empty if its period had none
/// @param newest the newest good snapshot of the period
/// @param isCurrent whether a new aggregation would give the figures of that snapshot
/// @param then totals of the sealed activities; empty for reports of earlier releases
/// @param now totals of the present activities; empty if there are too many to read
record ReportChangesJson(Optional<FigureSnapshot> sealed, Optional<NewestFigures.Snapshot> newest, boolean isCurrent,
    Optional<ActivityTotals.Count> then, Optional<ActivityTotals.Count> now) {

  ObjectNode of(String reportId, Instant comparedAt) {
    Optional<FigureChanges> changes = sealed.map(figures -> FigureChanges.between(
        new FigureChanges.Values(figures.basis(),
            FigureChanges.values(figures.figures(), FigureSnapshot.Figure::fieldKey, FigureSnapshot.Figure::value)),
        newest.map(NewestFigures.Snapshot::values).orElseGet(() -> NewestFigures.none(figures.basis()))));
    boolean totalsChanged = then.isPresent() && now.isPresent() && !then.equals(now);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("report_id", reportId);
    json.put("stale", totalsChanged || changes.filter(FigureChanges::isStale).isPresent());
    json.put("compared_at", comparedAt.toString());
    ArrayNode fields = json.putArray("fields");
    changes.ifPresent(found -> found.addTo(fields));
    ArrayNode totals = json.putArray("activity_totals");
    addTotal(totals, "activities", ActivityTotals.Count::rows);
    addTotal(totals, "countable_activities", ActivityTotals.Count::countable);
    addTotal(totals, "participants", ActivityTotals.Count::participants);
    addTotal(totals, "minutes", ActivityTotals.Count::minutes);
    json.put("sealed_snapshot_id", sealed.map(FigureSnapshot::snapshotId).orElse(null));
    json.put("snapshot_id", newest.map(NewestFigures.Snapshot::snapshotId).orElse(null));
    json.put("cache_valid", newest.isPresent() && isCurrent);
    return json;
  }

  private void addTotal(ArrayNode totals, String key, ToLongFunction<ActivityTotals.Count> of) {
    Optional<BigDecimal> before = then.map(count -> BigDecimal.valueOf(of.applyAsLong(count)));
    Optional<BigDecimal> present = now.map(count -> BigDecimal.valueOf(of.applyAsLong(count)));
    ObjectNode one = totals.addObject().put("key", key);
    FigureChanges.putNumber(one, "then", before);
    FigureChanges.putNumber(one, "now", present);
    FigureChanges.putNumber(one, "change", present.flatMap(number -> before.map(number::subtract)));
  }
}
