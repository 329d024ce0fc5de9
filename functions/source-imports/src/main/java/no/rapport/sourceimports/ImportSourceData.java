package no.rapport.sourceimports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3EventNotificationRecord;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import no.rapport.api.Environment;
import no.rapport.api.Log;
import no.rapport.imports.ImportRecords;
import no.rapport.records.DynamoRecords;
import no.rapport.sourcedata.OrganizationRegister;
import no.rapport.sourcedata.SourceDataTable;
import no.rapport.sourceimports.ImportKey.Misplaced;
import no.rapport.sourceimports.ImportKey.Organization;
import no.rapport.sourceimports.ImportKey.RowFile;
import no.rapport.sourceimports.ImportKey.Start;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;

/// Imports each object that is put below `imports/` in the bucket, and writes a report beside it.
///
/// A file of rows is queued first, so that organisations share the places for imports ([ImportQueue]). Then the next
/// files of the organisation are imported ([ImportTurns]).
///
/// The log names organisations and the outcomes of their imports. It contains neither file names nor file contents,
/// because organisations choose both freely.
public final class ImportSourceData implements RequestHandler<S3Event, Void> {

  private final ImportStates states;
  private final DynamoDbClient dynamoDb;
  private final String table;
  private final ImportOrganization importOrganization;
  private final S3Client s3;
  private final ImportQueue queue;
  private final ImportTurns turns;
  private final InstantSource clock;

  public ImportSourceData() {
    this(SourceDataTable.client());
  }

  private ImportSourceData(DynamoDbClient dynamoDb) {
    this(
        new ImportRecords(new DynamoRecords(dynamoDb, Environment.required("RECORDS_TABLE"))),
        S3Client.builder().httpClient(UrlConnectionHttpClient.create()).build(),
        dynamoDb,
        SourceDataTable.nameFromEnvironment(),
        ImportQueue.placesOf(Integer.parseInt(Environment.required("MAX_IMPORTS"))),
        InstantSource.system());
  }

  ImportSourceData(
      ImportRecords imports, S3Client s3, DynamoDbClient dynamoDb, String table, int places, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.clock = clock;
    this.states = new ImportStates(s3);
    this.importOrganization = new ImportOrganization(imports, s3, new OrganizationRegister(dynamoDb, table), clock);
    this.s3 = s3;
    this.queue = new ImportQueue(dynamoDb, table, places, RowWriter.Pause.FULL_JITTER, clock);
    this.turns = new ImportTurns(
        s3, queue, new ImportFile(imports, s3, dynamoDb, table, RowWriter.Pause.FULL_JITTER, clock), clock);
  }

  @Override
  public Void handleRequest(S3Event event, Context context) {
    for (S3EventNotificationRecord put : event.getRecords()) {
      String bucket = put.getS3().getBucket().getName();
      String key = put.getS3().getObject().getUrlDecodedKey();
      Optional<Instant> putAt = Optional.ofNullable(put.getEventTime())
          .map(time -> Instant.ofEpochMilli(time.getMillis()));
      if (ImportKey.of(key).isPresent() && isOfErasedOrganization(key)) {
        s3.deleteObject(delete -> delete.bucket(bucket).key(key));
        Log.warn("import_of_erased_organization", Map.of("request_id", context.getAwsRequestId()));
        continue;
      }
      switch (ImportKey.of(key).orElse(null)) {
        case RowFile file -> {
          queue.add(file, putAt.orElseGet(clock::instant));
          turns.of(file.orgId(), bucket, context);
        }
        case Start(String orgId) -> turns.of(orgId, bucket, context);
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
}
