package no.rapport.bufdirexports;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.Map;
import no.rapport.exportjobs.ExportServices;
import no.rapport.sourcedata.Activities;

/// Creates the handlers of Bufdir exports with a test's services.
public final class BufdirExportFunctions {

  private BufdirExportFunctions() {}

  public static Map<String, RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>> handlers(
      ExportServices services, Activities activities) {
    var exports = new BufdirExports(services, activities, false);
    return Map.of(
        "ListBufdirExports", new ListBufdirExports(exports),
        "CreateBufdirExport", new CreateBufdirExport(exports),
        "GetBufdirExport", new GetBufdirExport(exports),
        "DownloadBufdirExport", new DownloadBufdirExport(exports),
        "CancelBufdirExport", new CancelBufdirExport(exports),
        "RetryBufdirExport", new RetryBufdirExport(exports),
        "DeleteBufdirExport", new DeleteBufdirExport(exports));
  }
}
