package no.rapport.bufdirexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Optional;
import java.util.Set;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportRequests;

/// `PUT /api/v1/bufdir-exports/{export_id}/cancel`: cancels a queued or processing export. The reason is optional.
///
/// The cancellation is final when the caller gets the answer. Files that a running task still writes are removed.
public final class CancelBufdirExport implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private static final int MAX_REASON_LENGTH = 500;

  private final BufdirExports exports;

  public CancelBufdirExport() {
    this(BufdirExports.fromEnvironment());
  }

  CancelBufdirExport(BufdirExports exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> exports.find(request.requireNoQueryParameters())
        .map(stored -> cancel(request, stored, reason(request, stored))).orElseGet(Reply::notFound));
  }

  private Optional<String> reason(Request request, ExportJobs.Stored stored) {
    return request.hasBody() ? request.body(body -> {
      body.readOnly(() -> exports.present(stored.job(), request.now()), Set.of("reason"));
      return body.text("reason", MAX_REASON_LENGTH);
    }) : Optional.empty();
  }

  private Reply cancel(Request request, ExportJobs.Stored stored, Optional<String> reason) {
    var outcome = exports.requests().by(request.caller().id()).cancel(ExportKind.BUFDIR_EXPORT, stored.job().id(),
        reason, request::matches, request.now());
    if (!(outcome instanceof ExportRequests.Done(ExportJobs.Stored cancelled))) {
      return BufdirExports.refusal(outcome, "only a queued or processing export can be cancelled");
    }
    ExportJob job = cancelled.job();
    return Reply.ok(JsonNodeFactory.instance.objectNode()
        .put("export_id", job.id())
        .put("status", job.kind().statusOf(job))
        .put("cancelled_at", job.cancelledAt().orElseThrow().toString())).etag(cancelled.entry().version());
  }
}
