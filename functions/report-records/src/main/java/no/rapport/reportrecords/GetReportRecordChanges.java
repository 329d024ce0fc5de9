package no.rapport.reportrecords;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.Optional;
import no.rapport.api.Api;
import no.rapport.api.Environment;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.reporting.FigureSnapshot;
import no.rapport.sourcedata.Activities;
import no.rapport.sourcedata.CaseRecords;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// `GET /api/v1/report-records/{report_id}/changes`: compares the reported figures and totals with the present data.
public final class GetReportRecordChanges
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final ReportRecords reports;
  private final ReportFiles files;
  private final CaseRecords cases;
  private final CurrentTotals totals;

  public GetReportRecordChanges() {
    this(ReportRecords.fromEnvironment());
  }

  private GetReportRecordChanges(ReportRecords reports) {
    this(reports, ReportFiles.fromEnvironment(reports.records()),
        DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build(),
        Environment.required("SOURCE_DATA_TABLE"));
  }

  GetReportRecordChanges(ReportRecords reports, ReportFiles files, DynamoDbClient dynamoDb, String sourceDataTable) {
    this.reports = reports;
    this.files = files;
    this.cases = new CaseRecords(dynamoDb, sourceDataTable);
    this.totals = new CurrentTotals(new Activities(dynamoDb, sourceDataTable));
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
      return report.get().sealed().map(sealed -> compare(report.get(), sealed, request))
          .orElseGet(() -> Reply.conflict(
              "The report was entered by hand, so nothing is sealed that could be compared"));
    });
  }

  private Reply compare(ReportRecord report, SealedData sealed, Request request) {
    SealedManifest manifest = files.manifest(sealed);
    Optional<NewestFigures.Snapshot> newest = manifest.figures().map(FigureSnapshot::periodId)
        .flatMap(periodId -> new NewestFigures(reports.records()).find(report.orgId(), periodId));
    boolean isCurrent = newest
        .filter(snapshot -> snapshot.isValid(cases.changes(report.orgId()).mark(report.period()))).isPresent();
    return Reply.ok(new ReportChangesJson(manifest.figures(), newest, isCurrent, manifest.totals(),
        totals.of(report.orgId(), report.period(), manifest.activityTypes())).of(report.reportId(), request.now()));
  }
}
