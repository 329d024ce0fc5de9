package no.rapport.reportreexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;

/// `GET /api/v1/report-reexports`: lists re-exports, newest first.
public final class ListReportReexports
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportReexports reexports;

  public ListReportReexports() {
    this(ReportReexports.fromEnvironment());
  }

  ListReportReexports(ReportReexports reexports) {
    this.reexports = reexports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, reexports::list);
  }
}
