package no.rapport.reportreexports;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.Map;
import no.rapport.exportjobs.ExportServices;

/// Creates the handlers of re-exports with a test's services.
public final class ReexportFunctions {

  private ReexportFunctions() {}

  public static Map<String, RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>> handlers(
      ExportServices services) {
    var reexports = new ReportReexports(services);
    return Map.of(
        "ListReportReexports", new ListReportReexports(reexports),
        "CreateReportReexport", new CreateReportReexport(reexports),
        "GetReportReexport", new GetReportReexport(reexports),
        "UpdateReportReexport", new UpdateReportReexport(reexports),
        "DeleteReportReexport", new DeleteReportReexport(reexports));
  }
}
