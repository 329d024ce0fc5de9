package no.rapport.reportrecords;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Clock;
import java.util.Map;
import no.rapport.records.Records;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// The handlers of the history, on a store and a bucket that a test gives.
public final class ReportRecordFunctions {

  private ReportRecordFunctions() {}

  public static Map<String, RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>> handlers(
      Records records, S3Client s3, S3Presigner presigner, String bucket) {
    var reports = new ReportRecords(records);
    return Map.of(
        "ListReportRecords", new ListReportRecords(reports),
        "GetReportRecord", new GetReportRecord(reports),
        "DeleteReportRecord", new DeleteReportRecord(reports, new ReportFiles(s3, presigner, bucket, records, Clock.systemUTC())));
  }

  /// The folder of a report's sealed rows; empty where it has none.
  public static java.util.Optional<String> sealedPrefix(ReportRecord report) {
    return report.sealed().map(SealedData::prefix);
  }
}
