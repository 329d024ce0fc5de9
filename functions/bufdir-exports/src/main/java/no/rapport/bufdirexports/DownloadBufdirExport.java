package no.rapport.bufdirexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import no.rapport.api.Api;
import no.rapport.api.DownloadLinks;
import no.rapport.api.Reply;

/// `GET /api/v1/bufdir-exports/{export_id}/download`: redirects to a new link to the file.
public final class DownloadBufdirExport implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final BufdirExports exports;

  public DownloadBufdirExport() {
    this(BufdirExports.fromEnvironment());
  }

  DownloadBufdirExport(BufdirExports exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> exports.find(request.requireNoQueryParameters())
        .flatMap(stored -> exports.link(stored.job(), request.now()))
        .map(DownloadLinks.Link::url)
        .map(Reply::found)
        .orElseGet(Reply::notFound));
  }
}
