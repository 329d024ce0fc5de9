package no.rapport.reportrecords;

import java.time.Clock;
import no.rapport.records.Records;
import software.amazon.awssdk.services.s3.S3Client;

/// Creates the handler that deletes reports, with the stores of a test.
public final class ReportDeletion {

  private ReportDeletion() {}

  public static DeleteReportRecord in(Records records, S3Client s3, String bucket) {
    return new DeleteReportRecord(new ReportRecords(records),
        new ReportFiles(s3, null, bucket, records, Clock.systemUTC()));
  }
}
