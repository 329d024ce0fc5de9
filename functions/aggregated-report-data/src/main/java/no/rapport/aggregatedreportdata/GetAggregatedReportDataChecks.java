package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `GET /api/v1/aggregated-report-data/{id}/checks`: how often the cases behind a snapshot break the national
/// register's rules.
public final class GetAggregatedReportDataChecks
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final AggregatedReportData data;

  public GetAggregatedReportDataChecks() {
    this(AggregatedReportData.fromEnvironment());
  }

  GetAggregatedReportDataChecks(AggregatedReportData data) {
    this.data = data;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> data.snapshots()
        .visible(request.requireNoQueryParameters().pathId("id"), request.caller())
        .map(stored -> Reply.ok(ChecksJson.of(stored.snapshot())).etag(stored.entry().version()))
        .orElseGet(Reply::notFound));
  }
}
