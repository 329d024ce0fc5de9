package no.rapport.reportrecords;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.KeyRefusals;
import no.rapport.api.Reply;

/// `PUT /api/v1/report-records/{report_id}`: changes a report's status and the location of its file, for a worker.
public final class UpdateReportRecord
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportRecords reports;
  private final ChangeReport changeReport;

  public UpdateReportRecord() {
    this(ReportRecords.fromEnvironment());
  }

  UpdateReportRecord(ReportRecords reports) {
    this.reports = reports;
    this.changeReport = new ChangeReport(reports);
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> {
      if (!request.caller().mayReportAsWorker()) {
        new KeyRefusals(reports.records()).storeRoleRefusal(request);
        return Reply.forbidden("Only keys of the roles worker and admin may update report records");
      }
      String reportId = request.requireNoQueryParameters().pathId("report_id");
      var seen = reports.visible(reportId, request.caller());
      if (seen.isEmpty()) {
        return Reply.notFound();
      }
      var changes = request.body(body -> ReportChanges.parse(body, seen.get().report()));
      return switch (changeReport.apply(reportId, changes, request::matches, request.now())) {
        case Outcome.Done(var stored) -> Reply.ok(ReportJson.detailed(stored.report())).etag(stored.version());
        case Outcome.Absent() -> Reply.notFound();
        case Outcome.Stale() -> Reply.preconditionFailed();
        case Outcome.Refused(var detail) -> Reply.conflict(detail);
        case Outcome.FileMissing() -> Reply.unprocessable("/file_ref", "file_ref is required when status is completed");
      };
    });
  }
}
