package no.rapport.exportfiles;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.api.Request;

/// `POST /api/v1/exports/{export_id}/export_files`: starts a file of a template, or returns its unfinished
/// file.
public final class StartExportFile implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ExportFiles exports;

  public StartExportFile() {
    this(ExportFiles.fromEnvironment());
  }

  StartExportFile(ExportFiles exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, exports.services().idempotency(), request -> {
      if (request.requireNoQueryParameters().hasBody()) {
        request.body(_ -> "");
      }
      return exports.template(request)
          .map(template -> answer(request, exports.templates().start(template,
              () -> Long.toString(request.ids().integer()), request.requestedBy(), request.now())))
          .orElseGet(Reply::notFound);
    });
  }

  private Reply answer(Request request, ExportTemplates.Start start) {
    return switch (start) {
      case ExportTemplates.Running(var file) -> exports.status(201, file, request.now())
          .about(file.entry().collection(), file.entry().id());
      case ExportTemplates.Refused(var exceeded) ->
          Reply.tooManyRequests(exceeded.reason(), Math.toIntExact(exceeded.retryAfter().toSeconds()));
      case ExportTemplates.Gone _ -> Reply.notFound();
    };
  }
}
