package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Instant;
import no.rapport.aggregatedreportdata.Snapshots.Cached;
import no.rapport.aggregatedreportdata.Snapshots.Full;
import no.rapport.aggregatedreportdata.Snapshots.Joined;
import no.rapport.aggregatedreportdata.Snapshots.Started;
import no.rapport.aggregatedreportdata.Snapshots.Stored;
import no.rapport.aggregatedreportdata.Snapshots.TooMany;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `POST /api/v1/aggregated-report-data`: a period's figures, from the cache or by a new aggregation.
public final class CreateAggregatedReportData
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final AggregatedReportData data;
  private final RequestAggregation requestAggregation;

  public CreateAggregatedReportData() {
    this(AggregatedReportData.fromEnvironment());
  }

  CreateAggregatedReportData(AggregatedReportData data) {
    this.data = data;
    this.requestAggregation = new RequestAggregation(data.snapshots(), data.cases(), data.executions());
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, data.idempotency(), request -> {
      var order = request.requireNoQueryParameters().body(RequestAggregation.Order::parse);
      if (!request.caller().maySee(order.organizationId())) {
        return Reply.notFound();
      }
      return switch (requestAggregation.apply(order, request.ids(), request.now())) {
        case Cached(var stored) -> Reply.ok(data.json().cached(stored)).etag(stored.entry().version())
            .about(Snapshots.COLLECTION, stored.snapshot().snapshotId());
        case Joined(var stored) -> accepted(stored, request.now());
        case Started(var stored) -> accepted(stored, request.now());
        case Full() -> AggregatedReportData.full();
        case TooMany(var wait) -> AggregatedReportData.tooMany(wait);
      };
    });
  }

  private Reply accepted(Stored stored, Instant now) {
    return Reply.accepted(AggregatedReportData.PATH + "/" + stored.snapshot().snapshotId(),
        data.json().accepted(stored, now)).etag(stored.entry().version())
        .about(Snapshots.COLLECTION, stored.snapshot().snapshotId());
  }
}
