package no.rapport.reportrecords;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `GET /api/v1/report-records/{report_id}/download`: redirects to a new link to the report's file. The report must be
/// completed and its file must exist.
public final class DownloadReportRecord
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportRecords reports;
  private final ReportFiles files;

  public DownloadReportRecord() {
    this(ReportRecords.fromEnvironment());
  }

  private DownloadReportRecord(ReportRecords reports) {
    this(reports, ReportFiles.fromEnvironment(reports.records()));
  }

  DownloadReportRecord(ReportRecords reports, ReportFiles files) {
    this.reports = reports;
    this.files = files;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> reports
        .visible(request.requireNoQueryParameters().pathId("report_id"), request.caller())
        .map(ReportRecords.Stored::report)
        .filter(report -> report.status() == ReportStatus.COMPLETED)
        .flatMap(report -> report.fileRef().filter(files::exists)
            .map(key -> Reply.found(files.link(report, key).url())))
        .orElseGet(Reply::notFound));
  }
}
