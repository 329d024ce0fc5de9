package no.rapport.bufdirexports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import no.rapport.api.Api;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.OrderWarnings;

/// `POST /api/v1/bufdir-exports`: accepts an export and starts its workflow.
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
      var order = request.requireNoQueryParameters().body(body -> BufdirExportOrder.parse(body, exports.canSubmit()));
      if (!request.caller().maySee(order.orgId())) {
        return Reply.notFound();
      }
      return exports.requests().exceededQuota(order.orgId(), request.now())
          .map(BufdirExports::refusal).orElseGet(() -> accept(request, order));
    });
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
