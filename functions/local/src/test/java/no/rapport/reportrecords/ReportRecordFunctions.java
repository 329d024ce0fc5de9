package no.rapport.reportrecords;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Clock;
import java.util.Map;
import no.rapport.records.Records;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// Creates the handlers of report records with a test's table and bucket.
public final class ReportRecordFunctions {

  private ReportRecordFunctions() {}

  public static Map<String, RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>> handlers(
      Records records, S3Client s3, S3Presigner presigner, String bucket) {
    var reports = new ReportRecords(records);
    return Map.of(
        "ListReportRecords", new ListReportRecords(reports),
        "GetReportRecord", new GetReportRecord(reports),
        "DeleteReportRecord", new DeleteReportRecord(reports,
            new ReportFiles(s3, presigner, bucket, records, Clock.systemUTC())));
  }

  /// Returns the prefix of a report's sealed rows, or empty if it has none.
  public static java.util.Optional<String> sealedPrefix(ReportRecord report) {
    return report.sealed().map(SealedData::prefix);
  }
}
