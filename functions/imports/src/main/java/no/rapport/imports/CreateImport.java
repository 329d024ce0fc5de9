package no.rapport.imports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.api.Request;

/// `POST /api/v1/imports`: announces a file and returns an upload link.
///
/// The answer is not stored under the idempotency key, because it contains a link. A repeated request finds the same
/// import and gets a new link.
public final class CreateImport implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final Imports imports;

  public CreateImport() {
    this(Imports.fromEnvironment());
  }

  CreateImport(Imports imports) {
    this.imports = imports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, imports.idempotency(), request -> {
      boolean dryRun = request.isDryRun();
      NewImport order = request.body(body -> NewImport.parse(body, dryRun));
      return request.caller().maySee(order.orgId()) ? announce(request, order) : Reply.notFound();
    });
  }

  private Reply announce(Request request, NewImport order) {
    ImportRecord announced =
        ImportRecord.announced(order, "imp_" + request.ids().ulid(request.now()), request.now());
    return imports.records().announce(announced)
        .map(stored -> imports.about(stored, Reply.created(Imports.PATH + "/" + announced.importId(),
            imports.detail(stored.record()))))
        .orElseGet(Reply::notFound);
  }
}
