package no.rapport.reportreexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.reportrecords.ReportRecord;
import no.rapport.reportrecords.ReportStatus;

/// `POST /api/v1/report-reexports`: accepts a re-export of a completed report and starts its workflow.
public final class CreateReportReexport
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportReexports reexports;

  public CreateReportReexport() {
    this(ReportReexports.fromEnvironment());
  }

  CreateReportReexport(ReportReexports reexports) {
    this.reexports = reexports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, reexports.services().idempotency(), request ->
        accept(request, request.withoutQuery().body(ReexportOrder::parse)));
  }

  /// The report is held in the same transaction: it cannot be deleted under the re-export. Where it was changed
  /// meanwhile, it is looked at again.
  private Reply accept(Request request, ReexportOrder order) {
    String reexportId = "reexp_" + request.ids().ulid(request.now());
    while (true) {
      var seen = reexports.reports().visible(order.reportId(), request.caller());
      if (seen.isEmpty()) {
        return Reply.notFound();
      }
      ReportRecord report = seen.get().report();
      if (report.status() != ReportStatus.COMPLETED) {
        return Reply.conflict("The report is " + report.status().word()
            + "; only a completed report can be re-exported");
      }
      var full = reexports.requests().refusalIfFull(report.orgId());
      if (full.isPresent()) {
        return full.get();
      }
      var job = ExportJob.accepted(ExportKind.REPORT_REEXPORT, reexportId, report.orgId(), request.now(),
          request.caller().id(), order.of(report));
      var accepted = reexports.requests().begin(job, seen.get().hold());
      if (accepted.isPresent()) {
        return Reply.accepted(ReportReexports.PATH + "/" + reexportId,
            ReportReexports.summary(accepted.get().job())).etag(accepted.get().entry().version());
      }
    }
  }
}
