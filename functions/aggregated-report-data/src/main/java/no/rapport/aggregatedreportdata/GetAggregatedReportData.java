package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.aggregatedreportdata.Snapshots.Stored;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `GET /api/v1/aggregated-report-data/{id}`: one snapshot with all figures, the prior period's beside them.
public final class GetAggregatedReportData
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final AggregatedReportData data;

  public GetAggregatedReportData() {
    this(AggregatedReportData.fromEnvironment());
  }

  GetAggregatedReportData(AggregatedReportData data) {
    this.data = data;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> data.snapshots()
        .visible(request.requireNoQueryParameters().pathId("id"), request.caller())
        .map(this::show)
        .orElseGet(Reply::notFound));
  }

  private Reply show(Stored stored) {
    Reply reply = Reply.ok(data.json().detail(stored)).etag(stored.entry().version());
    return stored.snapshot().isProcessing() ? reply.retryAfter(1) : reply;
  }
}
