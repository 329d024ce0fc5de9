package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import no.rapport.aggregatedreportdata.Snapshots.Stored;
import no.rapport.api.Api;
import no.rapport.api.Body;
import no.rapport.api.Reply;
import no.rapport.api.Request;

/// `PUT /api/v1/aggregated-report-data/{id}`: declares a snapshot out of date and aggregates it again under its id.
public final class UpdateAggregatedReportData
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private static final int REASON_LENGTH = 500;

  private final AggregatedReportData data;

  public UpdateAggregatedReportData() {
    this(AggregatedReportData.fromEnvironment());
  }

  UpdateAggregatedReportData(AggregatedReportData data) {
    this.data = data;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> {
      String reason = request.requireNoQueryParameters().body(body -> reason(body, () -> shown(request)));
      String jobId = "job-agg-" + request.ids().ulid(request.now());
      var isCounted = new AtomicBoolean();
      return Snapshots.decided(() -> attempt(request, reason, jobId, isCounted));
    });
  }

  private ObjectNode shown(Request request) {
    return data.snapshots().visible(request.pathId("id"), request.caller()).map(data.json()::detail)
        .orElseGet(JsonNodeFactory.instance::objectNode);
  }

  /// @return empty when the snapshot changed meanwhile
  private Optional<Reply> attempt(Request request, String reason, String jobId, AtomicBoolean isCounted) {
    Optional<Stored> seen = data.snapshots().visible(request.pathId("id"), request.caller());
    if (seen.isEmpty()) {
      return Optional.of(Reply.notFound());
    }
    if (!request.matches(seen.get().entry().version())) {
      return Optional.of(Reply.preconditionFailed());
    }
    if (!seen.get().snapshot().isProcessing() && data.snapshots().areFull(seen.get().snapshot().organizationId())) {
      return Optional.of(AggregatedReportData.full());
    }
    if (!isCounted.getAndSet(true)) {
      Optional<Duration> wait =
          data.snapshots().exceededRate(seen.get().snapshot().organizationId(), request.now());
      if (wait.isPresent()) {
        return wait.map(AggregatedReportData::tooMany);
      }
    }
    return data.snapshots().invalidate(seen.get(), reason, jobId, request.now()).map(stored -> {
      RequestAggregation.start(data.executions(), stored.snapshot().claim());
      if (seen.get().snapshot().isProcessing()) {
        RequestAggregation.stop(data.executions(), seen.get().snapshot().claim());
      }
      return Reply.accepted(AggregatedReportData.PATH + "/" + stored.snapshot().snapshotId(),
          SnapshotJson.invalidated(stored)).etag(stored.entry().version());
    });
  }

  private static String reason(Body body, Supplier<ObjectNode> present) {
    body.readOnly(present, Set.of("invalidate_cache", "reason"));
    if (!body.required("invalidate_cache", body.bool("invalidate_cache"), true)) {
      body.wrong("invalidate_cache", "must be true");
    }
    return body.required("reason", body.text("reason", REASON_LENGTH), "");
  }
}
