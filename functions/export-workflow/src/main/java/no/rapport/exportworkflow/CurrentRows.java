package no.rapport.exportworkflow;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.records.Documents;
import no.rapport.records.Listing;
import no.rapport.records.Records;
import no.rapport.reporting.Activity;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.reporting.Period;
import no.rapport.reporting.RuleSet;
import no.rapport.sourcedata.Activities;
import no.rapport.sourcedata.ActivityRange;
import no.rapport.sourcedata.OrganizationRegister;

/// Reads the current rows of the source data.
final class CurrentRows implements RowSource {

  /// About as many rows as one task renders in ten seconds. A million rows have 20 parts, which run at once.
  static final int ROWS_PER_PART = 50_000;

  private final Activities activities;
  private final OrganizationRegister organizations;
  private final Records records;
  private final String orgId;
  private final ExportOrder order;
  private final Instant now;
  private final int rowsPerPart;

  CurrentRows(Activities activities, OrganizationRegister organizations, Records records, String orgId,
      ExportOrder order, Instant now) {
    this(activities, organizations, records, orgId, order, now, ROWS_PER_PART);
  }

  CurrentRows(Activities activities, OrganizationRegister organizations, Records records, String orgId,
      ExportOrder order, Instant now, int rowsPerPart) {
    this.activities = activities;
    this.organizations = organizations;
    this.records = records;
    this.orgId = orgId;
    this.order = order;
    this.now = now;
    this.rowsPerPart = rowsPerPart;
  }

  @Override
  public List<Part> plan() {
    List<Part> parts = new ArrayList<>();
    for (ActivityRange range : activities.plan(orgId, order.period(), types(), rowsPerPart)) {
      parts.add(new Part(parts.size(), range.after(), range.upTo(), range.rows()));
    }
    return parts;
  }

  @Override
  public void read(Part part, Consumer<Activity> consumer) {
    activities.readRange(orgId, new ActivityRange(part.after(), part.upTo(), part.rows()), types(), consumer);
  }

  private Set<String> types() {
    return Set.copyOf(order.activityTypes());
  }

  @Override
  public String organizationName() {
    return organizations.nameOf(orgId);
  }

  /// Returns the figures of the period's newest successful snapshot, with the values of the newest one of the same
  /// period a year earlier, as the contract of aggregated data shows them.
  @Override
  public Optional<FigureSnapshot> figures() {
    return order.period().id().flatMap(periodId -> newestGood(periodId).map(snapshot -> {
      Map<String, StoredSnapshot.Figure> prior = new HashMap<>();
      Optional<StoredSnapshot> yearBefore = newestGood(Period.priorId(periodId));
      yearBefore.ifPresent(before ->
          before.aggregate().figures().forEach(figure -> prior.put(figure.fieldKey(), figure)));
      return new FigureSnapshot(snapshot.snapshotId(), periodId, snapshot.aggregate().figures().stream()
          .map(figure -> {
            var before = Optional.ofNullable(prior.get(figure.fieldKey()));
            return new FigureSnapshot.Figure(figure.fieldKey(), Optional.ofNullable(figure.value()),
                before.map(StoredSnapshot.Figure::value), figure.dataSource(), Optional.ofNullable(figure.share()),
                before.map(StoredSnapshot.Figure::share));
          })
          .toList(), snapshot.aggregate().ruleVersion(),
          yearBefore.map(before -> before.aggregate().ruleVersion()).orElse(RuleSet.UNKNOWN));
    }));
  }

  private Optional<StoredSnapshot> newestGood(String periodId) {
    return records.list(Listing.of("aggregated-report-data", orgId, Set.of(), 100).where("period_id", periodId))
        .entries().stream()
        .map(entry -> Documents.read(entry.document(), StoredSnapshot.class))
        .filter(snapshot -> snapshot.good() && snapshot.aggregate() != null)
        .max(Comparator.comparingLong(StoredSnapshot::ordinal));
  }

  /// The members of a stored snapshot that a report prints.
  ///
  /// @param ordinal greater for newer snapshots of a period
  /// @param good whether its last finished aggregation stored figures
  record StoredSnapshot(String snapshotId, long ordinal, boolean good, Aggregate aggregate) {

    /// @param ruleVersion version of the rule set that computed the figures; 0 if it was not recorded
    record Aggregate(List<Figure> figures, int ruleVersion) {}

    /// @param value null if it could not be computed
    /// @param share the fraction behind a percentage; null if it is unknown
    record Figure(String fieldKey, BigDecimal value, String dataSource, FigureSnapshot.Fraction share) {}
  }

  @Override
  public Optional<Instant> dataAsOf() {
    return Optional.of(now);
  }
}
