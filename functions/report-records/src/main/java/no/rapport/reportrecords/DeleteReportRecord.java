package no.rapport.reportrecords;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `DELETE /api/v1/report-records/{report_id}`: permanently deletes a report and the file that it owns.
public final class DeleteReportRecord
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportRecords reports;
  private final DeleteReport deleteReport;

  public DeleteReportRecord() {
    this(ReportRecords.fromEnvironment());
  }

  private DeleteReportRecord(ReportRecords reports) {
    this(reports, ReportFiles.fromEnvironment(reports.records()));
  }

  DeleteReportRecord(ReportRecords reports, ReportFiles files) {
    this.reports = reports;
    this.deleteReport = new DeleteReport(reports, files);
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> {
      String reportId = request.requireNoQueryParameters().pathId("report_id");
      if (reports.visible(reportId, request.caller()).isEmpty()) {
        return Reply.notFound();
      }
      return switch (deleteReport.apply(reportId, request::matches, request.caller().id(), request.now())) {
        case Outcome.Done(var stored) -> Reply.ok(ReportJson.deleted(stored.report(), request.now()));
        case Outcome.Absent(), Outcome.FileMissing() -> Reply.notFound();
        case Outcome.Stale() -> Reply.preconditionFailed();
        case Outcome.Refused(var detail) -> Reply.conflict(detail);
      };
    });
  }
}
