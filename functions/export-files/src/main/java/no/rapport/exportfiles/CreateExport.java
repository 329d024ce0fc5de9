package no.rapport.exportfiles;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.exportjobs.OrderWarnings;

/// `POST /api/v1/exports`: creates a template.
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
      var ordered = request.requireNoQueryParameters().body(ExportTemplate.Ordered::parse);
      if (!request.caller().maySee(ordered.orgId())) {
        return Reply.notFound();
      }
      var created = exports.templates().create(() -> new ExportTemplate(request.ids().integer(), ordered.orgId(),
          ordered.name(), request.now(), request.caller().id(), ordered.order()));
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      answer.set("exports", ExportFiles.json(created.template()));
      return Reply.created(ExportFiles.PATH + "/" + created.template().id(),
              OrderWarnings.addTo(answer, created.template().order().activityTypes())).etag(created.entry().version())
          .about(created.entry().collection(), created.entry().id());
    });
  }
}
