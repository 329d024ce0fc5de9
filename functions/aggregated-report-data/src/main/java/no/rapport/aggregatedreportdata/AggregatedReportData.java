package no.rapport.aggregatedreportdata;

import java.time.Clock;
import java.util.Set;
import no.rapport.api.Environment;
import no.rapport.api.Idempotency;
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

  /// @throws IllegalStateException when `RECORDS_TABLE`, `SOURCE_DATA_TABLE` or `AGGREGATION_STATE_MACHINE_ARN` is
  ///     not set
  static AggregatedReportData fromEnvironment() {
    DynamoDbClient dynamoDb = DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
    String sourceData = Environment.required("SOURCE_DATA_TABLE");
    Priming.beforeSnapshot(Environment.required("RECORDS_TABLE"), AggregatedReportData::practise);
    return new AggregatedReportData(
        new DynamoRecords(dynamoDb, Environment.required("RECORDS_TABLE")),
        new ImportedCases(new CaseRecords(dynamoDb, sourceData), new OrganizationRegister(dynamoDb, sourceData)),
        new StepFunctionsExecutions(SfnClient.builder().httpClient(UrlConnectionHttpClient.create()).build(),
            Environment.required("AGGREGATION_STATE_MACHINE_ARN")),
        Clock.systemUTC());
  }

  /// What a request does: finds and lists snapshots.
  private static void practise(SdkHttpClient nowhere) {
    var records = new DynamoRecords(DynamoDbClient.builder().httpClient(nowhere).build(), "priming");
    new Snapshots(records).find("priming");
    records.list(Listing.of(Snapshots.COLLECTION, "priming", Set.of(), 1));
  }

  static Reply full() {
    return Reply.tooManyRequests("The organisation has " + Snapshots.AT_WORK
        + " aggregations running, which is the most; wait for one to end", 5);
  }

  Snapshots snapshots() {
    return new Snapshots(records);
  }

  Idempotency idempotency() {
    return new Idempotency(records, clock);
  }

  SnapshotJson json() {
    return new SnapshotJson(snapshots(), cases, executions);
  }
}
