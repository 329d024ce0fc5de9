package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Clock;
import java.util.Map;
import no.rapport.records.DynamoRecords;
import no.rapport.sourcedata.CaseRecords;
import no.rapport.sourcedata.OrganizationRegister;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/// Creates the functions of aggregated figures with a test's clients and clock.
public final class AggregationFunctions {

  private final AggregatedReportData data;

  public AggregationFunctions(DynamoDbClient dynamoDb, String recordsTable, String sourceTable, SfnClient sfn,
      String machine, Clock clock) {
    data = new AggregatedReportData(new DynamoRecords(dynamoDb, recordsTable),
        new ImportedCases(new CaseRecords(dynamoDb, sourceTable), new OrganizationRegister(dynamoDb, sourceTable)),
        new StepFunctionsExecutions(sfn, machine), clock);
  }

  public Map<String, RequestHandler<Map<String, Object>, Map<String, Object>>> tasks() {
    return Map.of(
        "StartAggregation", new StartAggregation(data),
        "AggregatePart", new AggregatePart(data),
        "MergeSnapshot", new MergeSnapshot(),
        "PublishChanges", new PublishChanges(data),
        "FailAggregation", new FailAggregation(data),
        "SweepAggregations", new SweepAggregations(data));
  }

  public Map<String, RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>> handlers() {
    return Map.of(
        "ListAggregatedReportData", new ListAggregatedReportData(data),
        "CreateAggregatedReportData", new CreateAggregatedReportData(data),
        "GetAggregatedReportData", new GetAggregatedReportData(data),
        "GetAggregatedReportDataChecks", new GetAggregatedReportDataChecks(data),
        "UpdateAggregatedReportData", new UpdateAggregatedReportData(data),
        "DeleteAggregatedReportData", new DeleteAggregatedReportData(data));
  }

  /// Returns a stream that ends after all known events.
  public RequestStreamHandler watch() {
    return new WatchAggregatedReportData(data, EventStream.Transfer.STREAMED, _ -> false);
  }
}
