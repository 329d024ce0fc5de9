package no.rapport.aggregatedreportdata;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import no.rapport.aggregatedreportdata.Snapshots.Stored;
import no.rapport.reporting.Comparability;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.FigureChanges;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.RuleSet;

/// Snapshots in the shapes of the contract, members in its order. An instance serves one request: names and marks that
/// it has looked up stay.
final class SnapshotJson {

  /// What an aggregation is expected to take where the organisation has had none.
  private static final Duration USUAL = Duration.ofSeconds(10);

  private final Snapshots snapshots;
  private final CaseSource cases;
  private final Executions executions;
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, Function<Period, String>> marks = new HashMap<>();

  SnapshotJson(Snapshots snapshots, CaseSource cases, Executions executions) {
    this.snapshots = snapshots;
    this.cases = cases;
    this.executions = executions;
  }

  /// As in lists.
  ObjectNode item(Stored stored) {
    Snapshot snapshot = stored.snapshot();
    ObjectNode json = heading(stored);
    json.put("field_count", FigureCatalogue.figures().size());
    json.put("populated_field_count", populated(snapshot));
    json.put("cache_valid", isValid(snapshot));
    putTime(json, "aggregated_at", snapshot.aggregate().map(Snapshot.Aggregate::aggregatedAt));
    return json;
  }

  /// With all figures, and those of the same kind of period one year back beside them.
  ObjectNode detail(Stored stored) {
    Snapshot snapshot = stored.snapshot();
    Optional<Stored> prior =
        snapshots.newestGood(snapshot.organizationId(), Period.priorId(snapshot.periodId()));
    ObjectNode json = heading(stored);
    json.put("cache_valid", isValid(snapshot));
    putTime(json, "aggregated_at", snapshot.aggregate().map(Snapshot.Aggregate::aggregatedAt));
    ArrayNode sections = json.putArray("sections");
    snapshot.aggregate().ifPresent(aggregate -> addSections(sections, byKey(aggregate.figures()),
        byKey(prior.flatMap(p -> p.snapshot().aggregate()).map(Snapshot.Aggregate::figures).orElse(List.of()))));
    prior.ifPresentOrElse(p -> addPrior(json.putObject("prior_period"), p.snapshot(), snapshot),
        () -> json.putNull("prior_period"));
    json.put("field_count", FigureCatalogue.figures().size());
    json.put("populated_field_count", populated(snapshot));
    json.put("invalidation_reason", snapshot.invalidation().map(Snapshot.Invalidation::reason).orElse(null));
    json.put("job_id", snapshot.run().jobId());
    json.put("execution_arn", executions.arnOf(snapshot.run().jobId()));
    json.put("rule_version", snapshot.ruleVersion() == RuleSet.UNKNOWN ? null : snapshot.ruleVersion());
    json.put("cache_invalid_reason", staleness(snapshot).map(Snapshot.Staleness::word).orElse(null));
    return json;
  }

  /// The answer to a request that an aggregation will fulfil.
  ObjectNode accepted(Stored stored, Instant now) {
    Duration expected = snapshots.lastDuration(stored.snapshot().organizationId()).orElse(USUAL);
    long left = expected.minus(Duration.between(stored.snapshot().run().requestedAt(), now)).toSeconds();
    return requested(stored, Math.max(1, left));
  }

  /// The answer to a request that needs no aggregation: its shape is that of [#accepted], followed by the figures.
  ObjectNode cached(Stored stored) {
    ObjectNode json = requested(stored, 0);
    detail(stored).properties().forEach(member -> {
      if (!json.has(member.getKey())) {
        json.set(member.getKey(), member.getValue());
      }
    });
    return json;
  }

