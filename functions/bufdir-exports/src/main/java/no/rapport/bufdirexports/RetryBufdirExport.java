package no.rapport.bufdirexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Optional;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportQuota;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.exportjobs.ExportState;

/// `POST /api/v1/bufdir-exports/{export_id}/retry`: queues a failed export for a new attempt, at most five times.
public final class RetryBufdirExport implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final BufdirExports exports;

  public RetryBufdirExport() {
    this(BufdirExports.fromEnvironment());
  }

  RetryBufdirExport(BufdirExports exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, exports.services().idempotency(), request -> {
      if (request.requireNoQueryParameters().hasBody()) {
        request.body(_ -> "");
      }
      return exports.find(request).map(stored -> retry(request, stored)).orElseGet(Reply::notFound);
    });
  }

  private Reply retry(Request request, ExportJobs.Stored stored) {
    var exceeded = stored.job().state() == ExportState.FAILED
        ? exports.requests().exceededQuota(stored.job().orgId(), request.now()) : Optional.<ExportQuota.Exceeded>empty();
    if (exceeded.isPresent()) {
      return BufdirExports.refusal(exceeded.get());
    }
    var outcome = exports.requests().by(request.caller().id()).retry(ExportKind.BUFDIR_EXPORT, stored.job().id(),
        request::matches, request.now());
    if (!(outcome instanceof ExportRequests.Done(ExportJobs.Stored retried))) {
      return BufdirExports.refusal(outcome, "only a failed export can be retried");
    }
    ExportJob job = retried.job();
    return Reply.accepted(BufdirExports.PATH + "/" + job.id(), JsonNodeFactory.instance.objectNode()
        .put("export_id", job.id())
        .put("status", job.kind().statusOf(job))
        .put("retry_count", job.retryCount())
        .put("queued_at", job.queuedAt().toString())).etag(retried.entry().version())
        .about(job.kind().collection(), job.id());
  }
}
