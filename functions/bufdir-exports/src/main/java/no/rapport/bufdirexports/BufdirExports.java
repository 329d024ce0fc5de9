package no.rapport.bufdirexports;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import no.rapport.api.DownloadLinks;
import no.rapport.api.Environment;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.exportjobs.Executions;
import no.rapport.exportjobs.ExportFile;
import no.rapport.exportjobs.ExportJob;
import no.rapport.exportjobs.ExportJobs;
import no.rapport.exportjobs.ExportKind;
import no.rapport.exportjobs.ExportProgress;
import no.rapport.exportjobs.ExportQuota;
import no.rapport.exportjobs.ExportRequests;
import no.rapport.exportjobs.ExportServices;
import no.rapport.exportjobs.ExportState;
import no.rapport.records.Entry;
import no.rapport.records.Listing;
import no.rapport.reporting.Period;
import no.rapport.sourcedata.Activities;
import no.rapport.sourcedata.SourceDataTable;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/// Shows export jobs in the form of the bufdir-exports contract.
final class BufdirExports {

  static final String PATH = "/api/v1/bufdir-exports";
  /// The time of the workflow's steps, including cold starts.
  private static final long FIXED_SECONDS = 5;
  /// A fifth of the rate at which a single task renders and joins XLSX (docs/measurements/2026-11.md, ExportInPartsTest).
  private static final long ROWS_PER_SECOND = 20_000;
  private static final int EXPORTS_FOR_ESTIMATE = 5;

  private final ExportServices services;
  private final boolean canSubmit;
  private final ExportJobs jobs;
  private final ExportRequests requests;
  private final Executions executions;
  private final ExportProgress progress;
  private final DownloadLinks links;
  private final Activities activities;

  BufdirExports(ExportServices services, Activities activities, boolean canSubmit) {
    this.activities = activities;
    this.services = services;
    this.canSubmit = canSubmit;
    jobs = services.jobs();
    requests = services.requests();
    executions = services.executions();
    progress = services.progress();
    links = services.links();
  }

  /// Reads `BUFDIR_CONNECTOR` (`configured` or empty) and the settings of [ExportServices#fromEnvironment].
  static BufdirExports fromEnvironment() {
    SdkHttpClient http = UrlConnectionHttpClient.create();
    DynamoDbClient dynamoDb = DynamoDbClient.builder().httpClient(http).build();
    return new BufdirExports(ExportServices.fromEnvironment(http, dynamoDb),
        new Activities(dynamoDb, SourceDataTable.nameFromEnvironment()),
        Environment.optional("BUFDIR_CONNECTOR", "").equals("configured"));
  }

  ExportServices services() {
    return services;
  }

  /// Returns whether files can be submitted to Bufdir.
  boolean canSubmit() {
    return canSubmit;
  }

  ExportRequests requests() {
    return requests;
  }

  /// Returns the export of the path, or empty if it does not exist or the caller may not see it.
  Optional<ExportJobs.Stored> find(Request request) {
    return jobs.visible(ExportKind.BUFDIR_EXPORT, request.pathId("export_id"), request.caller());
  }

  Reply list(Request request) {
    return request.list("format", "requested_by").synonym("format", "excel", "xlsx")
        .oneOf("status", ExportKind.BUFDIR_EXPORT.statuses())
        .oneOf("format", Set.of("xlsx", "excel", "csv", "pdf", "json")).answer(services.records(),
        ExportKind.BUFDIR_EXPORT.collection(), request.caller(), "org_id", "data",
        entry -> summary(ExportJobs.Stored.of(entry).job()));
  }

  /// Returns the answer to an order that exceeds the organisation's quota.
  static Reply refusal(ExportQuota.Exceeded exceeded) {
    return Reply.tooManyRequests(exceeded.reason(), Math.toIntExact(exceeded.retryAfter().toSeconds()));
  }

  /// Returns the answer to a refused cancel, retry or delete.
  ///
  /// @param allowed tells the caller in which state the request is allowed
  static Reply refusal(ExportRequests.Outcome outcome, String allowed) {
    return switch (outcome) {
      case ExportRequests.Absent() -> Reply.notFound();
      case ExportRequests.Changed() -> Reply.preconditionFailed();
      case ExportRequests.Refused(String status) -> Reply.conflict("The export is " + status + "; " + allowed);
      case ExportRequests.Exhausted() -> Reply.conflict("The export is failed and was retried " + ExportJob.MAX_RETRIES
          + " times, the maximum; start a new export");
      case ExportRequests.Done _ -> throw new IllegalArgumentException("The request was not refused");
    };
  }

