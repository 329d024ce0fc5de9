package no.rapport.bufdirexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.OrderWarnings;

/// `POST /api/v1/bufdir-exports`: accepts an export and starts its workflow; with `?dry_run=true` it only says what the
/// export would hold.
public final class CreateBufdirExport implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {

  private final BufdirExports exports;

  public CreateBufdirExport() {
    this(BufdirExports.fromEnvironment());
  }

  CreateBufdirExport(BufdirExports exports) {
    this.exports = exports;
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return Api.answer(event, context, exports.services().idempotency(), request -> {
      boolean dryRun = request.isDryRun();
      var order = request.body(body -> BufdirExportOrder.parse(body, exports.canSubmit()));
      if (!request.caller().maySee(order.orgId())) {
        return Reply.notFound();
      }
      return exports.requests().exceededQuota(order.orgId(), request.now())
          .map(BufdirExports::refusal)
          .orElseGet(() -> dryRun ? forecast(request, order) : accept(request, order));
    });
  }

  /// Returns the answer of an order without making the export, and what the export would hold. It counts as an order of the
  /// organisation's hour, because it reads as much as a small export.
  private Reply forecast(Request request, BufdirExportOrder order) {
    ExportForecast forecast = exports.forecast(order);
    long seconds = forecast.isComplete() ? BufdirExports.estimatedSeconds(forecast.rows())
        : Math.max(BufdirExports.estimatedSeconds(forecast.rows()),
            exports.estimatedSeconds(order.orgId(), order.order().period()));
    ObjectNode body = OrderWarnings.addTo(JsonNodeFactory.instance.objectNode()
        .putNull("export_id")
        .put("status", ExportKind.BUFDIR_EXPORT.waiting().getFirst())
        .put("estimated_duration_seconds", seconds)
        .put("created_at", request.now().toString()), order.order().activityTypes());
    body.set("dry_run", forecast.json());
    return Reply.ok(body);
  }

  private Reply accept(Request request, BufdirExportOrder order) {
    var now = request.now();
    var job = ExportJob.accepted(ExportKind.BUFDIR_EXPORT, "exp-" + request.ids().dated(now), order.orgId(), now,
        request.requestedBy(), order.order());
    ExportJobs.Stored accepted = exports.requests().begin(job)
        .orElseThrow(() -> new IllegalStateException("The new id is already in use: " + job.id()));
    return Reply.accepted(BufdirExports.PATH + "/" + job.id(), OrderWarnings.addTo(JsonNodeFactory.instance.objectNode()
        .put("export_id", job.id())
        .put("status", ExportKind.BUFDIR_EXPORT.statusOf(job))
        .put("estimated_duration_seconds", exports.estimatedSeconds(order.orgId(), order.order().period()))
        .put("created_at", job.createdAt().toString()), order.order().activityTypes())).etag(accepted.entry().version())
        .about(job.kind().collection(), job.id());
  }
}