  private static ObjectNode requested(Stored stored, long estimatedSeconds) {
    Snapshot snapshot = stored.snapshot();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("snapshot_id", snapshot.snapshotId());
    json.put("organization_id", snapshot.organizationId());
    json.put("period_id", snapshot.periodId());
    json.put("snapshot_status", stored.entry().status());
    json.put("job_id", snapshot.run().jobId());
    json.put("estimated_completion_seconds", estimatedSeconds);
    putTime(json, "aggregated_at", snapshot.aggregate().map(Snapshot.Aggregate::aggregatedAt));
    json.put("created_at", snapshot.createdAt().toString());
    return json;
  }

  /// The answer to an invalidation.
  static ObjectNode invalidated(Stored stored) {
    Snapshot snapshot = stored.snapshot();
    Snapshot.Invalidation invalidation = snapshot.invalidation().orElseThrow();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("snapshot_id", snapshot.snapshotId());
    json.put("organization_id", snapshot.organizationId());
    json.put("period_id", snapshot.periodId());
    json.put("snapshot_status", stored.entry().status());
    json.put("cache_valid", false);
    json.put("invalidation_reason", invalidation.reason());
    json.put("job_id", snapshot.run().jobId());
    json.put("invalidated_at", invalidation.at().toString());
    return json;
  }

  private ObjectNode heading(Stored stored) {
    Snapshot snapshot = stored.snapshot();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("snapshot_id", snapshot.snapshotId());
    json.put("organization_id", snapshot.organizationId());
    json.put("organization_name", names.computeIfAbsent(snapshot.organizationId(), cases::nameOf));
    json.put("period_id", snapshot.periodId());
    json.put("snapshot_status", stored.entry().status());
    return json;
  }

  private boolean isValid(Snapshot snapshot) {
    return staleness(snapshot).isEmpty();
  }

  /// Why the snapshot's figures may no longer be true; empty if recomputing would give the same.
  Optional<Snapshot.Staleness> staleness(Snapshot snapshot) {
    return snapshot.staleness(() -> marks.computeIfAbsent(snapshot.organizationId(), cases::marks)
        .apply(Period.ofId(snapshot.periodId()).orElseThrow()));
  }

  private static long populated(Snapshot snapshot) {
    return snapshot.aggregate().map(Snapshot.Aggregate::populated).orElse(0L);
  }

  private static void addSections(ArrayNode sections, Map<String, Figure> figures, Map<String, Figure> prior) {
    for (FigureCatalogue.Section section : FigureCatalogue.sections()) {
      ObjectNode json = sections.addObject();
      json.put("section_id", section.id());
      json.put("section_title", section.title(ReportLocale.NB));
      ArrayNode fields = json.putArray("fields");
      for (FigureCatalogue.Figure entry : section.figures()) {
        Figure figure = figures.get(entry.key());
        ObjectNode field = fields.addObject().put("field_key", entry.key());
        FigureChanges.putNumber(field, "value", Optional.ofNullable(figure).flatMap(Figure::value));
        FigureChanges.putNumber(field, "prior_period_value", Optional.ofNullable(prior.get(entry.key())).flatMap(Figure::value));
        field.put("data_source", figure == null ? entry.defaultDataSource() : figure.dataSource());
      }
    }
  }

  private static void addPrior(ObjectNode json, Snapshot prior, Snapshot snapshot) {
    json.put("period_id", prior.periodId());
    json.put("snapshot_id", prior.snapshotId());
    putTime(json, "aggregated_at", prior.aggregate().map(Snapshot.Aggregate::aggregatedAt));
    Comparability comparability = Comparability.of(prior.basis(), snapshot.basis());
    json.put("comparability", comparability.word());
    json.put("comparability_reason", comparability == Comparability.SAME ? null
        : Comparability.reason(prior.basis(), snapshot.basis()));
    ArrayNode keys = json.putArray("not_comparable");
    Comparability.notComparable(prior.basis(), snapshot.basis()).forEach(keys::add);
  }

  private static Map<String, Figure> byKey(List<Figure> figures) {
    return figures.stream().collect(Collectors.toMap(Figure::fieldKey, Function.identity()));
  }

  private static void putTime(ObjectNode json, String name, Optional<Instant> time) {
    json.put(name, time.map(Instant::toString).orElse(null));
  }
}
