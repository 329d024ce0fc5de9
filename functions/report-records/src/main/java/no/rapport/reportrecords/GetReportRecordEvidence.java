package no.rapport.reportrecords;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.Optional;
import no.rapport.api.Api;
import no.rapport.api.Reply;

/// `GET /api/v1/report-records/{report_id}/evidence`: redirects to a new link to the report's evidence. Each request
/// writes the evidence again, with the same bytes and under the same key.
public final class GetReportRecordEvidence
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportRecords reports;
  private final ReportFiles files;

  public GetReportRecordEvidence() {
    this(ReportRecords.fromEnvironment());
  }

  private GetReportRecordEvidence(ReportRecords reports) {
    this(reports, ReportFiles.fromEnvironment(reports.records()));
  }

  GetReportRecordEvidence(ReportRecords reports, ReportFiles files) {
    this.reports = reports;
    this.files = files;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, request -> {
      Optional<ReportRecord> report = reports
          .visible(request.requireNoQueryParameters().pathId("report_id"), request.caller())
          .map(ReportRecords.Stored::report);
      if (report.isEmpty()) {
        return Reply.notFound();
      }
      return report.get().sealed().map(sealed -> evidence(report.get(), sealed)).orElseGet(() ->
          Reply.conflict("The report was entered by hand, so there is no evidence of how it was made"));
    });
  }

  private Reply evidence(ReportRecord report, SealedData sealed) {
    String key = Evidence.key(sealed);
    files.put(key, Evidence.of(report, sealed, files.manifest(sealed)), Evidence.CONTENT_TYPE);
    return Reply.found(files.link(report, key, "evidence-" + report.reportId() + ".zip").url());
  }
}
