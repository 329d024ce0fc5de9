package no.rapport.exportfiles;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `GET /api/v1/exports/{export_id}/export_files/{export_file_id}`: returns the status of a file
/// with new links.
public final class GetExportFile implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ExportFiles exports;

  public GetExportFile() {
    this(ExportFiles.fromEnvironment());
  }

  GetExportFile(ExportFiles exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> exports.file(request.requireNoQueryParameters())
        .map(file -> exports.status(200, file, request.now()))
        .orElseGet(Reply::notFound));
  }
}
