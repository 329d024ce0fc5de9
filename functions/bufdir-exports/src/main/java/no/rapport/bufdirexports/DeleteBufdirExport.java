package no.rapport.bufdirexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportRequests;

/// `DELETE /api/v1/bufdir-exports/{export_id}`: removes a finished export and its files. Its report stays in the
/// history.
public final class DeleteBufdirExport implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final BufdirExports exports;

  public DeleteBufdirExport() {
    this(BufdirExports.fromEnvironment());
  }

  DeleteBufdirExport(BufdirExports exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> exports.find(request.requireNoQueryParameters())
        .map(stored -> delete(request, stored))
        .orElseGet(Reply::notFound));
  }

  private Reply delete(Request request, ExportJobs.Stored stored) {
    var outcome = exports.requests().by(request.caller().id()).delete(ExportKind.BUFDIR_EXPORT, stored.job().id(),
        request::matches, request.now());
    return outcome instanceof ExportRequests.Done
        ? Reply.ok(JsonNodeFactory.instance.objectNode().put("deleted", true).put("export_id", stored.job().id()))
        : BufdirExports.refusal(outcome, "cancel it first");
  }
}
