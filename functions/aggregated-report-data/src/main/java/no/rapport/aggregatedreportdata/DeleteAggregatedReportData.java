package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Optional;
import no.rapport.aggregatedreportdata.Snapshots.Stored;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.api.Request;

/// `DELETE /api/v1/aggregated-report-data/{id}`: removes a snapshot and with it its cache entry. An aggregation
/// that is running for it is stopped; what that still finishes is thrown away.
public final class DeleteAggregatedReportData
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final AggregatedReportData data;

  public DeleteAggregatedReportData() {
    this(AggregatedReportData.fromEnvironment());
  }

  DeleteAggregatedReportData(AggregatedReportData data) {
    this.data = data;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> Snapshots.decided(() -> attempt(request.requireNoQueryParameters())));
  }

  /// @return empty when the snapshot changed meanwhile
  private Optional<Reply> attempt(Request request) {
    Optional<Stored> seen = data.snapshots().visible(request.pathId("id"), request.caller());
    if (seen.isEmpty()) {
      return Optional.of(Reply.notFound());
    }
    if (!request.matches(seen.get().entry().version())) {
      return Optional.of(Reply.preconditionFailed());
    }
    if (!data.snapshots().delete(seen.get())) {
      return Optional.empty();
    }
    Snapshot deleted = seen.get().snapshot();
    if (deleted.isProcessing()) {
      RequestAggregation.stop(data.executions(), deleted.claim());
    }
    return Optional.of(Reply.ok(JsonNodeFactory.instance.objectNode().put("deleted", true)
        .put("snapshot_id", deleted.snapshotId()).put("cache_cleared", true)));
  }
}
