package no.rapport.reportreexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `GET /api/v1/report-reexports/{reexport_id}`: returns a re-export and its result.
public final class GetReportReexport
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportReexports reexports;

  public GetReportReexport() {
    this(ReportReexports.fromEnvironment());
  }

  GetReportReexport(ReportReexports reexports) {
    this.reexports = reexports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> reexports.find(request.requireNoQueryParameters())
        .map(stored -> ReportReexports.polled(Reply.ok(reexports.detail(stored.job())), stored))
        .orElseGet(Reply::notFound));
  }
}
