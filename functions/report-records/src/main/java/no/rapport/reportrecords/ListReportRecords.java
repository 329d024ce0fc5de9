package no.rapport.reportrecords;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;

/// `GET /api/v1/report-records`: the history, newest first.
public final class ListReportRecords
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportRecords reports;

  public ListReportRecords() {
    this(ReportRecords.fromEnvironment());
  }

  ListReportRecords(ReportRecords reports) {
    this.reports = reports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> request.list("report_type", "generated_by", "export_id")
        .oneOf("status", ReportStatus.words())
        .flag("stale", new StaleReports(reports.records())::narrow)
        .answer(reports.records(), ReportRecords.COLLECTION, request.caller(), "org_id", "data",
            entry -> ReportJson.listed(ReportRecords.Stored.of(entry).report())));
  }
}
