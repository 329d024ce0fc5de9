package no.rapport.exportfiles;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `GET /api/v1/exports/{export_id}/export_files`: lists the files of a template, newest first, without links.
public final class ListExportFiles implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ExportFiles exports;

  public ListExportFiles() {
    this(ExportFiles.fromEnvironment());
  }

  ListExportFiles(ExportFiles exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> exports.template(request)
        .map(stored -> exports.listFiles(request, stored.template()))
        .orElseGet(Reply::notFound));
  }
}
