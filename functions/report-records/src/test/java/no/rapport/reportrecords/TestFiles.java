package no.rapport.reportrecords;

import java.time.Clock;
import java.util.List;
import java.util.UUID;
import no.rapport.emulator.EmbeddedS3;
import no.rapport.records.InMemoryRecords;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A bucket of its own.
record TestFiles(S3Client s3, String bucket, ReportFiles files) {

  static TestFiles fresh() {
    S3Client s3 = EmbeddedS3.shared().client();
    String bucket = "reports-" + UUID.randomUUID();
    s3.createBucket(create -> create.bucket(bucket));
    return new TestFiles(s3, bucket, new ReportFiles(s3, EmbeddedS3.shared().presigner(), bucket,
        new InMemoryRecords(), Clock.systemUTC()));
  }

  void put(String key, String content) {
    s3.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromString(content));
  }

  List<String> keys() {
    return s3.listObjectsV2(list -> list.bucket(bucket)).contents().stream().map(S3Object::key).toList();
  }
}
