package no.rapport.reportreexports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.exportjobs.ExportServices;
import no.rapport.exportjobs.ExportState;
import no.rapport.reportrecords.ReportRecords;

/// Shows export jobs in the form of the report-reexports contract.
final class ReportReexports {

  static final String PATH = "/api/v1/report-reexports";

  private final ExportServices services;

  ReportReexports(ExportServices services) {
    this.services = services;
  }

  static ReportReexports fromEnvironment() {
    return new ReportReexports(ExportServices.fromEnvironment());
  }

  ExportServices services() {
    return services;
  }

  ExportRequests requests() {
    return services.requests();
  }

  ReportRecords reports() {
    return new ReportRecords(services.records());
  }

  /// Returns the re-export of the path, or empty if it does not exist or the caller may not see it.
  Optional<ExportJobs.Stored> find(Request request) {
    return services.jobs().visible(ExportKind.REPORT_REEXPORT, request.pathId("reexport_id"), request.caller());
  }

  Reply list(Request request) {
    return request.list("report_id", "requested_by", "format").synonym("format", "excel", "xlsx")
        .oneOf("status", ExportKind.REPORT_REEXPORT.statuses())
        .oneOf("format", Set.of("xlsx", "excel", "csv", "pdf", "json"))
        .answer(services.records(), ExportKind.REPORT_REEXPORT.collection(), request.caller(), "org_id", "data",
            entry -> summary(ExportJobs.Stored.of(entry).job()));
  }

  /// Returns a new link to the file of a completed re-export, or empty if the file does not exist. A worker may have
  /// named a missing file.
  Optional<URI> link(ExportJob job) {
    return job.file().filter(file -> job.state() == ExportState.COMPLETED && services.objects().exists(file.key()))
        .map(file -> services.links().to(job.orgId(), job.kind().collection() + "/" + job.id(), file.key(),
            file.name(), file.contentType()).url());
  }

  static Reply refusal(ExportRequests.Outcome outcome, String allowed) {
    return switch (outcome) {
      case ExportRequests.Absent() -> Reply.notFound();
      case ExportRequests.Changed() -> Reply.preconditionFailed();
      case ExportRequests.Refused(String status) -> Reply.conflict("The re-export is " + status + "; " + allowed);
      case ExportRequests.Exhausted _, ExportRequests.Done _ -> throw new IllegalArgumentException(
          "Not a refusal of a re-export: " + outcome.getClass().getSimpleName());
    };
  }

  /// Returns the re-export as lists and the answer to POST show it.
  static ObjectNode summary(ExportJob job) {
    return withTimes(params(head(job)
        .put("status", status(job)), job)
        .put("output_file_ref", file(job).map(ExportFile::key).orElse(null))
        .put("requested_by", job.requestedBy()), job);
  }

  /// Returns the re-export with all details.
  ObjectNode detail(ExportJob job) {
    return withTimes(output(params(head(job)
        .put("status", status(job)), job), job)
        .put("requested_by", job.requestedBy()), job)
        .put("error_message", job.errorMessage().orElse(null))
        .put("data_as_of", job.dataAsOf().map(Instant::toString).orElse(null))
        .put("execution_arn", services.executions().arnOf(job));
  }

  /// Returns the re-export as the answer to PUT shows it.
  static ObjectNode reported(ExportJob job) {
    return withTimes(output(head(job).put("status", status(job)), job), job);
  }

  /// Adds the ETag and, for an unfinished re-export, `Retry-After`.
  static Reply polled(Reply reply, ExportJobs.Stored stored) {
    Reply tagged = reply.etag(stored.entry().version());
    return stored.job().state().isUnfinished() ? tagged.retryAfter(1) : tagged;
  }

  private static ObjectNode head(ExportJob job) {
    return JsonNodeFactory.instance.objectNode()
        .put("reexport_id", job.id())
        .put("report_id", job.order().reportId().orElseThrow())
        .put("org_id", job.orgId());
  }

  private static ObjectNode params(ObjectNode body, ExportJob job) {
    return body.set("export_params",
        job.order().asSent().<JsonNode>map(JsonNode::deepCopy).orElseGet(JsonNodeFactory.instance::objectNode));
  }

  private static ObjectNode output(ObjectNode body, ExportJob job) {
    return body.put("output_file_ref", file(job).map(ExportFile::key).orElse(null))
        .put("output_file_size_bytes", file(job).flatMap(ExportFile::size).orElse(null));
  }

  private static ObjectNode withTimes(ObjectNode body, ExportJob job) {
    boolean completed = job.state() == ExportState.COMPLETED;
    return body.put("requested_at", job.createdAt().toString())
        .put("completed_at", completed ? job.completedAt().map(Instant::toString).orElse(null) : null)
        .put("notified", job.notified());
  }

  /// Returns the file, or empty for a cancelled or failed re-export, even if a worker had named one.
  private static Optional<ExportFile> file(ExportJob job) {
    boolean ended = job.state() == ExportState.FAILED || job.state() == ExportState.CANCELLED;
    return job.file().filter(_ -> !ended);
  }

  private static String status(ExportJob job) {
    return ExportKind.REPORT_REEXPORT.statusOf(job);
  }
}
