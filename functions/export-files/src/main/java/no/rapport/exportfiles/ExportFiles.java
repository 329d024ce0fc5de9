package no.rapport.exportfiles;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import no.rapport.api.Caller;
import no.rapport.api.DownloadLinks;
import no.rapport.api.Log;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportServices;
import no.rapport.exportjobs.ExportState;
import software.amazon.awssdk.core.exception.SdkException;

/// Shows templates and their files in the form of contract 5. A file is a view of an export job.
final class ExportFiles {

  static final String PATH = "/api/v1/exports";

  private final ExportServices services;
  private final ExportJobs jobs;
  private final ExportTemplates templates;
  private final DownloadLinks links;

  ExportFiles(ExportServices services) {
    this.services = services;
    jobs = services.jobs();
    templates = new ExportTemplates(services.records(), jobs, services.requests());
    links = services.links();
  }

  static ExportFiles fromEnvironment() {
    return new ExportFiles(ExportServices.fromEnvironment());
  }

  ExportServices services() {
    return services;
  }

  ExportTemplates templates() {
    return templates;
  }

  /// Returns the template of the path, or empty if it does not exist or the caller may not see it.
  Optional<ExportTemplates.Stored> template(Request request) {
    return templates.find(request.pathId("export_id"), request.caller());
  }

  /// Returns the file of the path, or empty if it or its template does not exist or the caller may not see it.
  Optional<ExportJobs.Stored> file(Request request) {
    return template(request).flatMap(template -> jobs
        .visible(ExportKind.EXPORT_FILE, request.pathId("export_file_id"), request.caller())
        .filter(file -> file.job().orgId().equals(template.template().orgId())
            && file.job().order().templateId().equals(Optional.of(template.template().id()))));
  }

  /// Removes the objects of a deleted template's files, so that no link to them works any more. The sweeper repeats it.
  void removeFiles(String orgId, String templateId, String deletedBy, List<String> keys) {
    Log.info("export_deleted", Map.of("export_id", templateId, "organization", orgId, "by", deletedBy));
    try {
      services.objects().remove(keys);
    } catch (SdkException e) {
      Log.error("left_to_sweeper", Map.of("what", "remove_files", "export_id", templateId, "organization", orgId), e);
    }
  }

  Reply listTemplates(Request request) {
    return request.list("format").oneOf("status", Set.of(ExportTemplates.ACTIVE)).synonym("format", "excel", "xlsx")
        .answer(services.records(), ExportTemplates.COLLECTION, request.caller(), "org_id", "exports",
            entry -> json(ExportTemplates.Stored.of(entry).template()));
  }

  Reply listFiles(Request request, ExportTemplate template) {
    var query = request.list("requested_by").oneOf("status", ExportKind.EXPORT_FILE.statuses())
        .within("export_id", Long.toString(template.id()));
    var callerOfOneOrganization = new Caller(request.caller().id(), request.caller().role(),
        Optional.of(Set.of(template.orgId())));
    return query.answer(services.records(), ExportKind.EXPORT_FILE.collection(), callerOfOneOrganization, "org_id",
        "export_files", entry -> head(ExportJobs.Stored.of(entry).job()));
  }

  static ObjectNode json(ExportTemplate template) {
    ObjectNode json = JsonNodeFactory.instance.objectNode()
        .put("id", template.id())
        .put("href", PATH + "/" + template.id())
        .put("name", template.name())
        .put("org_id", template.orgId())
        .put("format", template.order().formatWord())
        .put("period_from", template.order().period().from().toString())
        .put("period_to", template.order().period().to().toString());
    var types = json.putArray("activity_types");
    template.order().activityTypes().forEach(types::add);
    return json.put("include_attachments", template.order().includeAttachments())
        .put("locale", template.order().locale().tag())
        .put("include_annexes", template.order().includeAnnexes())
        .put("suppression", template.order().suppression().word())
        .put("created_at", template.createdAt().toString());
  }

  /// Answers with a file in the form of the contract's status call. Adds new links if there is a file to download.
  Reply status(int status, ExportJobs.Stored stored, Instant now) {
    ExportJob job = stored.job();
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("export_files", head(job)
        .put("download_url", link(job, now).map(link -> link.url().toString()).orElse(null))
        .put("errors_url", errors(job, now).map(link -> link.url().toString()).orElse(null)));
    Reply reply = status == 201 ? Reply.created(href(job), body) : Reply.ok(body);
    reply = reply.etag(stored.entry().version());
    return job.state().isUnfinished() ? reply.retryAfter(1) : reply;
  }

  private static ObjectNode head(ExportJob job) {
    return JsonNodeFactory.instance.objectNode()
        .put("id", Long.parseLong(job.id()))
        .put("href", href(job))
        .put("export_id", job.order().templateId().orElseThrow())
        .put("status", job.kind().statusOf(job));
  }

  private static String href(ExportJob job) {
    return PATH + "/" + job.order().templateId().orElseThrow() + "/export_files/" + job.id();
  }

  private Optional<DownloadLinks.Link> link(ExportJob job, Instant now) {
    return hasFile(job, now) && job.rowCount() > 0
        ? job.file().map(file -> links.to(job.orgId(), job.kind().collection() + "/" + job.id(), file.key(),
            file.name(), file.contentType()))
        : Optional.empty();
  }

  private Optional<DownloadLinks.Link> errors(ExportJob job, Instant now) {
    return hasFile(job, now)
        ? job.leftOut().map(key -> links.to(job.orgId(), job.kind().collection() + "/" + job.id(), key,
            "rapport_" + job.id() + "_left_out.json", "application/json"))
        : Optional.empty();
  }

  private static boolean hasFile(ExportJob job, Instant now) {
    return job.state() == ExportState.COMPLETED && job.fileExpiresAt().map(now::isBefore).orElse(true);
  }
}
