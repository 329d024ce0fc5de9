package no.rapport.reportreexports;

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
import no.rapport.exportjobs.ExportRequests;

/// `DELETE /api/v1/report-reexports/{reexport_id}`: cancels a pending or running re-export.
///
/// The cancellation is final when the caller gets the answer. Files that a running task still writes are removed.
public final class DeleteReportReexport
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportReexports reexports;

  public DeleteReportReexport() {
    this(ReportReexports.fromEnvironment());
  }

  DeleteReportReexport(ReportReexports reexports) {
    this.reexports = reexports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> reexports.find(request.requireNoQueryParameters())
        .map(stored -> cancel(request, stored.job()))
        .orElseGet(Reply::notFound));
  }

  private Reply cancel(Request request, ExportJob job) {
    var outcome = reexports.requests().by(request.caller().id()).cancel(ExportKind.REPORT_REEXPORT, job.id(),
        Optional.of("Cancelled by the caller"), request::matches, request.now());
    return outcome instanceof ExportRequests.Done(ExportJobs.Stored cancelled)
        ? Reply.ok(JsonNodeFactory.instance.objectNode()
            .put("reexport_id", job.id())
            .put("cancelled", true)
            .put("cancelled_at", cancelled.job().cancelledAt().orElseThrow().toString()))
            .etag(cancelled.entry().version())
        : ReportReexports.refusal(outcome, "only a pending or running re-export can be cancelled");
  }
}
