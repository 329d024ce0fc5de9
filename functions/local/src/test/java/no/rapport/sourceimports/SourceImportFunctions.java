package no.rapport.sourceimports;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import java.time.InstantSource;
import no.rapport.imports.ImportRecords;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;

/// Creates the import's handler with a test's clients.
public final class SourceImportFunctions {

  private SourceImportFunctions() {}

  public static RequestHandler<S3Event, Void> importing(ImportRecords imports, S3Client s3, DynamoDbClient dynamoDb,
      String table) {
    return new ImportSourceData(imports, s3, dynamoDb, table, 16, InstantSource.system());
  }
}
