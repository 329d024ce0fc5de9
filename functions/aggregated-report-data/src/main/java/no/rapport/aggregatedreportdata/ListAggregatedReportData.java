package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.aggregatedreportdata.Snapshots.Stored;
import no.rapport.api.Api;

/// `GET /api/v1/aggregated-report-data`: the snapshots of all periods, newest first.
public final class ListAggregatedReportData
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final AggregatedReportData data;

  public ListAggregatedReportData() {
    this(AggregatedReportData.fromEnvironment());
  }

  ListAggregatedReportData(AggregatedReportData data) {
    this.data = data;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> {
      SnapshotJson json = data.json();
      return request.list("period_id").alias("snapshot_status", "status").oneOf("status", Snapshots.STATUSES)
          .answer(data.records(), Snapshots.COLLECTION, request.caller(),
          "organization_id", "data", entry -> json.item(Stored.of(entry)));
    });
  }
}
