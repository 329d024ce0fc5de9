package no.rapport.exportfiles;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `POST /api/v1/exports`: keeps a template.
public final class CreateExport implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ExportFiles exports;

  public CreateExport() {
    this(ExportFiles.fromEnvironment());
  }

  CreateExport(ExportFiles exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, exports.services().idempotency(), request -> {
      var wanted = request.requireNoQueryParameters().body(ExportTemplate.Wanted::parse);
      if (!request.caller().maySee(wanted.orgId())) {
        return Reply.notFound();
      }
      var kept = exports.templates().keep(new ExportTemplate(request.ids().integer(), wanted.orgId(), wanted.name(),
          request.now(), request.caller().id(), wanted.order()));
      return Reply.created(ExportFiles.PATH + "/" + kept.template().id(), JsonNodeFactory.instance.objectNode()
          .set("exports", ExportFiles.shown(kept.template()))).etag(kept.entry().version())
          .about(kept.entry().collection(), kept.entry().id());
    });
  }
}
