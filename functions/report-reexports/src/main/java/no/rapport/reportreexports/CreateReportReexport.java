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
    if (readsTooMuch(seen.get().report(), order)) {
      return Reply.unprocessable("/report_id", "The report's period is longer than five years and its rows are not sealed;"
          + " a re-export would read more than one export may hold");
    }
    var exceeded = reexports.requests().exceededQuota(seen.get().report().orgId(), request.now());
    if (exceeded.isPresent()) {
      return Reply.tooManyRequests(exceeded.get().reason(), Math.toIntExact(exceeded.get().retryAfter().toSeconds()));
    }
    String reexportId = "reexp_" + request.ids().ulid(request.now());
    return Conflicts.retryOnConflict(() -> begin(request, order, reexportId));
  }

  /// The report is held in the same transaction: it cannot be deleted under the re-export.
  ///
  /// @return empty where the report was changed meanwhile
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

  /// A report that was entered by hand may name any period.
  private static boolean readsTooMuch(ReportRecord report, ReexportOrder order) {
    ExportOrder reads = order.of(report);
    LocalDate longest = reads.period().from().minusDays(1).plusYears(5);
    return (reads.sealedManifest().isEmpty() || reads.refresh()) && reads.period().to().isAfter(longest);
  }

  private static Reply notCompleted(ReportRecord report) {
    return Reply.conflict("The report is " + report.status().word()
        + "; only a completed report can be re-exported");
  }
}
