package no.rapport.exportfiles;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `GET /api/v1/exports/{export_id}`: returns a template.
public final class GetExport implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ExportFiles exports;

  public GetExport() {
    this(ExportFiles.fromEnvironment());
  }

  GetExport(ExportFiles exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> exports.template(request.requireNoQueryParameters())
        .map(stored -> Reply.ok(JsonNodeFactory.instance.objectNode()
            .set("exports", ExportFiles.json(stored.template()))).etag(stored.entry().version()))
        .orElseGet(Reply::notFound));
  }
}
