package no.rapport.aggregatedreportdata;

import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import no.rapport.api.Environment;
import no.rapport.api.Idempotency;
import no.rapport.api.Ids;
import no.rapport.api.Priming;
import no.rapport.api.Reply;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Listing;
import no.rapport.records.Records;
import no.rapport.sourcedata.CaseRecords;
import no.rapport.sourcedata.OrganizationRegister;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/// What the functions of this context work with.
record AggregatedReportData(Records records, CaseSource cases, Executions executions, Clock clock) {

  static final String PATH = "/api/v1/aggregated-report-data";
  private static final int MAX_PER_HOUR = Integer.parseInt(
      Environment.optional("MAX_AGGREGATIONS_PER_HOUR", String.valueOf(Snapshots.MAX_PER_HOUR)));

  /// @throws IllegalStateException when `RECORDS_TABLE`, `SOURCE_DATA_TABLE` or `AGGREGATION_STATE_MACHINE_ARN` is
  ///     not set
  static AggregatedReportData fromEnvironment() {
    String records = Environment.required("RECORDS_TABLE");
    Priming.beforeSnapshot(records, AggregatedReportData::prime);
    return over(UrlConnectionHttpClient.create(), records, Environment.required("SOURCE_DATA_TABLE"),
        Environment.required("AGGREGATION_STATE_MACHINE_ARN"));
  }

  private static AggregatedReportData over(SdkHttpClient http, String records, String sourceData, String machineArn) {
    DynamoDbClient dynamoDb = DynamoDbClient.builder().httpClient(http).build();
    return new AggregatedReportData(
        new DynamoRecords(dynamoDb, records),
        new ImportedCases(new CaseRecords(dynamoDb, sourceData), new OrganizationRegister(dynamoDb, sourceData)),
        new StepFunctionsExecutions(SfnClient.builder().httpClient(http).build(), machineArn),
        Clock.systemUTC());
  }

  /// What a request does: asks for an aggregation and starts it, shows, finds and lists snapshots, follows a period.
  private static void prime(SdkHttpClient nowhere) {
    var data = over(nowhere, "priming", "priming", "arn:aws:states:::stateMachine:priming");
    var order = new RequestAggregation.Order("priming", "2025", false);
    var requested = new RequestAggregation(data.snapshots(), data.cases, data.executions)
        .apply(order, Ids.derived("priming"), data.clock.instant());
    if (requested instanceof Snapshots.Started(var started)) {
      data.json().accepted(started, data.clock.instant());
      data.json().detail(Snapshots.Stored.of(started.entry()));
    }
    data.snapshots().find("priming");
    data.records.list(Listing.of(Snapshots.COLLECTION, "priming", Set.of(), 1));
    Priming.once(data.idempotency());
    WatchAggregatedReportData.prime(data);
  }

  static Reply full() {
    return Reply.tooManyRequests("The organisation has " + Snapshots.AT_WORK
        + " aggregations running, which is the most; wait for one to end", 5);
  }

  static Reply tooMany(Duration retryAfter) {
    return Reply.tooManyRequests("The organisation has started as many aggregations within an hour as it may; ask again "
        + "when the time in Retry-After is over", Math.toIntExact(retryAfter.toSeconds()));
  }

  Snapshots snapshots() {
    return new Snapshots(records, MAX_PER_HOUR);
  }

  Idempotency idempotency() {
    return new Idempotency(records, clock);
  }

  SnapshotJson json() {
    return new SnapshotJson(snapshots(), cases, executions);
  }
}
