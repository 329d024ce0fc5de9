package no.rapport.aggregatedreportdata;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import no.rapport.records.DynamoRecords;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.RuleSet;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// Publishes figures of a period as a completed aggregation does.
public final class PublishedFigures {

  private final Snapshots snapshots;
  private final String orgId;
  private final String periodId;

  public PublishedFigures(DynamoDbClient dynamoDb, String recordsTable, String orgId, String periodId) {
    this.snapshots = new Snapshots(new DynamoRecords(dynamoDb, recordsTable));
    this.orgId = orgId;
    this.periodId = periodId;
  }

  /// Publishes a snapshot whose figures all have this value. If the previous snapshot had another value, an event
  /// follows.
  public void publish(int value) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var requested = (Snapshots.Started) snapshots.request(orgId, periodId, true, "", "snap-" + UUID.randomUUID(),
        "job-" + UUID.randomUUID(), now);
    var figures = FigureCatalogue.figures().stream()
        .map(figure -> new Figure(figure.key(), Optional.of(BigDecimal.valueOf(value)), figure.defaultDataSource()))
        .toList();
    snapshots.publish(requested.stored().snapshot().claim(),
        new Snapshot.Aggregate(now, "", figures, new TreeMap<>(), RuleSet.CURRENT));
  }
}
