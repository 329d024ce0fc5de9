package no.rapport.exportfiles;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.Map;
import no.rapport.exportjobs.ExportServices;

/// Creates the handlers of export files with a test's services.
public final class ExportFileFunctions {

  private ExportFileFunctions() {}

  public static Map<String, RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>> handlers(
      ExportServices services) {
    var exports = new ExportFiles(services);
    return Map.of(
        "CreateExport", new CreateExport(exports),
        "DeleteExport", new DeleteExport(exports),
        "StartExportFile", new StartExportFile(exports),
        "GetExportFile", new GetExportFile(exports),
        "ListExportFiles", new ListExportFiles(exports));
  }
}
