package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.temporal.ChronoUnit;
import no.rapport.api.Api;
import no.rapport.api.Body;
import no.rapport.api.Reply;
import no.rapport.api.Tickets;

/// `POST /api/v1/aggregated-report-data/watch`: a ticket for a client that cannot send a key with its request.
public final class CreateWatchTicket
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final AggregatedReportData data;

  public CreateWatchTicket() {
    this(AggregatedReportData.fromEnvironment());
  }

  CreateWatchTicket(AggregatedReportData data) {
    this.data = data;
  }

  private record Order(String organizationId, String periodId) {

    static Order parse(Body body) {
      return new Order(body.required("organization_id", body.id("organization_id"), ""),
          RequestAggregation.Order.periodId(body));
    }
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, data.idempotency(), request -> {
      Order order = request.requireNoQueryParameters().body(Order::parse);
      if (!request.caller().maySee(order.organizationId())) {
        return Reply.notFound();
      }
      // The request's own time is that of the first request where this is a repetition; a ticket is good from now on.
      Tickets.Issued issued = new Tickets(data.records()).issue(request.caller(), order.organizationId(),
          order.periodId(), data.clock().instant().truncatedTo(ChronoUnit.SECONDS));
      return Reply.created(
          AggregatedReportData.PATH + "/watch?organization_id=" + order.organizationId() + "&period_id="
              + order.periodId(),
          JsonNodeFactory.instance.objectNode().put("ticket", issued.text())
              .put("expires_at", issued.ticket().expires().toString()));
    });
  }
}
