package no.rapport.reportreexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.LocalDate;
import java.util.Optional;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportOrder;
import no.rapport.records.Conflicts;
import no.rapport.reportrecords.ReportRecord;
import no.rapport.reportrecords.ReportStatus;

/// `POST /api/v1/report-reexports`: accepts a re-export of a completed report and starts its workflow.
public final class CreateReportReexport
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private static final int MAX_YEARS = 5;

  private final ReportReexports reexports;

  public CreateReportReexport() {
    this(ReportReexports.fromEnvironment());
  }

  CreateReportReexport(ReportReexports reexports) {
    this.reexports = reexports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, reexports.services().idempotency(), request ->
        accept(request, request.requireNoQueryParameters().body(ReexportOrder::parse)));
  }

  private Reply accept(Request request, ReexportOrder order) {
    var seen = reexports.reports().visible(order.reportId(), request.caller());
    if (seen.isEmpty()) {
      return Reply.notFound();
    }
    if (seen.get().report().status() != ReportStatus.COMPLETED) {
      return notCompleted(seen.get().report());
    }
    if (exceedsLongestPeriod(seen.get().report(), order)) {
      return Reply.unprocessable("/report_id", "The report's period is longer than five years, the maximum of an export"
          + " that reads current rows; choose a report with a shorter period, or one with sealed rows and no refresh");
    }
    var exceeded = reexports.requests().exceededQuota(seen.get().report().orgId(), request.now());
    if (exceeded.isPresent()) {
      return Reply.tooManyRequests(exceeded.get().reason(), Math.toIntExact(exceeded.get().retryAfter().toSeconds()));
    }
    String reexportId = "reexp_" + request.ids().ulid(request.now());
    return Conflicts.retryOnConflict(() -> begin(request, order, reexportId));
  }

  /// Starts the re-export. The transaction also checks that the report is unchanged, so that it cannot be deleted while
  /// it is re-exported.
  ///
  /// @return empty if the report was changed in the meantime
  private Optional<Reply> begin(Request request, ReexportOrder order, String reexportId) {
    var seen = reexports.reports().visible(order.reportId(), request.caller());
    if (seen.isEmpty()) {
      return Optional.of(Reply.notFound());
    }
    ReportRecord report = seen.get().report();
    if (report.status() != ReportStatus.COMPLETED) {
      return Optional.of(notCompleted(report));
    }
    var job = ExportJob.accepted(ExportKind.REPORT_REEXPORT, reexportId, report.orgId(), request.now(),
        request.requestedBy(), order.of(report));
    return reexports.requests().begin(job, seen.get().hold())
        .map(accepted -> Reply.accepted(ReportReexports.PATH + "/" + reexportId,
            ReportReexports.summary(accepted.job())).etag(accepted.entry().version())
            .about(ExportKind.REPORT_REEXPORT.collection(), reexportId));
  }

  /// Reports that a caller entered may have any period.
  private static boolean exceedsLongestPeriod(ReportRecord report, ReexportOrder reexport) {
    ExportOrder order = reexport.of(report);
    LocalDate latestEnd = order.period().from().minusDays(1).plusYears(MAX_YEARS);
    return (order.sealedManifest().isEmpty() || order.refresh()) && order.period().to().isAfter(latestEnd);
  }

  private static Reply notCompleted(ReportRecord report) {
    return Reply.conflict("The report is " + report.status().word()
        + "; only a completed report can be re-exported");
  }
}
