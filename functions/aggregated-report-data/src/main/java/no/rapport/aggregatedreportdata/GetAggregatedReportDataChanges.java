package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.rapport.aggregatedreportdata.Snapshots.Stored;
import no.rapport.api.Api;
import no.rapport.api.Parameters;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.reporting.FigureChanges;
import no.rapport.reporting.Period;

/// `GET /api/v1/aggregated-report-data/{id}/changes?against={snapshot_id}`: what a snapshot's figures are (`now`)
/// against another snapshot's of the same organisation (`then`). Two reads.
public final class GetAggregatedReportDataChanges
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final AggregatedReportData data;

  public GetAggregatedReportDataChanges() {
    this(AggregatedReportData.fromEnvironment());
  }

  GetAggregatedReportDataChanges(AggregatedReportData data) {
    this.data = data;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> {
      Parameters parameters = request.parameters("against");
      var against = parameters.required("against", id -> Optional.of(id).filter(Request::isId),
          "must be the id of a snapshot");
      parameters.requireValid();
      Optional<Stored> now = data.snapshots().visible(request.pathId("id"), request.caller());
      Optional<Stored> then = data.snapshots().visible(against.orElseThrow(), request.caller());
      if (now.isEmpty() || then.isEmpty()) {
        return Reply.notFound();
      }
      return compare(now.get().snapshot(), then.get().snapshot(), request.now());
    });
  }

  private static Reply compare(Snapshot now, Snapshot then, Instant comparedAt) {
    if (!now.organizationId().equals(then.organizationId())) {
      return Reply.conflict("The snapshots are of two organisations; only those of one organisation are compared");
    }
    if (Period.kindOf(now.periodId()) != Period.kindOf(then.periodId())) {
      return Reply.conflict("The snapshots are of different kinds of periods; compare years with years, half-years with "
          + "half-years, and quarters with quarters");
    }
    for (Snapshot snapshot : List.of(now, then)) {
      if (snapshot.aggregate().isEmpty()) {
        Reply reply = Reply.conflict("Snapshot " + snapshot.snapshotId() + " has no figures "
            + (snapshot.isProcessing() ? "yet; repeat the request when it is no longer processing"
                : "since its aggregation failed; aggregate again"));
        return snapshot.isProcessing() ? reply.retryAfter(1) : reply;
      }
    }
    return Reply.ok(shown(now, then, comparedAt));
  }

  private static ObjectNode shown(Snapshot now, Snapshot then, Instant comparedAt) {
    FigureChanges changes = FigureChanges.between(set(then), set(now));
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("snapshot_id", now.snapshotId());
    json.put("against", then.snapshotId());
    json.put("organization_id", now.organizationId());
    json.put("stale", changes.isStale());
    json.put("compared_at", comparedAt.toString());
    changes.addTo(json.putArray("fields"));
    return json;
  }

  private static FigureChanges.Values set(Snapshot snapshot) {
    return new FigureChanges.Values(snapshot.basis(), FigureChanges.values(
        snapshot.aggregate().map(Snapshot.Aggregate::figures).orElse(List.of()), Figure::fieldKey, Figure::value));
  }
}
