package no.rapport.imports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import no.rapport.api.Environment;
import no.rapport.api.Log;
import no.rapport.api.SweepBudget;
import no.rapport.imports.ImportRecords.Stored;
import no.rapport.records.DynamoRecords;
import no.rapport.records.Records;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Runs every minute. Expires imports whose file did not arrive within a day, fails imports that stopped before the
/// end, and removes records that are older than the files that the lifecycle rule keeps.
public final class ExpireImports implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// Longer than any file waits in the queue. A file that is still unread after this time was lost.
  static final Duration GIVEN_UP = Duration.ofDays(7);
  private static final int AT_ONCE = 1_000;
  private static final String NOT_FINISHED =
      "The import could not be finished; announce the file again and upload it once more";

  private final ImportRecords imports;
  private final S3Client s3;
  private final String bucket;
  private final Duration kept;
  private final Clock clock;

  public ExpireImports() {
    this(new DynamoRecords(DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build(),
        Environment.required("RECORDS_TABLE")),
        S3Client.builder().httpClient(UrlConnectionHttpClient.create())
            .forcePathStyle(Boolean.parseBoolean(Environment.optional("S3_PATH_STYLE", "false"))).build(),
        Environment.required("BUCKET"), Duration.ofDays(Long.parseLong(Environment.required("IMPORT_FILE_DAYS"))),
        Clock.systemUTC());
  }

  /// @param kept how long the lifecycle rule keeps imported files
  ExpireImports(Records records, S3Client s3, String bucket, Duration kept, Clock clock) {
    this.imports = new ImportRecords(records);
    this.s3 = s3;
    this.bucket = bucket;
    this.kept = kept;
    this.clock = clock;
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    SweepBudget budget = SweepBudget.of(context);
    Instant now = clock.instant();
    long ended = sweep(ImportStatus.AWAITING_UPLOAD, budget, record -> record.isOverdue(now), stored -> end(stored, now));
    ended += sweep(ImportStatus.PROCESSING, budget, record -> isLost(record, now),
        stored -> fail(stored.record(), now));
    long removed = 0;
    for (ImportStatus status : List.of(ImportStatus.COMPLETED, ImportStatus.FAILED, ImportStatus.EXPIRED)) {
      removed += sweep(status, budget, record -> !record.createdAt().plus(kept).isAfter(now), imports::remove);
    }
    if (ended + removed > 0) {
      Log.info("imports_expired", Map.of("ended", ended, "removed", removed));
    }
    return Map.of("ended", ended, "removed", removed);
  }

  /// Acts on the imports in a status. If one cannot be changed now, the others go on; the next sweep tries it again.
  private long sweep(ImportStatus status, SweepBudget budget, Predicate<ImportRecord> isDue, Predicate<Stored> act) {
    long done = 0;
    for (Stored stored : imports.inStatus(status, AT_ONCE)) {
      if (budget.isSpent(100)) {
        break;
      }
      if (isDue.test(stored.record())) {
        try {
          done += act.test(stored) ? 1 : 0;
        } catch (RuntimeException e) {
          Log.error("import_not_expired", Map.of("import_id", stored.record().importId()), e);
        }
      }
    }
    return done;
  }

  /// Ends an overdue import: expires it if its file is missing, and fails it if the file arrived but was never read.
  /// Returns false while the file waits in the queue.
  private boolean end(Stored overdue, Instant now) {
    if (!isThere(overdue.record().key())) {
      return imports.expire(overdue, now);
    }
    return isLost(overdue.record(), now) && fail(overdue.record(), now);
  }

  private static boolean isLost(ImportRecord record, Instant now) {
    return !record.updatedAt().plus(GIVEN_UP).isAfter(now);
  }

  private boolean fail(ImportRecord record, Instant now) {
    imports.fail(record.importId(), NOT_FINISHED, now);
    if (record.dryRun()) {
      s3.deleteObject(delete -> delete.bucket(bucket).key(record.key()));
    }
    return true;
  }

  private boolean isThere(String key) {
    try {
      s3.headObject(head -> head.bucket(bucket).key(key));
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return false;
      }
      throw e;
    }
  }
}
