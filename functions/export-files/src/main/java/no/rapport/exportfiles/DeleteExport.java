package no.rapport.exportfiles;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `DELETE /api/v1/exports/{export_id}`: removes a template with all its files.
public final class DeleteExport implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ExportFiles exports;

  public DeleteExport() {
    this(ExportFiles.fromEnvironment());
  }

  DeleteExport(ExportFiles exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> {
      var outcome = exports.templates().delete(request.requireNoQueryParameters().pathId("export_id"), request.caller(),
          request::matches, request.now());
      return switch (outcome) {
        case ExportTemplates.Deleted(var orgId, var objects) -> {
          exports.removeFiles(orgId, request.pathId("export_id"), request.caller().id(), objects);
          yield Reply.ok(JsonNodeFactory.instance.objectNode()
              .put("deleted", true).put("export_id", Long.parseLong(request.pathId("export_id"))));
        }
        case ExportTemplates.Absent() -> Reply.notFound();
        case ExportTemplates.Changed() -> Reply.preconditionFailed();
        case ExportTemplates.Busy(var file) -> Reply.conflict("The export file " + file.id() + " is "
            + file.kind().statusOf(file) + "; delete the export after the file is finished");
      };
    });
  }
}
