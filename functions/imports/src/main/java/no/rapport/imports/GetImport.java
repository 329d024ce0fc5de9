package no.rapport.imports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `GET /api/v1/imports/{import_id}`: returns an import, with a new link for its file or its report.
public final class GetImport implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final Imports imports;

  public GetImport() {
    this(Imports.fromEnvironment());
  }

  GetImport(Imports imports) {
    this.imports = imports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> imports.records()
        .visible(request.requireNoQueryParameters().pathId("import_id"), request.caller())
        .map(stored -> imports.about(stored, Reply.ok(imports.detail(stored.record()))))
        .orElseGet(Reply::notFound));
  }
}
