package no.rapport.reportrecords;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Clock;
import no.rapport.api.Api;
import no.rapport.api.Idempotency;
import no.rapport.api.Reply;

/// `POST /api/v1/report-records`: adds a report that was made outside Rapport to the history.
public final class CreateReportRecord
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportRecords reports;
  private final Idempotency idempotency;

  public CreateReportRecord() {
    this(ReportRecords.fromEnvironment(), Clock.systemUTC());
  }

  CreateReportRecord(ReportRecords reports, Clock clock) {
    this.reports = reports;
    this.idempotency = new Idempotency(reports.records(), clock);
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, idempotency, request -> {
      NewReport entered = request.requireNoQueryParameters().body(body -> NewReport.parse(body, request.actingUser()));
      if (!request.caller().maySee(entered.orgId())) {
        return Reply.notFound();
      }
      var stored = reports.create(entered.toReport("rpt_" + request.ids().ulid(request.now()), request.now()));
      return Reply.created("/api/v1/report-records/" + stored.report().reportId(),
          ReportJson.detailed(stored.report())).etag(stored.version())
          .about(ReportRecords.COLLECTION, stored.report().reportId());
    });
  }
}
