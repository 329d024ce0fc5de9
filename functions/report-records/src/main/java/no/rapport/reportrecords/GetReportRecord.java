package no.rapport.reportrecords;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `GET /api/v1/report-records/{report_id}`: one report.
public final class GetReportRecord
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportRecords reports;

  public GetReportRecord() {
    this(ReportRecords.fromEnvironment());
  }

  GetReportRecord(ReportRecords reports) {
    this.reports = reports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> reports
        .visible(request.requireNoQueryParameters().pathId("report_id"), request.caller())
        .map(stored -> Reply.ok(ReportJson.detailed(stored.report())).etag(stored.version()))
        .orElseGet(Reply::notFound));
  }
}
