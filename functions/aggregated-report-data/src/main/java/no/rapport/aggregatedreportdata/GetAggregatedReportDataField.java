package no.rapport.aggregatedreportdata;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.Optional;
import no.rapport.aggregatedreportdata.Snapshots.Stored;
import no.rapport.api.Api;
import no.rapport.api.Parameters;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.reporting.Comparability;
import no.rapport.reporting.FigureCatalogue;
import no.rapport.reporting.Period;
import no.rapport.reporting.ReportLocale;
import no.rapport.reporting.Suppression;

/// `GET /api/v1/aggregated-report-data/{id}/fields/{field_key}`: how one figure of a snapshot was made. Two reads: the
/// snapshot, and which snapshot holds the prior period's figures.
public final class GetAggregatedReportDataField
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final AggregatedReportData data;

  public GetAggregatedReportDataField() {
    this(AggregatedReportData.fromEnvironment());
  }

  GetAggregatedReportDataField(AggregatedReportData data) {
    this.data = data;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> {
      Parameters parameters = request.parameters("locale", "suppression");
      var locale = parameters.word("locale", ReportLocale::ofTag, "must be nb-NO, nn-NO, se-NO or en");
      var suppression = parameters.word("suppression", Suppression::ofWord, "must be none, lt3, le3 or le5");
      parameters.requireValid();
      return explain(request,
          new ExplanationJson(locale.orElse(ReportLocale.NB), suppression.orElse(Suppression.NONE)));
    });
  }

  private Reply explain(Request request, ExplanationJson json) {
    Optional<FigureCatalogue.Figure> figure = FigureCatalogue.figure(request.pathId("field_key"));
    Optional<Stored> stored = data.snapshots().visible(request.pathId("id"), request.caller());
    if (figure.isEmpty() || stored.isEmpty()) {
      return Reply.notFound();
    }
    Snapshot snapshot = stored.get().snapshot();
    Optional<Comparability> comparability = data.snapshots()
        .newestGoodRef(snapshot.organizationId(), Period.priorId(snapshot.periodId()))
        .map(prior -> Comparability.of(figure.get().key(), prior.basis(), snapshot.basis()));
    return Reply.ok(json.of(snapshot, figure.get(), comparability)).etag(stored.get().entry().version());
  }
}
