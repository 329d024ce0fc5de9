package no.rapport.reportreexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.KeyRefusals;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportRequests;

/// `PUT /api/v1/report-reexports/{reexport_id}`: records a worker's report about a re-export's status, file or
/// notification.
public final class UpdateReportReexport
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportReexports reexports;

  public UpdateReportReexport() {
    this(ReportReexports.fromEnvironment());
  }

  UpdateReportReexport(ReportReexports reexports) {
    this.reexports = reexports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> {
      if (!request.caller().mayReportAsWorker()) {
        new KeyRefusals(reexports.services().records()).storeRoleRefusal(request);
        return Reply.forbidden("Only keys of the roles worker and admin may update re-exports");
      }
      return reexports.find(request.requireNoQueryParameters())
          .map(stored -> update(request, stored)).orElseGet(Reply::notFound);
    });
  }

  private Reply update(Request request, ExportJobs.Stored seen) {
    WorkerReport report = request.body(body -> WorkerReport.parse(body, seen.job(), () -> reexports.detail(seen.job())));
    var outcome = reexports.requests().by(request.caller().id()).report(ExportKind.REPORT_REEXPORT,
        seen.job().id(), request::matches,
        job -> report.applyTo(job, request.now()), request.now());
    return outcome instanceof ExportRequests.Done(ExportJobs.Stored stored)
        ? ReportReexports.polled(Reply.ok(ReportReexports.reported(stored.job())), stored)
        : ReportReexports.refusal(outcome, "the status may change from pending to running and from both to completed, "
            + "failed or cancelled, which are final");
  }
}
