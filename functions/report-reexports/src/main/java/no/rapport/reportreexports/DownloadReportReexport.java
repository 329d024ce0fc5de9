package no.rapport.reportreexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `GET /api/v1/report-reexports/{reexport_id}/download`: redirects to a new link to the file.
public final class DownloadReportReexport
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportReexports reexports;

  public DownloadReportReexport() {
    this(ReportReexports.fromEnvironment());
  }

  DownloadReportReexport(ReportReexports reexports) {
    this.reexports = reexports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> reexports.find(request.requireNoQueryParameters())
        .flatMap(stored -> reexports.link(stored.job()))
        .map(Reply::found)
        .orElseGet(Reply::notFound));
  }
}
