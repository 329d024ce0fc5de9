package no.rapport.sourceimports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3EventNotificationRecord;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import no.rapport.api.Log;
import no.rapport.sourcedata.OrganizationRegister;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourceimports.ImportKey.Continuation;
import no.rapport.sourceimports.ImportKey.Misplaced;
import no.rapport.sourceimports.ImportKey.Organization;
import no.rapport.sourceimports.ImportKey.RowFile;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;

/// Imports what is put below `imports/` in the bucket and writes a report beside every object there, whatever it is.
///
/// The log names organisations and what came of their files, neither a file's name nor what is in it: both are the
/// organisation's own words.
public final class ImportSourceData implements RequestHandler<S3Event, Void> {

  /// Enough to write what is on its way and the checkpoint, with the longest pauses.
  private static final int MAX_MARGIN_MILLIS = 60_000;
  /// How long a file may keep others waiting before it goes to the end of the queue.
  private static final int MAX_STEP_MILLIS = 120_000;

  private final ImportStates states;
  private final DynamoDbClient dynamoDb;
  private final String table;
  private final ImportFile importFile;
  private final ImportOrganization importOrganization;

  public ImportSourceData() {
    this(
        S3Client.builder().httpClient(UrlConnectionHttpClient.create()).build(),
        SourceDataTable.client(),
        SourceDataTable.nameFromEnvironment());
  }

  ImportSourceData(S3Client s3, DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.states = new ImportStates(s3);
    this.importFile = new ImportFile(s3, dynamoDb, table, RowWriter.Pause.FULL_JITTER, InstantSource.system());
    this.importOrganization = new ImportOrganization(s3, new OrganizationRegister(dynamoDb, table));
  }

  @Override
  public Void handleRequest(S3Event event, Context context) {
    for (S3EventNotificationRecord put : event.getRecords()) {
      String bucket = put.getS3().getBucket().getName();
      String key = put.getS3().getObject().getUrlDecodedKey();
      Optional<Instant> putAt = Optional.ofNullable(put.getEventTime())
          .map(time -> Instant.ofEpochMilli(time.getMillis()));
      BooleanSupplier stop = stop(context);
      if (ImportKey.of(key).isPresent() && isOfErasedOrganization(key)) {
        Log.warn("import_of_erased_organization", Map.of("request_id", context.getAwsRequestId()));
        continue;
      }
      switch (ImportKey.of(key).orElse(null)) {
        case RowFile file -> log(context, file, importFile.begin(bucket, file, putAt, stop));
        case Continuation(RowFile file) -> log(context, file, importFile.resume(bucket, file, stop));
        case Misplaced misplaced -> states.report(bucket, misplaced.reportKey(), ImportReport.ofMisplaced(misplaced));
        case Organization organization -> importOrganization.apply(bucket, organization, putAt);
        case null -> { }
      }
    }
    return null;
  }

  private boolean isOfErasedOrganization(String key) {
    String orgId = key.split("/", 3)[1];
    return dynamoDb.getItem(get -> get.tableName(table).key(SourceDataTable.erased(orgId)).consistentRead(true)).hasItem();
  }

  private static BooleanSupplier stop(Context context) {
    int remaining = context.getRemainingTimeInMillis();
    int margin = Math.max(Math.min(MAX_MARGIN_MILLIS, remaining / 4), remaining - MAX_STEP_MILLIS);
    return () -> context.getRemainingTimeInMillis() < margin;
  }

  private static void log(Context context, RowFile file, ImportFile.Outcome outcome) {
    Log.info("import_" + outcome.name().toLowerCase(Locale.ROOT), Map.of("request_id", context.getAwsRequestId(),
        "organization", file.orgId(), "kind", file.form().kind().name().toLowerCase(Locale.ROOT)));
  }
}
