package no.rapport.bufdirexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;

/// `GET /api/v1/bufdir-exports`: lists export jobs, newest first.
public final class ListBufdirExports implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final BufdirExports exports;

  public ListBufdirExports() {
    this(BufdirExports.fromEnvironment());
  }

  ListBufdirExports(BufdirExports exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, exports::list);
  }
}