  /// Returns the export as lists show it.
  static ObjectNode summary(ExportJob job) {
    return head(job)
        .put("created_at", job.createdAt().toString())
        .put("completed_at", completedAt(job));
  }

  private static ObjectNode head(ExportJob job) {
    return JsonNodeFactory.instance.objectNode()
        .put("export_id", job.id())
        .put("org_id", job.orgId())
        .put("status", job.kind().statusOf(job))
        .put("format", job.order().formatWord())
        .put("period_from", job.order().period().from().toString())
        .put("period_to", job.order().period().to().toString());
  }

  /// Answers with the export's details and a new link. Answers for unfinished exports carry `Retry-After`.
  Reply detail(ExportJobs.Stored stored, Instant now) {
    ExportJob job = stored.job();
    Reply reply = Reply.ok(detail(job, link(job, now), now)).etag(stored.entry().version());
    return job.state().isUnfinished() ? reply.retryAfter(1) : reply;
  }

  /// In the detail's shape, without a link.
  ObjectNode present(ExportJob job, Instant now) {
    return detail(job, Optional.empty(), now);
  }

  private ObjectNode detail(ExportJob job, Optional<DownloadLinks.Link> link, Instant now) {
    ObjectNode body = head(job);
    var types = body.putArray("activity_types");
    job.order().activityTypes().forEach(types::add);
    body.put("file_url", link.map(l -> l.url().toString()).orElse(null))
        .put("file_expires_at", job.fileExpiresAt().map(Instant::toString).orElse(null))
        .put("created_at", job.createdAt().toString())
        .put("completed_at", completedAt(job))
        .put("error_message", job.errorMessage().orElse(null))
        .put("file_url_expires_at", link.map(l -> l.expires().toString()).orElse(null))
        .put("file_size_bytes", job.file().map(ExportFile::sizeBytes).orElse(null))
        .put("file_sha256", job.file().map(ExportFile::sha256).orElse(null))
        .put("row_count", job.state() == ExportState.COMPLETED ? Long.valueOf(job.rowCount()) : null);
    ExportProgress.Progress made = progress.read(job, now);
    body.putObject("progress").put("percent", made.percent()).put("rows_written", made.rowsWritten())
        .put("rows_total", made.rowsTotal());
    body.put("retry_count", job.retryCount())
        .put("cancellation_reason", job.cancellationReason().orElse(null));
    body.putObject("submission").put("status", job.submission().status())
        .put("receipt_id", job.submission().receiptId().orElse(null))
        .put("submitted_at", job.submission().submittedAt().map(Instant::toString).orElse(null))
        .put("detail", job.submission().detail().orElse(null));
    body.put("execution_arn", executions.arnOf(job))
        .put("locale", job.order().locale().tag())
        .put("include_annexes", job.order().includeAnnexes())
        .put("suppression", job.order().suppression().word())
        .put("attachments_missing", job.attachmentsMissing())
        .put("requested_by", job.requestedBy());
    return body;
  }

  /// Returns a new link to the file, or empty if the export is not completed or the file has expired.
  Optional<DownloadLinks.Link> link(ExportJob job, Instant now) {
    return job.state() == ExportState.COMPLETED && job.fileExpiresAt().map(now::isBefore).orElse(true)
        ? job.file().map(file -> links.to(job.orgId(), job.kind().collection() + "/" + job.id(), file.key(),
            file.name(), file.contentType()))
        : Optional.empty();
  }

  /// Estimates the duration of an export: a fixed time plus the time for its rows. The number of rows is estimated from
  /// the organisation's newest completed exports.
  long estimatedSeconds(String orgId, Period period) {
    long rows = 0;
    long days = 0;
    for (Entry entry : services.records()
        .list(Listing.of(ExportKind.BUFDIR_EXPORT.collection(), orgId, Set.of("completed"), EXPORTS_FOR_ESTIMATE)).entries()) {
      ExportJob job = ExportJobs.Stored.of(entry).job();
      rows += job.rowCount();
      days += job.order().period().days();
    }
    return estimatedSeconds(days == 0 ? 0 : Math.ceilDiv(rows * period.days(), days));
  }

  /// Returns what an export of this order would hold.
  ExportForecast forecast(BufdirExportOrder order) {
    return ExportForecast.of(order, activities, services.s3(), services.bucket());
  }

  static long estimatedSeconds(long rows) {
    return FIXED_SECONDS + rows / ROWS_PER_SECOND;
  }

  private static String completedAt(ExportJob job) {
    return job.state() == ExportState.COMPLETED ? job.completedAt().map(Instant::toString).orElse(null) : null;
  }
}
