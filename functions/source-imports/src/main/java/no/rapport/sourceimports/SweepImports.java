package no.rapport.sourceimports;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import no.rapport.api.Environment;
import no.rapport.api.Log;
import no.rapport.api.SweepBudget;
import no.rapport.sourcedata.SourceDataTable;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;

/// Runs every minute. Starts the import of waiting files that nothing else starts, because an earlier import ended
/// without starting them or its process died.
public final class SweepImports implements RequestHandler<Map<String, Object>, Map<String, Object>> {

  /// More than the number of organisations in the country.
  private static final int MAX_ORGANIZATIONS = 1_000;

  private final ImportQueue queue;
  private final S3Client s3;
  private final String bucket;
  private final int places;

  public SweepImports() {
    this(
        S3Client.builder().httpClient(UrlConnectionHttpClient.create()).build(), SourceDataTable.client(),
        SourceDataTable.nameFromEnvironment(), Environment.required("BUCKET"),
        ImportQueue.placesOf(Integer.parseInt(Environment.required("MAX_IMPORTS"))), InstantSource.system());
  }

  SweepImports(
      S3Client s3, DynamoDbClient dynamoDb, String table, String bucket, int places, InstantSource clock) {
    this.queue = new ImportQueue(dynamoDb, table, places, RowWriter.Pause.FULL_JITTER, clock);
    this.s3 = s3;
    this.bucket = bucket;
    this.places = places;
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    SweepBudget budget = SweepBudget.of(context);
    // The order is random, because the first organisations get the free places.
    List<String> organizations = new ArrayList<>(queue.organizations(MAX_ORGANIZATIONS));
    Collections.shuffle(organizations);
    int started = 0;
    for (String orgId : organizations) {
      int due = budget.isSpent(100) ? 0 : queue.countDue(orgId, places / 2);
      for (int i = 0; i < due; i++) {
        ImportTurns.start(s3, orgId, bucket);
        started++;
      }
    }
    if (started > 0) {
      Log.info("imports_swept", Map.of("organizations", organizations.size(), "started", started));
    }
    return Map.of("started", started);
  }
}
