package no.rapport.bufdirexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportRequests;

/// `PUT /api/v1/bufdir-exports/{export_id}/cancel`: cancels what is queued or processing.
///
/// The answer holds as soon as it is given: what a running task still writes is thrown away.
public final class CancelBufdirExport implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final BufdirExports exports;

  public CancelBufdirExport() {
    this(BufdirExports.fromEnvironment());
  }

  CancelBufdirExport(BufdirExports exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> {
      String reason = request.withoutQuery()
          .body(body -> body.required("reason", body.text("reason", 500), ""));
      return exports.find(request).map(stored -> cancel(request, stored, reason)).orElseGet(Reply::notFound);
    });
  }

  private Reply cancel(Request request, ExportJobs.Stored stored, String reason) {
    var outcome = exports.requests().by(request.caller().id()).cancel(ExportKind.BUFDIR_EXPORT, stored.job().id(), reason, request::matches,
        request.now());
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
