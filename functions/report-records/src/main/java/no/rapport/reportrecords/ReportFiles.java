package no.rapport.reportrecords;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import no.rapport.api.DownloadLinks;
import no.rapport.api.Environment;
import no.rapport.records.Documents;
import no.rapport.records.Records;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// The files of reports in the bucket.
final class ReportFiles {

  private final S3Client s3;
  private final String bucket;
  private final DownloadLinks links;

  ReportFiles(S3Client s3, S3Presigner presigner, String bucket, Records records, Clock clock) {
    this.s3 = s3;
    this.bucket = bucket;
    this.links = new DownloadLinks(presigner, bucket, records, clock);
  }

  /// Creates the store from `BUCKET` and, for stores without virtual hosts, `S3_PATH_STYLE`.
  static ReportFiles fromEnvironment(Records records) {
    boolean pathStyle = Boolean.parseBoolean(Environment.optional("S3_PATH_STYLE", "false"));
    S3Client s3 = S3Client.builder().httpClient(UrlConnectionHttpClient.create()).forcePathStyle(pathStyle).build();
    S3Presigner presigner = S3Presigner.builder()
        .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(pathStyle).build()).build();
    return new ReportFiles(s3, presigner, Environment.required("BUCKET"), records, Clock.systemUTC());
  }

  boolean exists(String key) {
    try {
      s3.headObject(head -> head.bucket(bucket).key(key));
      return true;
    } catch (NoSuchKeyException e) {
      return false;
    }
  }

  /// Reads the sealed data of a report.
  ///
  /// @throws IllegalStateException if the list of sealed rows does not have the recorded digest
  SealedManifest manifest(SealedData sealed) {
    byte[] bytes = s3.getObjectAsBytes(get -> get.bucket(bucket).key(sealed.manifestKey())).asByteArray();
    if (!sha256(bytes).equals(sealed.sha256())) {
      throw new IllegalStateException("The list of sealed rows does not have the recorded SHA-256");
    }
    return Documents.read(new String(bytes, StandardCharsets.UTF_8), SealedManifest.class);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  void put(String key, byte[] bytes, String contentType) {
    s3.putObject(put -> put.bucket(bucket).key(key).contentType(contentType), RequestBody.fromBytes(bytes));
  }

  /// Returns a new link; the download has the key's last segment as its file name.
  DownloadLinks.Link link(ReportRecord report, String key) {
    return link(report, key, key.substring(key.lastIndexOf('/') + 1));
  }

  /// Returns a new link; the download has the given file name.
  DownloadLinks.Link link(ReportRecord report, String key, String fileName) {
    return links.to(report.orgId(), ReportRecords.COLLECTION + "/" + report.reportId(), key, fileName,
        FileRef.contentType(key));
  }

  /// Removes every object whose key has this prefix.
  void removeBelow(String prefix) {
    for (var page : s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix))) {
      List<ObjectIdentifier> keys = page.contents().stream()
          .map(object -> ObjectIdentifier.builder().key(object.key()).build()).toList();
      if (!keys.isEmpty()) {
        s3.deleteObjects(delete -> delete.bucket(bucket).delete(d -> d.objects(keys).quiet(true)));
      }
    }
  }
}
