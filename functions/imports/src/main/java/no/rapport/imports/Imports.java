package no.rapport.imports;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import no.rapport.api.DownloadLinks;
import no.rapport.api.Environment;
import no.rapport.api.Idempotency;
import no.rapport.api.Priming;
import no.rapport.api.Reply;
import no.rapport.api.Request;
import no.rapport.imports.ImportRecords.Stored;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Listing;
import no.rapport.records.Records;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// Imports as the API shows them, and the clients that the API functions share.
final class Imports {

  static final String PATH = "/api/v1/imports";
  private static final Set<String> KINDS =
      Arrays.stream(ImportKind.values()).map(ImportKind::word).collect(Collectors.toUnmodifiableSet());
  private static final int RETRY_AFTER_SECONDS = 2;

  private final ImportRecords imports;
  private final UploadLinks uploads;
  private final DownloadLinks downloads;
  private final Clock clock;

  Imports(Records records, S3Presigner presigner, String bucket, Clock clock) {
    this.imports = new ImportRecords(records);
    this.uploads = new UploadLinks(presigner, bucket, records, clock);
    this.downloads = new DownloadLinks(presigner, bucket, records, clock);
    this.clock = clock;
  }

  /// Creates an instance from the settings `RECORDS_TABLE` and `BUCKET`.
  static Imports fromEnvironment() {
    boolean pathStyle = Boolean.parseBoolean(Environment.optional("S3_PATH_STYLE", "false"));
    S3Presigner presigner = S3Presigner.builder()
        .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(pathStyle).build()).build();
    String table = Environment.required("RECORDS_TABLE");
    Priming.beforeSnapshot(table, nowhere -> prime(nowhere, presigner));
    return new Imports(new DynamoRecords(
        DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build(), table), presigner,
        Environment.required("BUCKET"), Clock.systemUTC());
  }

  /// Runs the code of a request before the snapshot: announces, finds, lists and shows an import with its links.
  private static void prime(SdkHttpClient nowhere, S3Presigner presigner) {
    var imports = new Imports(new DynamoRecords(DynamoDbClient.builder().httpClient(nowhere).build(), "priming"),
        presigner, "priming", Clock.systemUTC());
    var record = ImportRecord.announced(
        new NewImport("priming", ImportKind.ACTIVITIES, "priming.csv", 1, false), "priming", Instant.now());
    Stored stored = imports.imports.announce(record).orElseThrow();
    imports.about(stored, Reply.ok(imports.detail(record)));
    imports.imports.records().list(Listing.of(ImportRecords.COLLECTION, "priming", Set.of(), 1));
    imports.downloads.to("priming", "priming/priming", record.reportKey(), "priming.json", "application/json");
    Priming.once(imports.idempotency());
  }

  ImportRecords records() {
    return imports;
  }

  Idempotency idempotency() {
    return new Idempotency(imports.records(), clock);
  }

  Reply list(Request request) {
    return request.list("kind").oneOf("status", ImportStatus.WORDS).oneOf("kind", KINDS).answer(imports.records(),
        ImportRecords.COLLECTION, request.caller(), "org_id", "data", entry -> summary(Stored.of(entry).record()));
  }

  private static ObjectNode head(ImportRecord record, ImportStatus status) {
    return JsonNodeFactory.instance.objectNode()
        .put("import_id", record.importId())
        .put("org_id", record.orgId())
        .put("kind", record.kind().word())
        .put("file_name", record.fileName())
        .put("status", status.word());
  }

  /// Returns an import as a list shows it.
  static ObjectNode summary(ImportRecord record) {
    return head(record, record.status())
        .put("created_at", record.createdAt().toString())
        .put("size_bytes", record.sizeBytes())
        .put("dry_run", record.dryRun())
        .put("completed_at", record.completedAt().map(Instant::toString).orElse(null));
  }

  /// Returns an import as the detail shows it, with a new link for its file or its report.
  ObjectNode detail(ImportRecord record) {
    ImportStatus status = record.statusAt(clock.instant());
    Optional<UploadLinks.Link> upload = status == ImportStatus.AWAITING_UPLOAD
        ? Optional.of(uploads.to(record)) : Optional.empty();
    ObjectNode body = head(record, status)
        .put("upload_url", upload.map(link -> link.url().toString()).orElse(null))
        .put("upload_url_expires_at", upload.map(link -> link.expires().toString()).orElse(null));
    if (upload.isPresent()) {
      ObjectNode headers = body.putObject("upload_headers");
      UploadLinks.HEADERS.forEach(headers::put);
    } else {
      body.putNull("upload_headers");
    }
    body.put("created_at", record.createdAt().toString())
        .put("size_bytes", record.sizeBytes())
        .put("dry_run", record.dryRun())
        .put("completed_at", record.completedAt().map(Instant::toString).orElse(null));
    Optional<ImportResult> result = record.result();
    body.set("counts", result.flatMap(ImportResult::counts).orElse(NullNode.getInstance()));
    body.set("control_totals", result.flatMap(ImportResult::controlTotals).orElse(NullNode.getInstance()));
    body.put("error", result.flatMap(ImportResult::error).orElse(null));
    body.putArray("rejected").addAll(result.map(ImportResult::rejected).orElse(List.of()));
    body.putArray("warnings").addAll(result.map(ImportResult::warnings).orElse(List.of()));
    body.putArray("masked").addAll(result.map(ImportResult::masked).orElse(List.of()));
    Optional<DownloadLinks.Link> report = result.filter(ImportResult::hasReport).map(_ -> downloads.to(record.orgId(),
        ImportRecords.COLLECTION + "/" + record.importId(), record.reportKey(), record.importId() + ".report.json",
        "application/json"));
    body.put("report_url", report.map(link -> link.url().toString()).orElse(null))
        .put("report_url_expires_at", report.map(link -> link.expires().toString()).orElse(null));
    body.putObject("progress").put("bytes_read", record.bytesRead()).put("bytes_total", record.sizeBytes());
    return body;
  }

  /// Adds the import's version (`ETag`) to an answer and, if the import has not ended, the time after which to ask
  /// again.
  Reply about(Stored stored, Reply reply) {
    ImportStatus status = stored.record().statusAt(clock.instant());
    boolean isUnfinished = status == ImportStatus.AWAITING_UPLOAD || status == ImportStatus.PROCESSING;
    Reply tagged = reply.etag(stored.entry().version());
    return isUnfinished ? tagged.retryAfter(RETRY_AFTER_SECONDS) : tagged;
  }
}
